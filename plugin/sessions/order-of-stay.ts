/**
 * Which sessions of a user stay if there are more than allowed. Pure.
 * @module
 */
import { keyOf } from './key.js'
import type { LoginSession } from './login-session.js'
import type { RecordWithoutData } from './record.js'

type Stay = Pick<RecordWithoutData, '_id' | 'createdAt' | 'lastActiveAt'>
type Start = Pick<Stay, '_id' | 'createdAt'>
type Compare<Value> = (a: Value, b: Value) => number

/**
 * Which of a user's sessions stay, the first ones first: the one just started and those that started after it, then the used
 * ones, then those that were never used after their sign-in. A script that signs in each time it runs leaves many of these.
 *
 * @param touchEvery a session may have been used unnoticed for this long after its sign-in, in ms
 */
export function orderOfStay (started: LoginSession, touchEvery: number): Compare<Stay> {
  // Rank by sign-in time, which every server reads identically. If each sign-in ranked itself as the newest, two could
  // end each other.
  const startedKey = { _id: keyOf(started.userId, started.id), createdAt: started.createdAt }
  const isUnused = ({ createdAt, lastActiveAt }: Stay): boolean =>
    lastActiveAt.getTime() === createdAt.getTime() && started.createdAt.getTime() - createdAt.getTime() > touchEvery
  const classOf = (record: Stay): number => newestFirst(record, startedKey) <= 0 ? 0 : isUnused(record) ? 2 : 1
  return (a, b) => {
    const kind = classOf(a)
    return kind - classOf(b) || (kind === 0 ? newestFirst(a, b) : lastActiveFirst(a, b))
  }
}

/** By sign-in time. The keys decide between equals, so that all servers remove the same ones. */
const newestFirst: Compare<Start> = (a, b) => b.createdAt.getTime() - a.createdAt.getTime() || compare(b._id, a._id)

const compare = (a: string, b: string): number => a < b ? -1 : a > b ? 1 : 0

const lastActiveFirst: Compare<Stay> = (a, b) =>
  b.lastActiveAt.getTime() - a.lastActiveAt.getTime() || newestFirst(a, b)
