/**
 * The key of a record, its `_id`: 8 characters that a user's sessions have in common, then the session's public id. So
 * every operation names one key or one range of keys, and a collection can be sharded by `_id`.
 * @module
 */
import { hash, randomBytes } from 'node:crypto'

/** The length of a user key, in characters. 48 bits: users can collide, so every filter names the user too. */
export const USER_KEY_LENGTH = 8

/** The length of a record's key, in characters: the user key and an id of 22. */
export const KEY_LENGTH = 30

/** What the keys of this user's sessions begin with. It tells nothing about the user, and spreads users evenly over shards. */
export const userKeyOf = (userId: string): string => hash('sha256', userId, 'base64url').slice(0, USER_KEY_LENGTH)

/** The key of this user's session with this public id. */
export const keyOf = (userId: string, id: string): string => userKeyOf(userId) + id

/** A visitor session belongs to nobody: random characters take the place of the user key. */
export const newVisitorKey = (): string => randomBytes(6).toString('base64url') + newId()

/** A new public id: 128 random bits, base64url. */
export const newId = (): string => randomBytes(16).toString('base64url')

/** The public id in a record's key: shown in pages and URLs; never a credential. */
export const idOf = (key: string): string => key.slice(USER_KEY_LENGTH)
