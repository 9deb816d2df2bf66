/**
 * What is under way between the plugin and its database: calls of the store, and connections out of the driver's pool.
 * @module
 */
import type { MongoClient } from 'mongodb'
import type { LoginSessionStore } from '../../plugin/sessions/store.js'
import { aroundCalls } from './stores.js'

/** The same store, and which of its calls from now on have not settled, those included whose callers have been told that they took too long. */
export function noteCalls (store: LoginSessionStore): { store: LoginSessionStore, underWay(): string[] } {
  const calls = new Set<{ method: string }>()
  const noted = aroundCalls(store, async (method, call) => {
    const one = { method }
    calls.add(one)
    try {
      return await call()
    } finally {
      calls.delete(one)
    }
  })
  return { store: noted, underWay: () => [...calls].map(({ method }) => method) }
}

/** Counts the connections that are taken out of this client's pools, from now on. */
export function countConnections (client: MongoClient): () => number {
  let out = 0
  client.on('connectionCheckedOut', () => { out++ })
  client.on('connectionCheckedIn', () => { out-- })
  return () => out
}
