/**
 * One operation under way: what it was sent with, which of the store's calls fail in it, and what its token was worth
 * from its start until the plugin had read the record.
 * @module
 */
import { AsyncLocalStorage } from 'node:async_hooks'
import type { Session, Token } from './ledger.js'
import type { Method } from './rules.js'
import type { World } from './world.js'

/** The call of the store, counted from 0 within an operation, that fails: before it reaches the store, or after it was done. */
export interface Fault {
  call: number
  how: 'before' | 'after'
}

/** How an operation is begun. */
export interface Beginning {
  /** What it is, with all that a reader of a failure wants to know. */
  name: string
  /** Which server does it. */
  server: number
  /** The token it is sent with; null or absent: none. */
  token?: Token | null
  fault?: Fault | null
  /** A probe: its calls are not held back, and do not fail. */
  passes?: boolean
  /** It is over before anything else happens: of its calls only touches are held back. */
  quick?: boolean
}

export interface Operation extends Required<Beginning> {
  world: World
  /** The store's calls so far. */
  calls: number
  /** The methods that failed in it, unless nobody waits for them. */
  failed: Method[]
  /** How many of its calls are held back, those that nobody waits for left out. */
  held: number
  /** Its session was over when it began. */
  tooLate: boolean
  /** What its token was worth, each time anything had changed: alive until, seen at; both in ms. */
  seen: Array<{ aliveUntil: number, at: number }>
  /** When the plugin learned what the store had first said of its token, in ms; null: not yet, or it failed to. */
  decidedAt: number | null
  /** What its last lookup showed: its token had not run out, so that the session, be it expired, is its own to end. */
  owns: boolean
  /** Hashes of the tokens that were made in it. */
  minted: string[]
  /** The sessions that it was told its user has, and when each of them was last active, in ms. */
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

/** Calls that no response waits for. */
export const isBackground = (method: Method): boolean => method === 'touch' || method === 'retireFormer'

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

/**
 * What the request had to be: one answer if its token was worth the same all the while. A session that was over before
 * it began is dead, whatever the store says.
 */
export function verdictOf (operation: Operation): Verdict {
  const { token, seen, decidedAt, tooLate, failed, world } = operation
  if (token === null || tooLate) return 'out'
  if (decidedAt === null && failed.includes('findByToken')) return 'unknown'
  const end = decidedAt ?? world.time()
  const [alive, dead] = [seen.some(({ aliveUntil, at }) => aliveUntil > at), seen.some(({ aliveUntil }) => aliveUntil <= end)]
  return alive && dead ? 'either' : alive ? 'in' : 'out'
}
