/**
 * One operation under way: what it was sent with, which of the store's calls fail in it, and what its token was worth
 * from its start until the plugin had read the record.
 * @module
 */
import { AsyncLocalStorage } from 'node:async_hooks'
import type { Session, Token } from './ledger.js'
import type { Args, Method } from './rules.js'
import type { Browser, World } from './world.js'

/** The call of the store, counted from 0 within an operation, that fails: before it reaches the store, or after it was done. */
export interface Fault {
  call: number
  how: 'before' | 'after'
}

/** When an answer, and the cookie in it, reaches its browser: before anything else happens, after whatever happens meanwhile, or never. */
export type Arrival = 'immediately' | 'late' | 'never'

/** How an operation is begun. */
export interface Beginning {
  /** What it is, with all that a reader of a failure wants to know. */
  name: string
  /** Which server does it. */
  server: number
  /** The token it is sent with; null or absent: none. */
  token?: Token | null
  /** The browser that sends it; null or absent: a thief, or nobody in particular. */
  browser?: Browser | null
  arrival?: Arrival
  /** The request's body takes its time: something may happen between the lookup and the handler. */
  slow?: boolean
  fault?: Fault | null
  /** A probe: its calls are not held back, and do not fail. */
  passes?: boolean
  /** It is over before anything else happens: of its calls only touches are held back. */
  quick?: boolean
}

/** What its lookup showed of its token: it signs in; its session lives on under a later one; its session has ended or expired. */
export type Standing = 'live' | 'superseded' | 'over'

export interface Operation extends Required<Beginning> {
  world: World
  /** The store's calls so far. */
  calls: number
  /** The methods that failed in it, unless nobody waits for them. */
  failed: Method[]
  /** How often its record was looked up. */
  lookups: number
  /** The lookup failed: the request is nobody's. */
  outage: boolean
  /** How many of its calls are held back, those that nobody waits for left out. */
  held: number
  /** Its session was over when it began. */
  tooLate: boolean
  /** What its token was worth, each time anything had changed: alive until, seen at; both in ms. */
  seen: Array<{ aliveUntil: number, at: number }>
  /** When the plugin learned what the store had said of its token, in ms; null: not yet, or it failed to. */
  decidedAt: number | null
  /** What it learned; null as long as it has learned nothing. */
  standing: Standing | null
  /** Its handler has begun: what is read from now on is no lookup. */
  handling: boolean
  /** It takes its turn at confirming: others of its session wait for it, on its server. */
  confirming: boolean
  /** Hashes of the tokens that were made in it. */
  minted: string[]
  /** When it asked for its user's sessions, in ms. */
  listedAt: number
  /** The living sessions that it was told its user has, and when each of them was last active, in ms. */
  listed: Map<Session, number>
  /** The sessions that it has ended. */
  ended: Session[]
  /** Whether it may end this session; by itself it may end none. */
  mayEnd: (session: Session) => boolean
}

/** What a request's token may have been worth: either, where something else was under way. 'unknown': the lookup failed. */
export type Verdict = 'in' | 'out' | 'either' | 'unknown'

/** The operation in which the code that asks runs. */
export const underWay = new AsyncLocalStorage<Operation>()

export function here (): Operation {
  const operation = underWay.getStore()
  if (operation === undefined) throw new Error('a request came outside of any operation')
  return operation
}

/** Calls that no response waits for: touches, the first use of a bound cookie, and the writing of tokens that leaves the attempts alone. */
export const isBackground = (method: Method, args: unknown[]): boolean =>
  method === 'touch' || method === 'setBinding' || isRetirement(method, args)

/** Former tokens get their end. */
export const isRetirement = (method: Method, args: unknown[]): boolean => method === 'setTokens' && (args as Args<'setTokens'>)[3] === undefined

/** The fault of the call that is made now, or null. */
export function nextFault (operation: Operation): Fault['how'] | null {
  const { fault, calls } = operation
  operation.calls++
  return fault?.call === calls ? fault.how : null
}

/** Notes what the operation's token is worth at this moment. */
export function look (operation: Operation): void {
  const { token, decidedAt, world } = operation
  if (token === null || decidedAt !== null) return
  operation.seen.push({ aliveUntil: world.rules.aliveUntil(token.hash), at: world.time() })
}

/** A second lookup: what was known before it counts no more. */
export function lookAgain (operation: Operation): void {
  operation.seen = []
  operation.decidedAt = operation.standing = null
  operation.tooLate = operation.token !== null && operation.token.session.over !== null
  look(operation)
}

/**
 * What the request had to be: one answer if its token was worth the same all the while. A session that was over before
 * it began is dead, whatever the store says.
 */
export function verdictOf (operation: Operation): Verdict {
  const { token, seen, decidedAt, tooLate, outage, world } = operation
  if (token === null || tooLate) return 'out'
  if (outage) return 'unknown'
  const end = decidedAt ?? world.time()
  const [alive, dead] = [seen.some(({ aliveUntil, at }) => aliveUntil > at), seen.some(({ aliveUntil }) => aliveUntil <= end)]
  return alive && dead ? 'either' : alive ? 'in' : 'out'
}
