/**
 * What the command line says when something does not work, and the codes that it exits with.
 * @module
 */
import { withoutControls } from './words.js'

/** Exit codes. */
export const EXIT = {
  done: 0,
  /** The database failed, or did not answer in time. Some sessions may have ended. */
  failed: 1,
  /** Wrong usage, or something is missing: a URI, a collection, an index. */
  wrong: 2,
  /** There is no such session. */
  nothing: 3,
  /** Ctrl-C, as shells say it. */
  stopped: 130
} as const

/** A sentence for the person at the terminal, and the exit code. */
export class Failure extends Error {
  constructor (readonly exitCode: number, message: string, options?: ErrorOptions) {
    super(message, options)
  }
}

type DriverError = Error & { code?: unknown, cause?: unknown }

/** MongoDB's code for what the user may not do. */
export const UNAUTHORIZED = 13
const AUTHENTICATION_FAILED = 18

/**
 * The failure that an error means. Messages of the server are not shown where they repeat the command, which names users.
 * @param where the collection, in words
 */
export function failureOf (error: DriverError, where: string): Failure {
  if (error instanceof Failure) return error
  // Bounded stores hide the driver's error behind ours.
  if (error.code === 'FST_LOGIN_SESSION_STORE_UNAVAILABLE') return failureOf(error.cause as DriverError, where)
  return new Failure(EXIT.failed, sentenceOf(error, where))
}

function sentenceOf ({ code, name, message }: DriverError, where: string): string {
  const shown = withoutCredentials(message)
  if (code === 'FST_LOGIN_SESSION_OPTION') return shown.replace(/^fastify-login-sessions: /, '')
  if (code === UNAUTHORIZED) return `The user of the URI may not do this in ${where}: give it the role readWrite there.`
  if (code === AUTHENTICATION_FAILED) return 'The server refuses the user or the password of the URI.'
  if (!/^Mongo(?:ServerSelection|Network)/.test(name)) return `It failed: ${shown}`
  return `The server does not answer: is MongoDB running, and its address right? (${shown})`
}

/** A text of the driver's, which may repeat a URI. */
export const withoutCredentials = (text: string): string => withoutControls(text.replaceAll(/\/\/[^/\s]*@/g, '//'))
