/**
 * What is under way between the plugin and its database: calls of the store, and connections out of the driver's pool.
 * @module
 */
import type { MongoClient } from 'mongodb'
import { type LoginSessionStore, STORE_METHODS } from '../../plugin/store.js'

/** The same store, and how many of its calls from now on have not settled, those included whose callers have been told that they took too long. */
export function countCalls (store: LoginSessionStore): { store: LoginSessionStore, underWay(): number } {
  let count = 0
  const methods = STORE_METHODS.map(method => [method, async (...args: unknown[]) => {
    count++
    try {
      return await (store[method] as (...args: unknown[]) => Promise<unknown>)(...args)
    } finally {
      count--
    }
  }])
  return { store: { ...store, ...Object.fromEntries(methods) }, underWay: () => count }
}

/** Counts the connections that are taken out of this client's pools, from now on. */
export function countConnections (client: MongoClient): () => number {
  let out = 0
  client.on('connectionCheckedOut', () => { out++ })
  client.on('connectionCheckedIn', () => { out-- })
  return () => out
}
