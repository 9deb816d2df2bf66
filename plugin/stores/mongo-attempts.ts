/**
 * Updates that count the attempts at confirming, each in one step.
 * @module
 */
import type { Document } from 'mongodb'

/** Records of earlier versions have no total. */
const TOTAL = { $ifNull: ['$confirmation.total', '$confirmation.failures'] }

/** Counts and locks in one step, so that parallel attempts on several servers get no more than `limit`. */
export function countAttempt (limit: number, lockUntil: Date): Document[] {
  const counted = { $add: [{ $cond: [{ $eq: [{ $type: '$confirmation.lockedUntil' }, 'missing'] }, '$confirmation.failures', 0] }, 1] }
  return [
    { $set: { 'confirmation.failures': counted, 'confirmation.total': { $add: [TOTAL, 1] }, 'confirmation.lockedUntil': '$$REMOVE' } },
    { $set: { 'confirmation.lockedUntil': { $cond: [{ $gte: ['$confirmation.failures', limit] }, lockUntil, '$$REMOVE'] } } }
  ]
}

/** Takes one failure back in both counts, with the lock that it brought. */
export function uncountAttempt (): Document[] {
  const less = (count: unknown) => ({ $subtract: [count, 1] })
  return [
    { $set: { 'confirmation.failures': less('$confirmation.failures'), 'confirmation.total': less(TOTAL) } },
    { $unset: 'confirmation.lockedUntil' }
  ]
}
