/**
 * The stores under attack, with a way to see all that they hold.
 * @module
 */
import type { Collection } from 'mongodb'
import { memoryStore } from '../../../plugin/stores/memory.js'
import { mongoStore } from '../../../plugin/stores/mongo.js'
import type { LoginSessionRecord } from '../../../plugin/sessions/record.js'
import type { LoginSessionStore } from '../../../plugin/sessions/store.js'
import type { Ledger } from './ledger.js'

/** Before every record's end. */
const EVER = new Date(0)

export interface Backing {
  store: LoginSessionStore
  /** Removes what has expired when something is inserted. */
  sweeps: boolean
  /** All records, dead ones too. One that has come back to nothing but its id is told by that. */
  everything(ledger: Ledger): Promise<Array<Partial<LoginSessionRecord> & { id: string }>>
}

/** Makes an empty store for each run. */
export type MakeBacking = () => Promise<Backing>

export const memoryBacking: MakeBacking = async () => {
  const store = memoryStore()
  return {
    store,
    sweeps: true,
    async everything ({ sessions, tokens }) {
      const users = new Set(sessions.flatMap(({ user }) => user ?? []))
      const reached = await Promise.all(tokens.map(({ hash }) => store.findByToken(hash)))
      const listed = await Promise.all([...users].map(user => store.listByUser(user, EVER)))
      const known = await Promise.all(sessions.map(async ({ id }) => await store.attempts(id) === null ? [] : [{ id }]))
      const all = [...known.flat(), ...reached.filter(record => record !== null), ...listed.flat()]
      return [...new Map(all.map(record => [record.id, record])).values()]
    }
  }
}

/** @param collection one of its own */
export async function mongoBacking (collection: Collection<any>): Promise<MakeBacking> {
  await mongoStore(collection).prepare!()
  return async () => {
    await collection.deleteMany({})
    return {
      store: mongoStore(collection),
      sweeps: false,
      everything: async () => (await collection.find({}).toArray()).map(({ _id, ...record }) => ({ id: _id, ...record }))
    }
  }
}
