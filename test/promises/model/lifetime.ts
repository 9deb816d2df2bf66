/**
 * The timeouts and limits of the servers under attack, as the model counts with them. All in milliseconds.
 * @module
 */
import type { LoginSessionRecord } from '../../../plugin/sessions/record.js'
import { HOUR, MINUTE, SECOND } from '../../support/clock.js'

export const LIFETIME = { absoluteTimeout: 2 * HOUR, idleTimeout: 10 * MINUTE, rememberIdleTimeout: 30 * MINUTE, visitorTimeout: 5 * MINUTE, touchEvery: MINUTE }

/** How many sessions a user may have at the same time. */
export const MOST = 3

/** How long the token before a rotation lives on once the new one was used. */
export const GRACE = 30 * SECOND

/** When a record ends that was last active at this time: idle for its timeout and the grain, and never after its absolute end. */
export function endOf ({ userId, remember, createdAt }: Pick<LoginSessionRecord, 'userId' | 'remember' | 'createdAt'>, lastActiveAt: Date): number {
  const loginIdle = remember ? LIFETIME.rememberIdleTimeout : LIFETIME.idleTimeout
  const idle = userId === undefined ? LIFETIME.visitorTimeout : loginIdle
  return Math.min(lastActiveAt.getTime() + idle + LIFETIME.touchEvery, createdAt.getTime() + LIFETIME.absoluteTimeout)
}
