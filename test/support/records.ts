/**
 * Records to put into stores.
 * @module
 */
import { randomBytes } from 'node:crypto'
import type { LoginSessionRecord } from '../../plugin/sessions/record.js'
import { after, HOUR, NOW } from './clock.js'

export const randomId = (): string => randomBytes(16).toString('base64url')

export const CHROME = 'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/149.0.0.0 Safari/537.36'

/** A record of ada's that lives for an hour from NOW, but for what the test says. */
export function aRecord (changes: Partial<LoginSessionRecord> = {}): LoginSessionRecord {
  return {
    id: randomId(),
    tokens: [{ hash: randomId() }],
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

/** One nobody has signed in to. */
export function anAnonymousRecord (changes: Partial<LoginSessionRecord> = {}): LoginSessionRecord {
  const { userId, ...record } = aRecord(changes)
  return record
}

/** The hash of a record's newest token. */
export const hashOf = (record: LoginSessionRecord): string => record.tokens[0]!.hash
