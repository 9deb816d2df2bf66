/**
 * What a store should hold and answer, said once more in the plainest way: the reference that the real one is compared
 * with at every call. Synchronous, in one process, and written from the contract in `plugin/sessions/store.ts`, not from a
 * store.
 * @module
 */
import { isDeepStrictEqual } from 'node:util'
import type { DeviceBinding } from '../../../plugin/sessions/binding.js'
import type { AttemptState, LoginSessionRecord, Touch } from '../../../plugin/sessions/record.js'
import type { DataChanges, LoginSessionStore, STORE_METHODS } from '../../../plugin/sessions/store.js'
import type { TokenHash } from '../../../plugin/sessions/tokens.js'

export type Method = typeof STORE_METHODS[number] | 'setBinding'

/** The arguments of a store's method. */
export type Args<M extends Method> = Parameters<NonNullable<LoginSessionStore[M]>>

/** The parts of an answer that the rules predict: keys, numbers, true or false. */
export type Answer = string | number | boolean | null | Array<string | null>

export interface Rules {
  /** The records there should be, by key. */
  records: Map<string, LoginSessionRecord>
  /** The record with this token, or null. */
  withToken(hash: string): LoginSessionRecord | null
  /** Until when this token signs in, in ms since the epoch; 0: it does not at all. */
  aliveUntil(hash: string): number
  /** Does what this call should do, and returns what it should answer. */
  apply(method: Method, args: unknown[]): Answer
}

/** @param sweeps whether inserting removes what has expired, as `memoryStore` does; MongoDB's TTL monitor sleeps in tests */
export function createRules (sweeps: boolean): Rules {
  const records = new Map<string, LoginSessionRecord>()
  const all = (): LoginSessionRecord[] => [...records.values()]
  const withToken = (hash: string): LoginSessionRecord | null => all().find(({ tokens }) => tokens.some(token => token.hash === hash)) ?? null

  function removed (doomed: LoginSessionRecord[]): LoginSessionRecord[] {
    for (const { _id } of doomed) records.delete(_id)
    return doomed
  }

  function touch ({ _id, lastActiveAt, expiresAt }: Touch): void {
    const record = records.get(_id)
    if (record && record.lastActiveAt < lastActiveAt && record.expiresAt > lastActiveAt) Object.assign(record, { lastActiveAt, expiresAt })
  }

  function attempt (key: string, limit: number, lockedUntil: Date, now: Date): number | null {
    const record = records.get(key)
    if (!record || (record.confirmation.lockedUntil && record.confirmation.lockedUntil > now)) return null
    const { at, ...former } = record.confirmation
    const failures = (former.lockedUntil ? 0 : former.failures) + 1
    const total = (former.total ?? former.failures) + 1
    record.confirmation = { failures, total, ...(at && { at }), ...(failures >= limit && { lockedUntil }) }
    return failures
  }

  const operations: { [M in Method]: (...args: Args<M>) => Answer } = {
    insert (record) {
      if (sweeps) removed(all().filter(({ expiresAt }) => expiresAt <= record.createdAt))
      records.set(record._id, structuredClone(record))
      return null
    },
    find: keys => keys.map(key => records.has(key) ? key : null),
    findWithoutData: key => records.has(key) ? key : null,
    // No user of a run has more sessions than any of these limits.
    listByUser: (userId, now) => keysIn(all().filter(record => record.userId === userId && record.expiresAt > now)),
    countByUser: (userId, now) => all().filter(record => record.userId === userId && record.expiresAt > now).length,
    keysOfUser: (userId, after) => keysIn(all().filter(record => record.userId === userId && record._id > after)),
    page: (after, _limit, prefix = '') => keysIn(all().filter(({ _id }) => _id > after && _id.startsWith(prefix))),
    updateData: (key, changes) => writeData(records.get(key), changes),
    touch (touches) {
      touches.forEach(touch)
      return null
    },
    setTokens: (key, expected, tokens, attempts) => setTokens(records.get(key), expected, tokens, attempts),
    setBinding: (key, expected, binding) => setBinding(records.get(key), expected, binding),
    takeAttempt: attempt,
    returnAttempt (key) {
      const record = records.get(key)
      if (record && record.confirmation.failures > 0) {
        const { lockedUntil, failures, total = failures, ...confirmation } = record.confirmation
        record.confirmation = { ...confirmation, failures: failures - 1, total: total - 1 }
      }
      return null
    },
    remove: (key, userId) => removed(all().filter(record => record._id === key && record.userId === userId))[0]?._id ?? null,
    removeMany: (keys, userId, now) =>
      removed(all().filter(record => keys.includes(record._id) && record.userId === userId)).filter(({ expiresAt }) => expiresAt > now).length,
    barrier: () => null
  }

  return {
    records,
    withToken,
    aliveUntil (hash) {
      const record = withToken(hash)
      const until = record?.tokens.find(token => token.hash === hash)?.until
      return record === null ? 0 : Math.min(record.expiresAt.getTime(), until?.getTime() ?? Infinity)
    },
    apply: (method, args) => (operations[method] as (...args: unknown[]) => Answer)(...args)
  }
}

const keysIn = (records: LoginSessionRecord[]): string[] => records.map(({ _id }) => _id).sort()

function writeData (record: LoginSessionRecord | undefined, { set, unset }: DataChanges): boolean {
  if (!record) return false
  for (const [key, value] of Object.entries(set)) record.data[key] = value
  for (const key of unset) delete record.data[key]
  return true
}

function setTokens (record: LoginSessionRecord | undefined, expected: TokenHash[], tokens: TokenHash[], attempts?: AttemptState): boolean {
  if (!record || !isDeepStrictEqual(record.tokens, expected)) return false
  record.tokens = structuredClone(tokens)
  if (attempts) record.confirmation = structuredClone(attempts)
  return true
}

function setBinding (record: LoginSessionRecord | undefined, expected: DeviceBinding | undefined, binding: DeviceBinding): boolean {
  if (!record || !isDeepStrictEqual(record.binding, expected)) return false
  record.binding = structuredClone(binding)
  return true
}

/** What a real answer comes to, in the terms of {@link Answer}. The order of a list means nothing, that of a lookup does. */
export function answerOf (method: Method, answer: unknown): Answer {
  if (Array.isArray(answer)) {
    const keys = answer.map((one: string | { _id: string } | null) => typeof one === 'string' ? one : one?._id ?? null)
    return method === 'listByUser' ? keys.sort() : keys
  }
  if (typeof answer !== 'object' || answer === null) return (answer ?? null) as Answer
  return '_id' in answer ? answer._id as string : (answer as { failures: number }).failures
}
