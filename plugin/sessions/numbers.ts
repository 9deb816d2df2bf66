/**
 * How many sessions there are, and of what kind: counted in a small collection, estimated from a fair sample in a large one.
 * @module
 */
import type { DeviceKind } from '../client/device.js'
import { USER_KEY_LENGTH } from './key.js'
import { isLive, type RecordWithoutData } from './record.js'
import type { LoginSessionStore, OverviewStore } from './store.js'

/** What is known of all sessions together. */
export interface Numbers {
  /** When they were found out. */
  at: Date
  /** The number of records that they are estimated from; null: all were counted. */
  sample: number | null
  /** Live sessions of signed-in users. */
  sessions: number
  /** Users who are signed in. */
  users: number
  /** The sessions by the day of their sign-in (UTC): the last 14 days, the earliest first. Sessions that have ended are not among them. */
  byDay: Array<{ day: Date, sessions: number }>
  /** By device kind, the most first. */
  byKind: Array<{ kind: DeviceKind, sessions: number }>
  /** By operating system, the most first; null: it is unknown. */
  bySystem: Array<{ system: string | null, sessions: number }>
}

/** Records, and how many there are in all; null: these are all. */
export interface Sample {
  records: RecordWithoutData[]
  size: number | null
}

/** So many records are all counted. */
const ALL = 4000

/** Runs of consecutive keys that a sample is made of, and the records of each. */
const RUNS = 8
const RUN = 500

/** Records that are read at a time. */
const PAGE = 1000

/** Days that are told apart. */
const DAYS = 14

const DAY = 24 * 3600 * 1000

/**
 * All records of a small collection, or a fair sample of a large one: runs of consecutive keys. A user key is a hash, so the
 * users of a run are a random sample of all, each with all sessions.
 *
 * @param randomUserKey where a run begins
 */
export async function readSample (store: LoginSessionStore & OverviewStore, randomUserKey: () => string): Promise<Sample> {
  const size = await store.size()
  if (size <= ALL) {
    const records = await readAll(store)
    // The size is about right only.
    if (records !== null) return { records, size: null }
  }
  const runs = await Promise.all(Array.from({ length: RUNS }, async () => await readRun(store, randomUserKey())))
  // In a collection that is not much larger, runs overlap.
  const once = new Map(runs.flat().map(record => [record._id, record]))
  return { records: [...once.values()], size: Math.max(size, ALL + 1) }
}

/** All records; null: there are more than are counted. */
async function readAll (store: LoginSessionStore): Promise<RecordWithoutData[] | null> {
  const all: RecordWithoutData[] = []
  while (all.length <= ALL) {
    const page = await store.page(all.at(-1)?._id ?? '', PAGE)
    all.push(...page)
    if (page.length < PAGE) return all
  }
  return null
}

/** The users after this key, in a ring, without the last one: some of that user's sessions may be beyond the end of the run. */
async function readRun (store: LoginSessionStore, start: string): Promise<RecordWithoutData[]> {
  const records = await store.page(start, RUN)
  if (records.length < RUN) records.push(...await store.page('', RUN - records.length))
  const userKey = ({ _id }: RecordWithoutData): string => _id.slice(0, USER_KEY_LENGTH)
  const last = records.at(-1)
  const whole = records.filter(record => userKey(record) !== userKey(last!))
  // One user with so many sessions would be missing in every sample.
  return whole.length === 0 ? records : whole
}

/**
 * What these records say.
 *
 * @param size how many records they stand for; null: only themselves
 */
export function numbersOf (records: RecordWithoutData[], size: number | null, at: Date): Numbers {
  const live = records.filter(record => record.userId !== undefined && isLive(record, at))
  // A collection may be empty though its size is not, after a crash of its server.
  const factor = size === null || records.length === 0 ? 1 : size / records.length
  const estimate = (count: number): number => Math.round(count * factor)
  const tally = <Key>(keyOf: (record: RecordWithoutData) => Key): Array<[Key, number]> =>
    [...countBy(live, keyOf)].sort(theMostFirst).map(([key, count]) => [key, estimate(count)])
  const today = Math.floor(at.getTime() / DAY)
  const days = countBy(live, ({ createdAt }) => Math.floor(createdAt.getTime() / DAY))
  return {
    at,
    sample: size === null ? null : records.length,
    sessions: estimate(live.length),
    users: estimate(new Set(live.map(({ userId }) => userId)).size),
    byDay: Array.from({ length: DAYS }, (_, index) => today - DAYS + 1 + index)
      .map(day => ({ day: new Date(day * DAY), sessions: estimate(days.get(day) ?? 0) })),
    byKind: tally(({ device }) => device.kind).map(([kind, sessions]) => ({ kind, sessions })),
    bySystem: tally(({ device }) => device.os).map(([system, sessions]) => ({ system, sessions }))
  }
}

/** Of equal counts, the order stays the same from reading to reading. */
const theMostFirst = ([one, count]: [unknown, number], [other, otherCount]: [unknown, number]): number =>
  otherCount - count || String(one).localeCompare(String(other), 'en')

function countBy<Key> (records: RecordWithoutData[], keyOf: (record: RecordWithoutData) => Key): Map<Key, number> {
  const counts = new Map<Key, number>()
  for (const record of records) counts.set(keyOf(record), (counts.get(keyOf(record)) ?? 0) + 1)
  return counts
}
