/**
 * Database queries that answer in time, or fail in a way that a page can explain.
 * @module
 */
import { MongoError, MongoServerError } from 'mongodb'

/** The longest time of a query before the site is open, in ms. Nobody waits for a page yet, and the database may be busy. */
export const START_TIMEOUT = 30_000

/** The database does not answer: worth trying again in a moment. */
export class UnavailableError extends Error {
  readonly statusCode = 503
  readonly headers = { 'retry-after': '2' }
}

/**
 * The query's result, or an UnavailableError after so many milliseconds: the driver by itself would wait for a
 * server that has stopped answering as long as the connection stands. Whether a write was done is not known then.
 */
export async function inTime<T> (query: Promise<T>, milliseconds: number): Promise<T> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new UnavailableError(`The database has not answered for ${milliseconds} ms`)), milliseconds)
  })
  return await Promise.race([query, late]).catch(explain).finally(() => clearTimeout(timer))
}

/** An error of the server is an answer. Any other error of the driver means that the server cannot be reached. */
function explain (error: unknown): never {
  const silent = error instanceof MongoError && !(error instanceof MongoServerError)
  throw silent ? new UnavailableError('The database cannot be reached', { cause: error }) : error
}
