/**
 * Confirmation by password.
 * @module
 */
import type bcrypt from 'bcrypt'
import { noPasswordError, optionError, passwordRequiredError, passwordWrongError } from '../errors.js'
import { askHost } from './ask-host.js'
import { type ConfirmationWay, type Trial, wayView } from './way.js'

/** Compares what was typed, unchanged, with the user's password. */
export type PasswordCheck = (password: string) => boolean | Promise<boolean>

/**
 * Finds out how to check this user's password; null: this user has none (signs in by passkey, link or another service).
 * undefined counts as null. It takes the user id alone: the password goes to the function that it returns.
 *
 * @example
 * const verifyPassword: VerifyPassword = async userId => {
 *   const { passwordHash } = await users.findOne({ _id: userId })
 *   return passwordHash ? password => argon2.verify(passwordHash, password) : null
 * }
 */
export type VerifyPassword = (userId: string) => PasswordCheck | null | Promise<PasswordCheck | null>

/** The longest password that is checked, in characters. NIST and ASVS want 64 allowed; a bound keeps hashing cheap. */
export const PASSWORD_LENGTH = 1024

const PREPARED: unique symbol = Symbol('prepared')

/** Resolves when this function can be used. Awaited while the plugin registers: a rejection stops the boot. */
export async function preparePassword (verifyPassword: VerifyPassword & { [PREPARED]?: Promise<unknown> } | undefined): Promise<void> {
  await verifyPassword?.[PREPARED]
}

/**
 * A {@link VerifyPassword} for bcrypt hashes. bcrypt itself looks at the first 72 bytes only. The package `bcrypt` is
 * loaded by this function, so hosts that check passwords in another way need not install it.
 *
 * @param passwordHash the stored hash of this user, or null if there is none
 * @throws FST_LOGIN_SESSION_OPTION if it is not a function; the boot fails with it if `bcrypt` is not installed
 * @example
 * verifyPassword: bcryptPassword(async userId => (await users.findOne({ _id: userId }))?.passwordHash ?? null)
 */
export function bcryptPassword (passwordHash: (userId: string) => string | null | undefined | Promise<string | null | undefined>): VerifyPassword {
  if (typeof passwordHash !== 'function') throw optionError('bcryptPassword takes a function: write bcryptPassword(userId => yourHashOf(userId))')
  const loading = loadBcrypt()
  // The boot reports it.
  loading.catch(() => {})
  const verifyPassword: VerifyPassword = async userId => {
    const hash = await passwordHash(userId)
    if (!hash) return null
    const { compare } = await loading
    return password => compare(password, hash)
  }
  return Object.assign(verifyPassword, { [PREPARED]: loading })
}

/** Not a literal: bundlers leave it alone, because it has a native part, and those who do not have it need not have it. */
const BCRYPT: string = 'bcrypt'

async function loadBcrypt (): Promise<Pick<typeof bcrypt, 'compare'>> {
  try {
    return (await import(/* webpackIgnore: true */ BCRYPT)).default
  } catch (cause) {
    throw Object.assign(optionError('bcryptPassword needs the package bcrypt, which could not be loaded: ' +
      'run `npm install bcrypt` where your server runs'), { cause })
  }
}

/** The password as this user's way to confirm: the field `password` of a proof. A user without one cannot confirm. */
export async function passwordWay (verifyPassword: VerifyPassword, userId: string): Promise<ConfirmationWay> {
  const check = requireCheck(await askHost('verifyPassword', async () => await verifyPassword(userId)))
  if (check === null) return { view: wayView('no-password'), validFor: 0, check: () => { throw noPasswordError() } }
  return { view: wayView('password'), validFor: 0, check: ({ password }) => passwordTrial(password, check) }
}

function passwordTrial (password: unknown, check: PasswordCheck): Trial {
  const wrongError = passwordWrongError
  if (typeof password !== 'string' || password === '') throw passwordRequiredError()
  // Counted as an attempt like any wrong password, but not hashed.
  if (password.length > PASSWORD_LENGTH) return { verify: async () => false, hashes: false, wrongError }
  // Only `true` is right.
  return { verify: async () => await askHost('verifyPassword', async () => await check(password)) === true, hashes: true, wrongError }
}

/** What to write as `verifyPassword`. */
export const VERIFY_PASSWORD: string = 'bcryptPassword(userId => yourHashOf(userId)), or ' +
  'async userId => { const hash = await yourHashOf(userId); return hash ? password => yourCompare(password, hash) : null }'

/** Without this error, a host that answers the wrong question would see an outage. The value is not shown: it may be a hash. */
function requireCheck (answer: unknown): PasswordCheck | null {
  if (typeof answer === 'function') return answer as PasswordCheck
  if (answer === null || answer === undefined) return null
  throw optionError(`verifyPassword answered with a ${typeof answer} instead of a function that checks the password ` +
    `(or null for a user without one): write verifyPassword: ${VERIFY_PASSWORD}`)
}

/** A function that takes the password as its second parameter answers the wrong question. */
export function aVerifyPassword (verifyPassword: unknown): string | undefined {
  if (typeof verifyPassword !== 'function') return 'must be a function'
  return verifyPassword.length < 2 ? undefined : 'must take the user id alone, and return a function that takes the password'
}
