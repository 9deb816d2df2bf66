/**
 * The tokens of one session: made, hashed, rotated, and how long a former one stays valid. Pure: the clock is passed in.
 * @module
 */
import { createHash, randomBytes } from 'node:crypto'

/** One credential of a session: SHA-256 of the cookie's token, base64url. */
export interface TokenHash {
  hash: string
  /** Only on the token before the last rotation, once the newer one has been used: when it stops working. */
  until?: Date
}

/** The part of a record that this file is about. */
export interface TokenHolder {
  id: string
  /** The newest first; after a rotation also the one before it. */
  tokens: TokenHash[]
}

/** A former token that gets its end. */
export interface Retirement {
  /** The record's. */
  id: string
  /** The hash of the token that replaced it. */
  newest: string
  until: Date
}

/**
 * How long the token before a rotation still works once the new one has been used, in ms, so that parallel requests
 * survive. The time begins at the new token's first use, not at the rotation: the response that brings the new token may
 * never arrive (a reload, a closed tab, a connection reset), and whoever then holds only the former one is the user. A
 * thief of the former token gains nothing by it: its owner's next request ends it.
 */
export const ROTATION_GRACE = 30_000

/** A new secret token: 256 random bits, base64url (ASVS 5.0 7.2.3 asks for 128). */
export const newToken = (): string => randomBytes(32).toString('base64url')

/** What is stored of a token. No salt: 256 random bits cannot be guessed from their hash. */
export const hashToken = (token: string): string => createHash('sha256').update(token).digest('base64url')

/** Is this the hash of a token that the record accepts now? A former token is not accepted after its end. */
export function acceptsToken ({ tokens }: Pick<TokenHolder, 'tokens'>, hash: string, now: Date): boolean {
  const token = tokens.find(token => token.hash === hash)
  return token !== undefined && (token.until === undefined || token.until > now)
}

/** Is this its newest token, not the one before a rotation? Only the newest is ever issued again. */
export function isNewest ({ tokens }: Pick<TokenHolder, 'tokens'>, token: string): boolean {
  return tokens[0]?.hash === hashToken(token)
}

/** The tokens after a rotation: the new one, and the one it replaces, which gets its end at the new one's first use. */
export const rotatedTokens = (current: string, next: string): TokenHash[] => [{ hash: next }, { hash: current }]

/** What the store needs to rotate this token. */
export interface Rotation {
  /** The new token, for the cookie. */
  token: string
  /** The hash of the token that the request came with. */
  current: string
  /** The record's tokens afterwards. */
  tokens: TokenHash[]
  /** See {@link lostBefore}. */
  lostBefore: Date
}

/** Prepares a rotation of this token. */
export function prepareRotation (token: string, now: Date): Rotation {
  const next = newToken()
  const current = hashToken(token)
  return { token: next, current, tokens: rotatedTokens(current, hashToken(next)), lostBefore: lostBefore(now) }
}

/** The retirement of the former token, if a request with this token makes it due: at the newest token's first use. */
export function dueRetirement (record: TokenHolder, token: string, now: Date): Retirement | null {
  const [newest, former] = record.tokens
  // Most records have no former token, or one that has its end: no hash is made for them.
  if (newest === undefined || former === undefined || former.until !== undefined || !isNewest(record, token)) return null
  return { id: record.id, newest: newest.hash, until: new Date(now.getTime() + ROTATION_GRACE) }
}

/** If a rotation happened at this moment or before and its new token has not been used at `now`, the response was lost. */
export const lostBefore = (now: Date): Date => new Date(now.getTime() - ROTATION_GRACE)
