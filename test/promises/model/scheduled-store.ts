/**
 * The store as the servers see it: each call is held back twice, before it reaches the real store and before its answer
 * comes back, and fails where the operation says so. What the calls carry is checked on the way.
 * @module
 */
import { memoryStore } from '../../../plugin/stores/memory.js'
import type { Touch } from '../../../plugin/sessions/record.js'
import { STORE_METHODS, type LoginSessionStore } from '../../../plugin/sessions/store.js'
import { wrongIn } from './arguments.js'
import { isBackground, lookAgain, nextFault, underWay, type Operation } from './operation.js'
import type { Args, Method } from './rules.js'

/** One for each server: it is told by the operation which run's store to call. What comes outside of any, at boot, finds nothing. */
export function scheduledStore (): LoginSessionStore {
  const nothing = memoryStore()
  const touches = { underWay: 0 }
  const methods = [...STORE_METHODS, 'setBinding' as const].map(method => [method, async (...args: unknown[]) => {
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
  begin(operation, method, args)
  const isLookup = isLookupOf(operation, method, args)
  if (passes || (quick && method !== 'touch')) {
    const answer = await world.enter(operation, method, args)
    if (isLookup) decide(operation, worthOf(operation), touches.underWay === 0)
    return answer
  }
  const isInBackground = isBackground(method, args)
  const fault = nextFault(operation)
  if (fault !== null) world.numbers.faults++
  await world.hold(operation, method, isInBackground)
  if (fault === 'before') refuse(operation, method, args, isLookup)
  const answer = await world.enter(operation, method, args)
  const read = worthOf(operation)
  await world.hold(operation, `${method} is answered`, isInBackground)
  if (fault === 'after') refuse(operation, method, args, isLookup)
  if (isLookup) decide(operation, read, touches.underWay === 0)
  return answer
}

function begin (operation: Operation, method: Method, args: unknown[]): void {
  const wrong = wrongIn(operation, method, args)
  if (wrong !== null) operation.world.fail(`${operation.name}: ${method} with ${wrong}`)
  if (method === 'countByUser') operation.listedAt = operation.world.time()
  if (method === 'takeAttempt') operation.confirming = true
  if (!isLookupOf(operation, method, args)) return
  operation.lookups++
  if (operation.decidedAt === null) return
  operation.world.numbers.secondLookups++
  lookAgain(operation)
}

/** Until the handler begins, what is read is the request's own record. */
const isLookupOf = ({ handling, token }: Operation, method: Method, args: unknown[]): boolean =>
  method === 'find' && !handling && token !== null && (args as Args<'find'>)[0].includes(token.session.key)

function refuse (operation: Operation, method: Method, args: unknown[], isLookup: boolean): never {
  const { failed, world: { ledger } } = operation
  if (isLookup) operation.outage = true
  // What nobody waits for may be lost: then nothing is owed.
  if (method === 'touch') for (const { _id } of args[0] as Touch[]) ledger.byKey(_id).owed = 0
  else if (!isBackground(method, args)) failed.push(method)
  throw new Error('connection reset')
}

/** What the operation's token was worth when it was looked up: 0 if it was worth nothing, otherwise until when, in ms. */
interface Worth {
  aliveUntil: number
  recordUntil: number
}

function worthOf ({ token, world: { rules } }: Operation): Worth {
  const record = token === null ? undefined : rules.records.get(token.session.key)
  return { aliveUntil: rules.aliveUntil(token?.hash ?? ''), recordUntil: record?.expiresAt.getTime() ?? 0 }
}

/** From its lookup on the request is somebody's or nobody's, and a touch and a retirement are due if it is somebody's. */
function decide (operation: Operation, { aliveUntil, recordUntil }: Worth, touched: boolean): void {
  const { world, browser, token, lookups } = operation
  const at = world.time()
  operation.decidedAt = at
  operation.standing = recordUntil <= at ? 'over' : aliveUntil <= at ? 'superseded' : 'live'
  if (operation.standing !== 'live') return
  token!.users.add(browser)
  token!.usedAt = Math.min(token!.usedAt, at)
  // A touch that is on its way already is kept instead. A second lookup notes no activity.
  if (touched && lookups === 1) token!.session.owed = at
}
