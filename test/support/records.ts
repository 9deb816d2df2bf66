/**
 * Records to put into stores.
 * @module
 */
import { randomBytes } from 'node:crypto'
import { keyOf, newId, newVisitorKey } from '../../plugin/sessions/key.js'
import type { LoginSessionRecord } from '../../plugin/sessions/record.js'
import type { LoginSessionStore } from '../../plugin/sessions/store.js'
import { after, HOUR, NOW } from './clock.js'

export const randomId = (): string => randomBytes(16).toString('base64url')

export const CHROME = 'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/149.0.0.0 Safari/537.36'

/** A record of ada's that lives for an hour from NOW, with the test's changes. */
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

/** A visitor session's. */
export function aVisitorRecord (changes: Partial<LoginSessionRecord> = {}): LoginSessionRecord {
  const { userId, ...record } = aRecord({ _id: newVisitorKey(), ...changes })
  return record
}

/** The entry of a token that nobody has. */
export const aToken = (generation = 0, until?: Date): LoginSessionRecord['tokens'][number] =>
  ({ hash: randomId() + randomId().slice(0, 21), generation, ...(until && { until }) })

/** What the store has of this record now. */
export async function stored (store: LoginSessionStore, { _id }: Pick<LoginSessionRecord, '_id'>): Promise<LoginSessionRecord | null> {
  const [found] = await store.find([_id])
  return found!
}
