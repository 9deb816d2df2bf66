/**
 * What must hold of each call of the store, whatever becomes of it: the times it carries, and which tokens it writes.
 * All times are the database's: a server whose own clock is wrong must not be found out here.
 * @module
 */
import { isDeepStrictEqual } from 'node:util'
import { MOST_TOKENS, type TokenHash } from '../../../plugin/sessions/tokens.js'
import type { LoginSessionRecord, Touch } from '../../../plugin/sessions/record.js'
import { endOf, GRACE } from './lifetime.js'
import { isRetirement, type Operation } from './operation.js'
import type { Args, Method } from './rules.js'
import type { World } from './world.js'

/** What is wrong with this call, in words; null: nothing. */
export function wrongIn (operation: Operation, method: Method, args: unknown[]): string | null {
  const { world } = operation
  if (method === 'touch') return (args as Args<'touch'>)[0].map(touch => wrongTouch(world, touch)).find(wrong => wrong !== null) ?? null
  if (method === 'insert') return wrongRecord((args as Args<'insert'>)[0], world.time())
  if (isRetirement(method, args)) return wrongRetirement(operation, args as Args<'setTokens'>)
  if (method === 'setTokens') return wrongRotation(operation, args as Args<'setTokens'>)
  return null
}

function wrongTouch ({ rules, time }: World, { _id, lastActiveAt, expiresAt }: Touch): string | null {
  const record = rules.records.get(_id)
  if (record === undefined) return null
  if (lastActiveAt.getTime() > time()) return 'a time that has not come'
  return expiresAt.getTime() === endOf(record, lastActiveAt) ? null : 'a wrong end'
}

function wrongRecord (record: LoginSessionRecord, now: number): string | null {
  if (record.createdAt.getTime() !== now || record.lastActiveAt.getTime() !== now) return 'a wrong beginning'
  return record.expiresAt.getTime() === endOf(record, record.createdAt) ? null : 'a wrong end'
}

/** Tokens of earlier generations than the one that is used end in thirty seconds, unless they have an end. Nothing else changes. */
function wrongRetirement ({ token, world }: Operation, [key, expected, tokens]: Args<'setTokens'>): string | null {
  if (key !== token?.session.key || token.users.size === 0) return 'a token that nobody has used'
  const isDue = ({ generation, until }: TokenHash): boolean => until === undefined && generation < token.generation
  const wanted = expected.map(one => isDue(one) ? { ...one, until: new Date(world.time() + GRACE) } : one)
  return isDeepStrictEqual(tokens, wanted) ? null : 'other ends than thirty seconds from now for all earlier generations'
}

/** One more token, a generation younger than the one presented. Room is made by those that are over, then by the oldest that have an end. */
function wrongRotation ({ token, world }: Operation, [key, expected, tokens, attempts]: Args<'setTokens'>): string | null {
  const now = world.time()
  const [next, ...kept] = tokens
  if (key !== token?.session.key) return 'the key of another session'
  if (!isDeepStrictEqual(attempts, { failures: 0, at: new Date(now) })) return 'wrong attempts'
  const accepted = expected.filter(({ until }) => until === undefined || until.getTime() > now)
  const isAccepted = accepted.some(({ hash }) => hash === token.hash)
  if (isDeepStrictEqual(tokens, expected)) {
    const isFull = accepted.filter(({ until }) => until === undefined).length >= MOST_TOKENS
    return isAccepted && !isFull ? 'no new token, though there is room' : null
  }
  if (world.ledger.byHash(next!.hash) !== undefined) return 'a token that was issued before'
  if (next!.until !== undefined || next!.generation !== token.generation + 1) return 'a wrong generation'
  if (!isAccepted) return 'a token that is over'
  const surplus = Math.max(0, accepted.length + 1 - MOST_TOKENS)
  const leaving = surplus === 0 ? [] : accepted.filter(({ until }) => until !== undefined).slice(-surplus)
  if (kept.length + 1 > MOST_TOKENS) return 'more tokens than there may be'
  return isDeepStrictEqual(kept, accepted.filter(one => !leaving.includes(one))) ? null : 'wrong former tokens'
}
