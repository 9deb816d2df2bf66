/**
 * The confirmation by password: verify, count, lock.
 * @module
 */
import bcrypt from 'bcrypt'
import { noPasswordError, optionError, passwordCheckFailedError, passwordRequiredError, passwordWrongError, requiredError } from '../errors.js'
import { CHECK_TIMEOUT, createPasswordAttempts } from './attempts.js'
import type { LoginSessionStore } from '../sessions/store.js'

/** Compares what was typed, untouched, with the user's password. */
export type PasswordCheck = (password: string) => boolean | Promise<boolean>

/**
 * Finds out how to check this user's password; null: this user has none (signs in by passkey, link or another service).
 *
 * @example
 * const verifyPassword: VerifyPassword = async userId => {
 *   const { passwordHash } = await users.findOne({ _id: userId })
 *   return passwordHash ? password => argon2.verify(passwordHash, password) : null
 * }
 */
export type VerifyPassword = (userId: string) => PasswordCheck | null | Promise<PasswordCheck | null>

/** What a user must do before a session is ended: answer a question, give the password, or it cannot be done. */
export type ConfirmationKind = 'question' | 'password' | 'no-password'

/** The longest password that is looked at, in characters. NIST and ASVS want 64 allowed; a bound keeps hashing cheap. */
export const PASSWORD_LENGTH = 1024

/**
 * A {@link VerifyPassword} for bcrypt hashes. bcrypt itself looks at the first 72 bytes only.
 *
 * @param passwordHash the stored hash of this user, or null if there is none
 * @throws FST_LOGIN_SESSION_OPTION for what is no function
 * @example
 * verifyPassword: bcryptPassword(async userId => (await users.findOne({ _id: userId }))?.passwordHash ?? null)
 */
export function bcryptPassword (passwordHash: (userId: string) => string | null | undefined | Promise<string | null | undefined>): VerifyPassword {
  if (typeof passwordHash !== 'function') throw optionError('bcryptPassword takes a function: write bcryptPassword(userId => yourHashOf(userId))')
  return async userId => {
    const hash = await passwordHash(userId)
    return hash ? password => bcrypt.compare(password, hash) : null
  }
}

/** Checks and counts passwords of sessions. */
export interface PasswordConfirmation {
  kind(userId: string): Promise<ConfirmationKind>
  /**
   * Resolves when the password is right and the session has its new token, or when none is asked for; rejects with the
   * coded error otherwise.
   * @param rotate gives the session its new token; false: it was rotated or ended meanwhile
   */
  confirm(session: { id: string, userId: string }, password: unknown, rotate: () => Promise<boolean>): Promise<void>
  /**
   * How long no password of this session is looked at, in ms; 0: it is not locked, or gone. One read of the store.
   * @throws FST_LOGIN_SESSION_STORE_UNAVAILABLE
   */
  lockedFor(session: { id: string }): Promise<number>
}

/** @param verifyPassword undefined: no password is asked for, a plain question is enough */
export function createPasswordConfirmation (verifyPassword: VerifyPassword | undefined, store: LoginSessionStore, now: () => Date): PasswordConfirmation {
  const attempts = createPasswordAttempts(store, now)

  async function checkOf (userId: string): Promise<PasswordCheck | null> {
    return await answering(async () => await verifyPassword!(userId))
  }

  async function matches (id: string, check: PasswordCheck, password: string): Promise<boolean> {
    try {
      return await answering(async () => await check(password)) === true
    } catch (error) {
      await store.returnAttempt(id)
      throw error
    }
  }

  return {
    async kind (userId) {
      if (verifyPassword === undefined) return 'question'
      return await checkOf(userId) === null ? 'no-password' : 'password'
    },

    async confirm ({ id, userId }, password, rotate) {
      if (verifyPassword === undefined) return
      const check = await checkOf(userId)
      if (check === null) throw noPasswordError()
      if (typeof password !== 'string' || password === '') throw passwordRequiredError()
      // Counted before the check, so that attempts made at the same moment are counted too.
      const release = await attempts.take(id)
      try {
        if (password.length > PASSWORD_LENGTH || !await matches(id, check, password)) throw passwordWrongError()
        if (await rotate()) return
        // Ended while its password was checked: it confirms nothing any more.
        if (await store.confirmation(id) === null) throw requiredError()
        // A parallel confirmation was first, and reset the count before this one was taken.
        await store.returnAttempt(id)
      } finally {
        release()
      }
    },

    lockedFor: ({ id }) => attempts.lockedFor(id)
  }
}

/** The host's answer, or FST_LOGIN_SESSION_PASSWORD_CHECK_FAILED when it throws or hangs: closed, never open. */
function answering<T> (ask: () => Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error(`verifyPassword took longer than ${CHECK_TIMEOUT} ms`)), CHECK_TIMEOUT)
  })
  return Promise.race([ask(), late])
    .catch(cause => { throw passwordCheckFailedError(cause) })
    .finally(() => clearTimeout(timer))
}
