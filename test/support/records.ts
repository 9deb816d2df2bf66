/**
 * Records to put into stores.
 * @module
 */
import { randomBytes } from 'node:crypto'
import { keyOf, newVisitorKey } from '../../plugin/sessions/key.js'
import type { LoginSessionRecord } from '../../plugin/sessions/record.js'
import { after, HOUR, NOW } from './clock.js'

export const randomId = (): string => randomBytes(16).toString('base64url')

export const CHROME = 'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/149.0.0.0 Safari/537.36'

/** A record of ada's that lives for an hour from NOW, unless the test says otherwise. Its key is that of its user. */
export function aRecord (changes: Partial<LoginSessionRecord> = {}): LoginSessionRecord {
  const userId = changes.userId ?? 'ada'
  return {
    _id: keyOf(userId, randomId()),
    tokens: [{ hash: randomId(), generation: 0 }],
    userId,
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

/** A visitor session: nobody has signed in to it. */
export function anAnonymousRecord (changes: Partial<LoginSessionRecord> = {}): LoginSessionRecord {
  const { userId, ...record } = aRecord({ _id: newVisitorKey(), ...changes })
  return record
}

/** The hash of a record's newest token. */
export const hashOf = (record: LoginSessionRecord): string => record.tokens[0]!.hash
