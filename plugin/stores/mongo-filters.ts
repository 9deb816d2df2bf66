/**
 * The filters of the commands on a collection of sessions: keys, their ranges, and their owners.
 * @module
 */
import type { Filter } from 'mongodb'
import { userKeyOf } from '../sessions/key.js'
import type { LoginSessionRecord } from '../sessions/record.js'

/** A range of keys. */
export interface KeyRange {
  $gte: string
  $gt?: string
  $lt: string
}

/** The keys that begin with `prefix` and come after `after`. All characters of base64url sort before "~". */
export const rangeOf = (prefix: string, after = ''): KeyRange => ({ $gte: prefix, ...(after !== '' && { $gt: after }), $lt: `${prefix}~` })

/** `$eq`: the value is compared, and never read as an operator. */
export const ownedBy = (userId: string | undefined): Filter<LoginSessionRecord> =>
  ({ userId: userId === undefined ? { $exists: false } : { $eq: userId } })

/** This user's records. */
export const ofUser = (userId: string): Filter<LoginSessionRecord> => ({ _id: rangeOf(userKeyOf(userId)), ...ownedBy(userId) })
