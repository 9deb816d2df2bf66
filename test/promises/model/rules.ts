/**
 * What a store should hold and answer, said once more in the plainest way: the reference that the real one is compared
 * with at every call. Synchronous, in one process, and written from the contract in `plugin/store.ts`, not from a store.
 * @module
 */
import type { LoginSessionRecord, Touch } from '../../../plugin/sessions/record.js'
import type { Retirement, TokenHash } from '../../../plugin/sessions/tokens.js'
import type { DataChanges, LoginSessionStore, STORE_METHODS } from '../../../plugin/sessions/store.js'

export type Method = typeof STORE_METHODS[number]

/** The arguments of a store's method. */
export type Args<M extends Method> = Parameters<LoginSessionStore[M]>

/** The parts of an answer that the rules foretell: ids, numbers, yes or no. */
export type Answer = string | number | boolean | null | string[]

export interface Rules {
  /** The records there should be, by id. */
  records: Map<string, LoginSessionRecord>
  /** The record with this token, or null. */
  withToken(hash: string): LoginSessionRecord | null
  /** Until when this token signs in, in ms since the epoch; 0: it does not at all. */
  aliveUntil(hash: string): number
  /** Until when this token is its record's, be that expired, in ms since the epoch; 0: it is none's. */
  ownUntil(hash: string): number
  /** Does what this call should do, and returns what it should answer. */
  apply(method: Method, args: unknown[]): Answer
}

/** @param sweeps whether inserting removes what has expired, as `memoryStore` does; MongoDB's TTL monitor sleeps in tests */
export function createRules (sweeps: boolean): Rules {
  const records = new Map<string, LoginSessionRecord>()
  const all = (): LoginSessionRecord[] => [...records.values()]
  const withToken = (hash: string): LoginSessionRecord | null => all().find(({ tokens }) => tokens.some(token => token.hash === hash)) ?? null
  const liveOf = (userId: string, now: Date): LoginSessionRecord[] => all().filter(record => record.userId === userId && record.expiresAt > now)

  /** Removes them, and returns the ids of those that lived: at `now`, or at all. */
  function removed (doomed: LoginSessionRecord[], now?: Date): string[] {
    for (const { id } of doomed) records.delete(id)
    return doomed.filter(({ expiresAt }) => now === undefined || expiresAt > now).map(({ id }) => id)
  }

  function touch ({ id, lastActiveAt, expiresAt }: Touch): void {
    const record = records.get(id)
    if (record && record.lastActiveAt < lastActiveAt && record.expiresAt > lastActiveAt) Object.assign(record, { lastActiveAt, expiresAt })
  }

  function attempt (id: string, limit: number, lockedUntil: Date, now: Date): number | null {
    const record = records.get(id)
    if (!record || (record.confirmation.lockedUntil && record.confirmation.lockedUntil > now)) return null
    const { at, ...former } = record.confirmation
    const failures = (former.lockedUntil ? 0 : former.failures) + 1
    record.confirmation = { failures, ...(at && { at }), ...(failures >= limit && { lockedUntil }) }
    return failures
  }

  const operations: { [M in Method]: (...args: Args<M>) => Answer } = {
    insert (record) {
      if (sweeps) removed(all().filter(({ expiresAt }) => expiresAt <= record.createdAt))
      records.set(record.id, structuredClone(record))
      return null
    },
    findByToken: hash => withToken(hash)?.id ?? null,
    find: (userId, id, now) => liveOf(userId, now).find(record => record.id === id)?.id ?? null,
    listByUser: (userId, now) => liveOf(userId, now).map(({ id }) => id).sort(),
    updateData: (id, changes) => writeData(records.get(id), changes),
    touch (touches) {
      touches.forEach(touch)
      return null
    },
    rotate: (id, current, tokens, now, lostBefore) => rotate(records.get(id), current, tokens, now, lostBefore),
    retireFormer: (id, newest, until) => retire(records.get(id), { id, newest, until }),
    takeAttempt: attempt,
    returnAttempt (id) {
      const record = records.get(id)
      if (record && record.confirmation.failures > 0) {
        const { lockedUntil, failures, ...confirmation } = record.confirmation
        record.confirmation = { ...confirmation, failures: failures - 1 }
      }
      return null
    },
    attempts: id => records.get(id)?.confirmation.failures ?? null,
    remove: (userId, id, now) => removed(all().filter(record => record.userId === userId && record.id === id), now)[0] ?? null,
    removeByToken: hash => removed(all().filter(record => record === withToken(hash)))[0] ?? null,
    idsByUser: userId => all().filter(record => record.userId === userId).map(({ id }) => id).sort(),
    removeMany: (userId, ids, now) => removed(all().filter(record => record.userId === userId && ids.includes(record.id)), now).length,
    barrier: () => null
  }

  function ownUntil (hash: string): number {
    const token = withToken(hash)?.tokens.find(token => token.hash === hash)
    return token === undefined ? 0 : token.until?.getTime() ?? Infinity
  }

  return {
    records,
    withToken,
    aliveUntil: hash => Math.min(withToken(hash)?.expiresAt.getTime() ?? 0, ownUntil(hash)),
    ownUntil,
    apply: (method, args) => (operations[method] as (...args: unknown[]) => Answer)(...args)
  }
}

function writeData (record: LoginSessionRecord | undefined, { set, unset }: DataChanges): boolean {
  if (!record) return false
  for (const [key, value] of Object.entries(set)) record.data[key] = value
  for (const key of unset) delete record.data[key]
  return true
}

function rotate (record: LoginSessionRecord | undefined, current: string, tokens: TokenHash[], now: Date, lostBefore: Date): boolean {
  const [newest, former] = record?.tokens ?? []
  const lost = former?.hash === current && !former.until && record!.confirmation.at! <= lostBefore
  if (!record || (newest!.hash !== current && !lost)) return false
  record.tokens = structuredClone(tokens)
  record.confirmation = { failures: 0, at: now }
  return true
}

function retire (record: LoginSessionRecord | undefined, { newest, until }: Retirement): null {
  const former = record?.tokens[1]
  if (record?.tokens[0]!.hash === newest && former && !former.until) former.until = until
  return null
}

/** What a real answer comes to, in the terms of {@link Answer}. */
export function answerOf (answer: unknown): Answer {
  if (Array.isArray(answer)) return answer.map((one: string | { id: string }) => typeof one === 'string' ? one : one.id).sort()
  if (typeof answer !== 'object' || answer === null) return (answer ?? null) as Answer
  return 'id' in answer ? answer.id as string : (answer as { failures: number }).failures
}
