/**
 * What a case is, and what it works with.
 * @module
 */
import { AssertionError, deepStrictEqual, fail } from 'node:assert/strict'
import { isDeepStrictEqual } from 'node:util'
import type { AttemptState, LoginSessionRecord, RecordWithoutData } from '../sessions/record.js'
import type { LoginSessionStore } from '../sessions/store.js'
import { settledWithin } from '../timeout.js'
import { NOW } from './records.js'

/** What a case works with. */
export interface Scene<Store = LoginSessionStore> {
  /** An empty store, prepared. */
  emptyStore(): Promise<Store>
  /** A store with these records, inserted one after the other. */
  storeWith(...records: LoginSessionRecord[]): Promise<Store>
}

/** Cases by name. A name is a promise, as a sentence whose subject is the store's method. */
export type Cases<Store = LoginSessionStore> = Record<string, (scene: Scene<Store>) => Promise<void>>

/** What the store has of this record now. */
export async function stored (store: LoginSessionStore, { _id }: Pick<LoginSessionRecord, '_id'>): Promise<LoginSessionRecord | null> {
  const [found] = await store.find([_id])
  return found!
}

/** The attempts that the store has counted for this record. */
export async function attemptsOf (store: LoginSessionStore, record: LoginSessionRecord): Promise<AttemptState | null> {
  return (await stored(store, record))?.confirmation ?? null
}

/** All records of this user. */
export const listOf = async (store: LoginSessionStore, userId: string): Promise<RecordWithoutData[]> =>
  await store.listByUser(userId, NOW, Infinity)

/** `count` calls at the same moment. */
export async function atOnce<T> (count: number, call: (index: number) => Promise<T>): Promise<T[]> {
  return await together(Array.from({ length: count }, async (_, index) => await call(index)))
}

/** The answers to calls that are made at the same moment. Each of them must succeed: a store settles its conflicts itself. */
export async function together<T> (calls: Array<Promise<T>>): Promise<T[]> {
  return await Promise.all(calls).catch((error: unknown) => {
    if (error instanceof AssertionError) throw error
    const message = `a call rejected while others were under way: ${String(error)}. ` +
      'If the database refused it because of a conflict with another one, the store must repeat it.'
    throw new Error(message, { cause: error })
  })
}

/** What the call answers, or `otherwise` if it rejects or throws. */
export async function answerOr<T> (otherwise: T, call: () => Promise<T>): Promise<T> {
  return await new Promise<T>(resolve => { resolve(call()) }).catch(() => otherwise)
}

/**
 * Asserts that two values are equal, with their types. A field that is undefined equals one that is absent. Both values are cloned
 * first: a runner such as Jest gives tests an `Object` of their own, and a store may well answer with objects of the other one.
 */
export function same (actual: unknown, expected: unknown, message?: string): void {
  deepStrictEqual(comparable(actual), comparable(expected), message)
}

/** Are they equal, as `same` compares them? */
export const isSame = (one: unknown, other: unknown): boolean => isDeepStrictEqual(comparable(one), comparable(other))

const comparable = (value: unknown): unknown => withoutUndefined(structuredClone(value))

function withoutUndefined (value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutUndefined)
  if (Object.prototype.toString.call(value) !== '[object Object]') return value
  const fields = Object.entries(value as object).filter(([, part]) => part !== undefined)
  return Object.fromEntries(fields.map(([name, part]) => [name, withoutUndefined(part)]))
}

/** As long as a case waits for a report of the store's, in ms: shorter than the five seconds after which Vitest and Jest end a test. */
const PATIENCE = 4000

/** What `work` resolves to. Fails if that takes too long. @param what is waited for, as in "the report of ..." */
export async function within<T> (work: Promise<T>, what: string): Promise<T> {
  if (await settledWithin(PATIENCE, work)) return await work
  fail(`${what} did not come within ${PATIENCE / 1000} seconds`)
}

/** Thrown by a case that cannot be run on this store. The message says why. */
export class NotRun extends Error {}
