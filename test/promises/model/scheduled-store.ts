/**
 * The store as the servers see it: each call is held back twice, before it reaches the real store and before its answer
 * comes back, and fails where the operation says so. What the calls carry is checked on the way.
 * @module
 */
import { memoryStore } from '../../../plugin/stores/memory.js'
import type { LoginSessionRecord, Touch } from '../../../plugin/sessions/record.js'
import type { TokenHash } from '../../../plugin/sessions/tokens.js'
import { STORE_METHODS, type LoginSessionStore } from '../../../plugin/sessions/store.js'
import { endOf, GRACE } from './lifetime.js'
import { isBackground, nextFault, underWay, type Operation } from './operation.js'
import type { Args, Method } from './rules.js'
import type { World } from './world.js'

/** One for each server: it is told by the operation which run's store to call. What comes outside of any, at boot, finds nothing. */
export function scheduledStore (): LoginSessionStore {
  const nothing = memoryStore()
  const touches = { underWay: 0 }
  const methods = STORE_METHODS.map(method => [method, async (...args: unknown[]) => {
    const operation = underWay.getStore()
    if (operation === undefined) return await (nothing[method] as (...args: unknown[]) => Promise<unknown>)(...args)
    const one = method === 'touch' ? 1 : 0
    touches.underWay += one
    try {
      return await call(operation, method, args, touches)
    } finally {
      touches.underWay -= one
    }
  }])
  return Object.fromEntries(methods)
}

async function call (operation: Operation, method: Method, args: unknown[], touches: { underWay: number }): Promise<unknown> {
  const { world, passes, quick } = operation
  checkArguments(operation, method, args)
  const worth = (): Worth | null => method === 'findByToken' ? worthOf(world, args[0] as string) : null
  if (passes || (quick && method !== 'touch')) {
    const answer = await world.enter(operation, method, args)
    decide(operation, worth(), touches.underWay === 0)
    return answer
  }
  const fault = nextFault(operation)
  if (fault !== null) world.numbers.faults++
  await world.hold(operation, method, isBackground(method))
  if (fault === 'before') refuse(operation, method, args)
  const answer = await world.enter(operation, method, args)
  const read = worth()
  await world.hold(operation, `${method} is answered`, isBackground(method))
  if (fault === 'after') refuse(operation, method, args)
  decide(operation, read, touches.underWay === 0)
  return answer
}

function refuse ({ failed, world: { ledger } }: Operation, method: Method, args: unknown[]): never {
  // What nobody waits for may be lost: then nothing is owed.
  if (method === 'touch') for (const { id } of args[0] as Touch[]) ledger.byId(id).owed = 0
  else if (method === 'retireFormer') ledger.byHash(args[1] as string)!.used = false
  else failed.push(method)
  throw new Error('connection reset')
}

/** What a token was worth when it was looked up. */
interface Worth {
  aliveUntil: number
  ownUntil: number
  newest: boolean
}

function worthOf ({ rules }: World, hash: string): Worth {
  return { aliveUntil: rules.aliveUntil(hash), ownUntil: rules.ownUntil(hash), newest: rules.withToken(hash)?.tokens[0]!.hash === hash }
}

/** From the first lookup on the request is somebody's or nobody's, and a touch and a retirement are due if it is somebody's. */
function decide (operation: Operation, read: Worth | null, touched: boolean): void {
  const { token, world } = operation
  if (read === null || token === null) return
  operation.owns = read.ownUntil > world.time()
  // A later lookup only asks what there is to end, and so does the one after an outage.
  if (operation.decidedAt !== null || operation.failed.includes('findByToken')) return
  operation.decidedAt = world.time()
  if (read.aliveUntil <= operation.decidedAt) return
  if (read.newest) token.used = true
  // A touch that is on its way already is kept instead.
  if (touched) token.session.owed = operation.decidedAt
}

/** What must hold of a call whatever becomes of it. */
function checkArguments (operation: Operation, method: Method, args: unknown[]): void {
  const wrong = wrongIn(operation.world, method, args)
  if (wrong !== null) operation.world.fail(`${operation.name}: ${method} with ${wrong}`)
}

function wrongIn (world: World, method: Method, args: unknown[]): string | null {
  const now = world.time()
  if (method === 'retireFormer') {
    const [, newest, until] = args as Args<'retireFormer'>
    if (world.ledger.byHash(newest)?.used !== true) return 'a newest token that nobody has used'
    return until.getTime() === now + GRACE ? null : 'an end that is not thirty seconds from now'
  }
  if (method === 'touch') return (args as Args<'touch'>)[0].map(touch => wrongTouch(world, touch)).find(wrong => wrong !== null) ?? null
  if (method === 'insert') return wrongRecord((args as Args<'insert'>)[0], now)
  if (method === 'rotate') return wrongTokens(world, args as Args<'rotate'>)
  return null
}

function wrongTouch ({ rules, time }: World, { id, lastActiveAt, expiresAt }: Touch): string | null {
  const record = rules.records.get(id)
  if (record === undefined) return null
  if (lastActiveAt.getTime() > time()) return 'a time that has not come'
  return expiresAt.getTime() === endOf(record, lastActiveAt) ? null : 'a wrong end'
}

function wrongRecord (record: LoginSessionRecord, now: number): string | null {
  if (record.createdAt.getTime() !== now || record.lastActiveAt.getTime() !== now) return 'a wrong beginning'
  return record.expiresAt.getTime() === endOf(record, record.createdAt) ? null : 'a wrong end'
}

function wrongTokens ({ ledger }: World, [, current, tokens]: Args<'rotate'>): string | null {
  const [next, former, ...more] = tokens as [TokenHash, TokenHash]
  if (ledger.byHash(next.hash) !== undefined) return 'a token that was issued before'
  return former.hash === current && former.until === undefined && more.length === 0 ? null : 'wrong former tokens'
}
