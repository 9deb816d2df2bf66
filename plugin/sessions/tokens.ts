/**
 * The tokens of one session: made, checked, rotated, and how long a former one still works. Pure: the clock is passed in.
 *
 * A token is the record's key and a secret. A rotation adds a token, one generation younger than the one that was
 * presented. The first use of a token gives all tokens of earlier generations their end. Tokens of one generation, as
 * parallel confirmations make them, do not end each other: whichever answer reaches the browser last, its token works.
 * @module
 */
import { hash, randomBytes, timingSafeEqual } from 'node:crypto'
import { KEY_LENGTH } from './key.js'

/** One credential of a session. */
export interface TokenHash {
  /** SHA-256 of the token's secret, base64url. */
  hash: string
  /** 0 at the start; a rotation adds one to that of the token that was presented. */
  generation: number
  /** When it stops working; absent until a token of a later generation has been used. */
  until?: Date
}

/** The part of a record that this file is about. The newest token comes first. */
export interface TokenHolder {
  _id: string
  tokens: TokenHash[]
}

/** The tokens of a record before and after a change. It is made only if the record still has those before. */
export interface TokenChange {
  _id: string
  expected: TokenHash[]
  tokens: TokenHash[]
}

/**
 * How long a former token still works once a newer one has been used, in ms, so that parallel requests survive. The time
 * begins at the new token's first use, not at the rotation: the response that brings the new token may never arrive (a
 * reload, a closed tab, a connection reset), and a browser that then has only the former one is the user's. A thief of the
 * former token gains nothing by it: its owner's next request ends it.
 */
export const ROTATION_GRACE = 30_000

/** The most tokens of one record. They are needed for seconds only. */
export const MOST_TOKENS = 8

/** The length of a token, in characters: the record's key and 256 random bits, base64url (ASVS 5.0 7.2.3 asks for 128). */
export const TOKEN_LENGTH: number = KEY_LENGTH + 43

/** A new token of the record with this key. */
export const newToken = (key: string): string => key + randomBytes(32).toString('base64url')

/** The key of the record that this token belongs to. */
export const keyOfToken = (token: string): string => token.slice(0, KEY_LENGTH)

/** What is stored of a token. No salt: 256 random bits cannot be guessed from their hash. */
export const hashToken = (token: string): string => hash('sha256', token.slice(KEY_LENGTH), 'base64url')

/** The record's entry for the token with this hash, or undefined. Compares in constant time. */
export function findToken ({ tokens }: Pick<TokenHolder, 'tokens'>, tokenHash: string): TokenHash | undefined {
  const wanted = Buffer.from(tokenHash)
  return tokens.find(({ hash }) => hash.length === tokenHash.length && timingSafeEqual(Buffer.from(hash), wanted))
}

/** Does the token with this hash sign in now? A former one does not after its end. */
export function acceptsToken (record: Pick<TokenHolder, 'tokens'>, tokenHash: string, now: Date): boolean {
  const token = findToken(record, tokenHash)
  return token !== undefined && !isOver(token, now)
}

const isOver = ({ until }: TokenHash, now: Date): boolean => until !== undefined && until <= now

/** Is this a token of the latest generation? Only such a token is issued again, after a change of secrets. */
export function isLatest (record: Pick<TokenHolder, 'tokens'>, tokenHash: string): boolean {
  const found = findToken(record, tokenHash)
  return found !== undefined && record.tokens.every(({ generation }) => generation <= found.generation)
}

/**
 * The tokens after a rotation from the token with this hash to the next one, or null: it is not accepted any more, or there
 * is no room. Tokens that are over leave first; a full record then gives up those that have an end, the oldest first.
 */
export function rotatedTokens (record: TokenHolder, current: string, next: string, now: Date): TokenHash[] | null {
  const presented = findToken(record, current)
  if (presented === undefined || isOver(presented, now)) return null
  const kept = record.tokens.filter(token => !isOver(token, now))
  while (kept.length >= MOST_TOKENS) {
    const leaving = kept.findLastIndex(({ until }) => until !== undefined)
    if (leaving === -1) return null
    kept.splice(leaving, 1)
  }
  return [{ hash: next, generation: presented.generation + 1 }, ...kept]
}

/** The change that gives all earlier generations their end, if a request with the token of this hash makes it due. */
export function dueRetirement ({ _id, tokens }: TokenHolder, tokenHash: string, now: Date): TokenChange | null {
  // Most records have one token: nothing is compared for them.
  if (tokens.length === 1) return null
  const used = findToken({ tokens }, tokenHash)
  const isDue = ({ generation, until }: TokenHash): boolean => until === undefined && generation < used!.generation
  if (used === undefined || !tokens.some(isDue)) return null
  const until = new Date(now.getTime() + ROTATION_GRACE)
  return { _id, expected: tokens, tokens: tokens.map(token => isDue(token) ? { ...token, until } : token) }
}
