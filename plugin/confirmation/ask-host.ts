/**
 * Asks the host's functions that confirm. If one throws or hangs, nothing is confirmed.
 * @module
 */
import { checkFailedError } from '../errors.js'
import { withTimeout } from '../timeout.js'

/** How long the host may take to answer, in ms, from the start of its work: far more than any sensible hash needs. */
const CHECK_TIMEOUT = 10_000

/**
 * The host's answer.
 *
 * @param name of the function, for the error's cause
 * @throws FST_LOGIN_SESSION_CHECK_FAILED if it throws, rejects or hangs
 */
export async function askHost<T> (name: string, ask: () => Promise<T>): Promise<T> {
  return await withTimeout(ask(), CHECK_TIMEOUT, name).catch(cause => { throw checkFailedError(cause) })
}
