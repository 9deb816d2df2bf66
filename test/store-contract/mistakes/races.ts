/** Mistakes of methods that read, wait, and write: two steps where one is promised. @module */
import type { AttemptState, DataChanges, LoginSessionRecord, TokenHash, Touch } from '../../../plugin/index.js'
import { turns } from '../../support/gate.js'
import { type FullStore, type Mistake, read, replace } from './mistake.js'

/** Reads the record, waits, and writes all of it back, changed. False: there was none. */
async function rewrite (
  store: FullStore, key: string, change: (record: LoginSessionRecord) => Partial<LoginSessionRecord>
): Promise<boolean> {
  const record = await read(store, key)
  if (record === null) return false
  await turns(1)
  await replace(store, { ...record, ...change(record) })
  return true
}

/** A state with so many attempts more. */
const counted = ({ failures, total = failures, ...state }: AttemptState, by: number): AttemptState =>
  ({ ...state, failures: failures + by, total: total + by })

const touching = (store: FullStore): Partial<FullStore> => ({
  async touch (touches) {
    for (const { _id, ...touch } of touches) await rewrite(store, _id, () => touch)
  }
})

const returning = (store: FullStore): Partial<FullStore> => ({
  async returnAttempt (key) { await rewrite(store, key, ({ confirmation }) => ({ confirmation: counted(confirmation, -1) })) }
})

const ofPairs = (method: string): string => `${method} and other methods`

/** Mistakes of methods in two steps. */
export const mistakesOfRaces: Mistake[] = [
  ['a touch writes back the record that it has read', ofPairs('touch'), touching],
  ['a touch that waited is written though a later one has come', 'many calls of touch', touching],
  ['a change of session data writes back the record', ofPairs('updateData'), store => ({
    updateData: async (key: string, { set, unset }: DataChanges) => await rewrite(store, key, ({ data }) =>
      ({ data: Object.fromEntries(Object.entries({ ...data, ...set }).filter(([name]) => !unset.includes(name))) }))
  })],
  ['new tokens come with the rest of the record', ofPairs('setTokens'), store => ({
    setTokens: async (key: string, _expected: TokenHash[], tokens: TokenHash[]) => await rewrite(store, key, () => ({ tokens }))
  })],
  ['an attempt writes back the record', ofPairs('takeAttempt'), store => ({
    async takeAttempt (key: string) {
      await rewrite(store, key, ({ confirmation }) => ({ confirmation: counted(confirmation, 1) }))
      return (await read(store, key))?.confirmation ?? null
    }
  })],
  ['an attempt that is returned writes back the record', ofPairs('returnAttempt'), returning],
  ['attempts are returned in two steps', 'many calls of returnAttempt', returning],
  ['a touch writes the device later', 'touch is one step', store => ({
    async touch (touches: Touch[]) {
      await store.touch(touches.map(({ device, ...touch }) => touch))
      await turns(1)
      await store.touch(touches.map(touch => ({ ...touch, lastActiveAt: new Date(touch.lastActiveAt.getTime() + 1) })))
    }
  })],
  ['session data is set, then unset', 'updateData is one step', store => ({
    async updateData (key: string, { set, unset }: DataChanges) {
      await store.updateData(key, { set, unset: [] })
      await turns(1)
      return await store.updateData(key, { set: {}, unset })
    }
  })],
  ['tokens are written, then attempts', 'setTokens is one step', store => ({
    async setTokens (key: string, expected: TokenHash[], tokens: TokenHash[], attempts?: AttemptState) {
      const isSet = await store.setTokens(key, expected, tokens)
      await turns(1)
      return isSet && await store.setTokens(key, tokens, tokens, attempts)
    }
  })],
  ['an attempt is counted, then it locks', 'takeAttempt is one step', store => ({
    async takeAttempt (key: string, limit: number, lockUntil: Date, now: Date) {
      const state = await store.takeAttempt(key, limit + 1, lockUntil, now)
      await turns(1)
      await replace(store, { ...(await read(store, key))!, confirmation: { ...state!, lockedUntil: lockUntil } })
      return state
    }
  })],
  ['one count goes back, then the other', 'returnAttempt is one step', store => ({
    async returnAttempt (key: string) {
      const { confirmation: { failures }, ...record } = (await read(store, key))!
      await replace(store, { ...record, confirmation: { failures: failures - 1, total: failures } })
      await turns(1)
      await replace(store, { ...record, confirmation: { failures: failures - 1, total: failures - 1 } })
    }
  })],
  ['an insert looks for the key before it writes', 'of many calls of insert', store => ({
    async insert (record: LoginSessionRecord) {
      if (await read(store, record._id) !== null) throw new Error('there is a record with this key')
      await turns(1)
      await replace(store, record)
    }
  })]
]
