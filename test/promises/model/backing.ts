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

export interface Backing {
  store: LoginSessionStore
  /** Removes what has expired when something is inserted. */
  sweeps: boolean
  /** All records, dead ones too. */
  everything(ledger: Ledger): Promise<LoginSessionRecord[]>
}

/** Makes an empty store for each run. */
export type MakeBacking = () => Promise<Backing>

export const memoryBacking: MakeBacking = async () => {
  const store = memoryStore()
  return {
    store,
    sweeps: true,
    everything: async ({ sessions }) => (await store.find(sessions.map(({ key }) => key))).filter(record => record !== null)
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
      everything: async () => await collection.find({}).toArray() as unknown as LoginSessionRecord[]
    }
  }
}
