/**
 * How many sessions there are, and of what kind: counted in a small collection, estimated in a large one. Sessions are
 * estimated from random records. Users are not: a user with many sessions has many chances to be drawn. They are estimated
 * from their keys, of which each user has one.
 * @module
 */
import type { DeviceKind } from '../client/device.js'
import { isBound } from './binding.js'
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
  /** The sessions that are bound to their device. */
  deviceBound: number
  /** The sessions by the day of their sign-in (UTC): the last 14 days, the earliest first. Sessions that have ended are not among them. */
  byDay: Array<{ day: Date, sessions: number }>
  /** By device kind, the most first. */
  byKind: Array<{ kind: DeviceKind, sessions: number }>
  /** By operating system, the most first; null: it is unknown. */
  bySystem: Array<{ system: string | null, sessions: number }>
}

/** All records of a small collection, or random ones of a large one. */
export interface Sample {
  records: RecordWithoutData[]
  /** How many records the collection has, and users in the order of their keys; null: the records are all. */
  large: { size: number, runs: Run[] } | null
}

/** The records of some neighbouring keys. */
export interface Run {
  records: RecordWithoutData[]
  /** The part of all keys that are possible, from the key where it begins to the user key of its last record. */
  width: number
}

/** So many records are all counted. */
const ALL = 4000

/** Random records of a large collection. */
const DRAWN = 2000

/** Runs of neighbouring keys, and the records of each. */
const RUNS = 8
const RUN = 250

/** Records that are read at a time. */
const PAGE = 1000

/** The days of {@link Numbers.byDay}. */
const DAYS = 14

const DAY = 24 * 3600 * 1000

/** @param randomUserKey where a run begins */
export async function readSample (store: LoginSessionStore & OverviewStore, randomUserKey: () => string): Promise<Sample> {
  const size = await store.size()
  if (size <= ALL) {
    const records = await readAll(store)
    // The size is about right only.
    if (records !== null) return { records, large: null }
  }
  const [records, ...runs] = await Promise.all([
    store.sample(DRAWN), ...Array.from({ length: RUNS }, async () => await readRun(store, randomUserKey()))
  ])
  return { records, large: { size: Math.max(size, ALL + 1), runs } }
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

/** The records after this key. The first key comes after the last one. */
async function readRun (store: LoginSessionStore, start: string): Promise<Run> {
  const records = await store.page(start, RUN)
  if (records.length < RUN) {
    const first = await store.page('', RUN - records.length)
    records.push(...first.filter(({ _id }) => _id < start))
  }
  const last = records.at(-1)
  // The whole ring: the collection has become small.
  if (last === undefined || records.length < RUN) return { records, width: 1 }
  const width = placeOf(last._id) - placeOf(start)
  return { records, width: width > 0 ? width : width + 1 }
}

const userKeyIn = (key: string): string => key.slice(0, USER_KEY_LENGTH)

/** The characters of user keys in the order in which stores compare them. */
const IN_ORDER = '-0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz'

/** Where a user key is among all keys that are possible: from 0 to 1. A user key is a hash, so they are spread evenly. */
const placeOf = (key: string): number =>
  [...userKeyIn(key)].reduceRight((place, character) => (place + IN_ORDER.indexOf(character)) / IN_ORDER.length, 0)

/** What a sample says. */
export function numbersOf ({ records, large }: Sample, at: Date): Numbers {
  const live = records.filter(record => isOfLiveUser(record, at))
  // A collection may be empty though its size is not, after a crash of its server.
  const factor = large === null || records.length === 0 ? 1 : large.size / records.length
  const estimate = (count: number): number => Math.round(count * factor)
  const tally = <Key>(keyOf: (record: RecordWithoutData) => Key): Array<[Key, number]> =>
    [...countBy(live, keyOf)].sort(theMostFirst).map(([key, count]) => [key, estimate(count)])
  const today = Math.floor(at.getTime() / DAY)
  const days = countBy(live, ({ createdAt }) => Math.floor(createdAt.getTime() / DAY))
  return {
    at,
    sample: large === null ? null : records.length,
    sessions: estimate(live.length),
    users: large === null ? new Set(live.map(({ userId }) => userId)).size : Math.max(usersIn(large.runs, at), Math.min(1, live.length)),
    deviceBound: estimate(live.filter(isBound).length),
    byDay: Array.from({ length: DAYS }, (_, index) => today - DAYS + 1 + index)
      .map(day => ({ day: new Date(day * DAY), sessions: estimate(days.get(day) ?? 0) })),
    byKind: tally(({ device }) => device.kind).map(([kind, sessions]) => ({ kind, sessions })),
    bySystem: tally(({ device }) => device.os).map(([system, sessions]) => ({ system, sessions }))
  }
}

/** The part of the sessions that are bound to their device, to be written in percent: almost all are at most 99 %. */
export const shareBound = ({ deviceBound, sessions }: Numbers): number =>
  deviceBound === sessions ? 1 : Math.min(deviceBound / sessions, 0.99)

const isOfLiveUser = (record: RecordWithoutData, at: Date): boolean => record.userId !== undefined && isLive(record, at)

/**
 * How many users have a live session: the closer together their keys are, the more there are. How many sessions a user has
 * makes no difference. A run ends with a user, so its width says how far apart one key less is.
 */
function usersIn (runs: Run[], at: Date): number {
  const keysOf = (records: RecordWithoutData[]): number => new Set(records.map(({ _id }) => userKeyIn(_id))).size
  const keys = sum(runs.map(({ records }) => keysOf(records)))
  if (keys === 0) return 0
  const users = sum(runs.map(({ records }) => keysOf(records.filter(record => isOfLiveUser(record, at)))))
  return Math.round((keys - 1) / sum(runs.map(({ width }) => width)) * users / keys)
}

const sum = (numbers: number[]): number => numbers.reduce((total, number) => total + number, 0)

/** Of equal counts, the order stays the same from reading to reading. */
const theMostFirst = ([one, count]: [unknown, number], [other, otherCount]: [unknown, number]): number =>
  otherCount - count || String(one).localeCompare(String(other), 'en')

function countBy<Key> (records: RecordWithoutData[], keyOf: (record: RecordWithoutData) => Key): Map<Key, number> {
  const counts = new Map<Key, number>()
  for (const record of records) counts.set(keyOf(record), (counts.get(keyOf(record)) ?? 0) + 1)
  return counts
}
