/**
 * One key for each use of the host's secrets, so that what is signed for one use is worth nothing in another.
 * @module
 */
import { hkdfSync } from 'node:crypto'

/** What a key is used for. Another text makes another key, and what was signed before is not accepted any more. */
export type KeyUse = 'session cookie' | 'form token' | 'device cookie' | 'bound cookie' | 'demand cookie' | 'device challenge'

/**
 * The keys for this use, in the order of the secrets: HKDF with SHA-256 (RFC 5869).
 * @param secrets newest first
 */
export function keysFor (use: KeyUse, secrets: readonly string[]): Buffer[] {
  return secrets.map(secret => Buffer.from(hkdfSync('sha256', secret, '', `fastify-login-sessions: ${use}`, 32)))
}
