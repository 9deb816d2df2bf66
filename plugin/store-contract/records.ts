/**
 * Records to put into a store, and the time at which the cases happen.
 * @module
 */
import { randomBytes } from 'node:crypto'
import { keyOf, newId, newVisitorKey } from '../sessions/key.js'
import type { LoginSessionRecord, RecordWithoutData } from '../sessions/record.js'

export const MILLISECOND = 1
export const SECOND = 1000
export const MINUTE: number = 60 * SECOND
export const HOUR: number = 60 * MINUTE

/**
 * The present of all cases. It is far in the future, so that a database that removes expired records by its own clock, such as
 * MongoDB's TTL monitor, removes none under a case.
 */
export const NOW: Date = new Date('2100-01-01T12:00:00.000Z')

/** `milliseconds` after `date`. */
export const after = (date: Date, milliseconds: number): Date => new Date(date.getTime() + milliseconds)

/** A browser's user agent. */
export const CHROME = 'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/149.0.0.0 Safari/537.36'

/** A record of the user "ada" that lives for an hour from NOW, with these changes. */
export function aRecord (changes: Partial<LoginSessionRecord> = {}): LoginSessionRecord {
  return {
    _id: keyOf(changes.userId ?? 'ada', newId()),
    tokens: [aToken()],
    userId: 'ada',
    createdAt: NOW,
    lastActiveAt: NOW,
    expiresAt: after(NOW, HOUR),
    endsAt: after(NOW, 24 * HOUR),
    remember: false,
    ip: '203.0.113.9',
    userAgent: CHROME,
    device: { browser: 'Chrome', browserVersion: '149', os: 'Windows', osVersion: null, kind: 'desktop', model: null },
    confirmation: { failures: 0 },
    data: {},
    ...changes
  }
}

/** The record of a visitor session, with these changes. */
export function aVisitorRecord (changes: Partial<LoginSessionRecord> = {}): LoginSessionRecord {
  const { userId, ...record } = aRecord({ _id: newVisitorKey(), ...changes })
  return record
}

/** The entry of a token that nobody has. */
export const aToken = (generation = 0, until?: Date): LoginSessionRecord['tokens'][number] =>
  ({ hash: randomBytes(32).toString('base64url'), generation, ...(until && { until }) })

/** The record without its session data. */
export const withoutData = ({ data, ...rest }: LoginSessionRecord): RecordWithoutData => rest

/** The keys of these records, in the order of the records. */
export const keysOf = (records: ReadonlyArray<Pick<LoginSessionRecord, '_id'>>): string[] => records.map(({ _id }) => _id)
