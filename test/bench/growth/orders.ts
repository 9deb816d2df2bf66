/**
 * What the process of `server.ts` is started with and asked for.
 * @module
 */

export interface GrowthServerOptions {
  uri: string
  database: string
  secret: string
  /** URL of the plugin's built `index.js`. */
  plugin: string
}

/** What the verbs are, as the table has them. */
export type Verb = 'list' | 'revoke one' | 'revoke others'

/** Which verb to time, once for each of these users. */
export interface Order {
  verb: Verb
  users: string[]
}

/** The answer: milliseconds for each user, or what went wrong. */
export type OrderAnswer = { times: number[] } | { error: string }

/** Name of the collection. */
export const COLLECTION = 'loginSessions'

/** Sessions of each user. */
export const EACH = 3

/** Users of a collection of this size. */
export const usersOf = (size: number): number => Math.floor(size / EACH)
