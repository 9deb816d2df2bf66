/** Mistakes of what is changed. @module */
import { isDeepStrictEqual } from 'node:util'
import type { AttemptState, DataChanges, TokenHash, Touch, LoginSessionRecord } from '../../../plugin/index.js'
import { aRecord, after, HOUR, NOW } from '../../../plugin/store-contract/records.js'
import { turns } from '../../support/gate.js'
import { type FullStore, type Mistake, read, replace } from './mistake.js'

/** `touch` that inserts records that are gone. */
const upserting = (store: FullStore): Partial<FullStore> => ({
  async touch (touches) {
    for (const { _id } of touches) if (await read(store, _id) === null) await store.insert(aRecord({ _id }))
    await store.touch(touches)
  }
})

/** `touch` with other conditions. */
const touching = (store: FullStore, mayTouch: (record: LoginSessionRecord, touch: Touch) => boolean): Partial<FullStore> => ({
  async touch (touches) {
    for (const touch of touches) {
      const record = await read(store, touch._id)
      if (record !== null && mayTouch(record, touch)) await replace(store, { ...record, ...touch })
    }
  }
})

/** `setTokens` after a look at the record, not in one step with it. */
const settingTokens = (store: FullStore, isExpected: (tokens: TokenHash[], expected: TokenHash[]) => boolean): Partial<FullStore> => ({
  async setTokens (key, expected, tokens, attempts) {
    const record = await read(store, key)
    if (record === null || !isExpected(record.tokens, expected)) return false
    await turns(1)
    return await store.setTokens(key, (await read(store, key))!.tokens, tokens, attempts)
  }
})

/** `takeAttempt` with another result. */
const counting = (store: FullStore, change: (state: AttemptState) => AttemptState): Partial<FullStore> => ({
  async takeAttempt (key, ...args) {
    const state = await store.takeAttempt(key, ...args)
    if (state === null) return null
    const record = (await read(store, key))!
    const changed = change(state)
    await replace(store, { ...record, confirmation: changed })
    return changed
  }
})

/** Mistakes of what is changed. */
export const mistakesOfChanges: Mistake[] = [
  ['session data is replaced', 'updateData sets and unsets', store => ({
    async updateData (key: string, { set }: DataChanges) {
      await replace(store, { ...(await read(store, key))!, data: set })
      return true
    }
  })],
  ['session data is read and written in two steps', 'updateData keeps parallel', store => ({
    async updateData (key: string, { set }: DataChanges) {
      const record = (await read(store, key))!
      await turns(1)
      await replace(store, { ...record, data: { ...record.data, ...set } })
      return true
    }
  })],
  ['session data brings a record back', 'updateData answers false', store => ({
    async updateData (key: string, changes: DataChanges) {
      if (await read(store, key) === null) await store.insert(aRecord({ _id: key }))
      return await store.updateData(key, changes)
    }
  })],
  ['a key with a dot is a path', 'session data may have keys', store => ({
    async updateData (key: string, { set: { 'a.b': b, ...set }, unset }: DataChanges) {
      return await store.updateData(key, { set: b === undefined ? set : { ...set, a: { b } }, unset })
    }
  })],
  ['session data that cannot be kept looks like an outage', 'insert and updateData reject', store => ({
    updateData: async (key: string, changes: DataChanges) =>
      await store.updateData(key, changes).catch(() => { throw new Error('connection lost') })
  })],
  ['a touch upserts', 'touch does not bring back', upserting],
  ['a touch that is late upserts', 'a touch that arrives after', upserting],
  ['a touch moves back', 'touch never moves', store => touching(store, () => true)],
  ['a touch of the same moment counts', 'touch never moves', store =>
    touching(store, (record, touch) => touch.lastActiveAt >= record.lastActiveAt && touch.lastActiveAt < record.expiresAt)],
  ['a touch revives', 'touch does not revive', store => touching(store, (record, touch) => touch.lastActiveAt > record.lastActiveAt)],
  ['a touch forgets the device', 'touch writes the device', store => ({
    touch: async (touches: Touch[]) => await store.touch(touches.map(({ device, ...touch }) => touch))
  })],
  ['a touch forgets the former address', 'touch writes userAgent', store => ({
    touch: async (touches: Touch[]) => await store.touch(touches.map(({ formerIp, ...touch }) => touch))
  })],
  ['only the first touch is written', 'touch moves many', store => ({ touch: async ([first]: Touch[]) => await store.touch([first!]) })],
  ['tokens are not compared', 'setTokens writes nothing', store => settingTokens(store, () => true)],
  ['only the hashes of tokens are compared', 'setTokens writes nothing', store =>
    settingTokens(store, (tokens, expected) => isDeepStrictEqual(tokens.map(({ hash }) => hash), expected.map(({ hash }) => hash)))],
  ['tokens are compared in a step of their own', 'of many calls of setTokens', store =>
    settingTokens(store, (tokens, expected) => isDeepStrictEqual(tokens, expected))],
  ['new tokens lift no lock', 'setTokens replaces the attempts', store => ({
    setTokens: async (key: string, expected: [], tokens: []) => await store.setTokens(key, expected, tokens)
  })],
  ['attempts are counted in two steps', 'takeAttempt is one atomic step', store => ({
    async takeAttempt (key: string) {
      const record = (await read(store, key))!
      const { failures, lockedUntil } = record.confirmation
      if (lockedUntil) return null
      await turns(1)
      const confirmation = { failures: failures + 1, total: failures + 1 }
      await replace(store, { ...record, confirmation })
      return confirmation
    }
  })],
  ['a lock counts on', 'takeAttempt answers null while', store => ({
    takeAttempt: async (key: string, limit: number, lockUntil: Date) =>
      await store.takeAttempt(key, limit, lockUntil, after(NOW, 99 * HOUR))
  })],
  ['a lock is never over', 'takeAttempt starts to count again', store => ({
    takeAttempt: async (key: string, limit: number, lockUntil: Date) => await store.takeAttempt(key, limit, lockUntil, NOW)
  })],
  ['the total begins again with a lock', 'takeAttempt counts `total` on', store =>
    counting(store, ({ failures, ...state }) => ({ ...state, failures, total: failures }))],
  ['an attempt forgets the last confirmation', 'takeAttempt keeps `at`', store => counting(store, ({ at, ...state }) => state)],
  ['an attempt that is returned keeps its lock', 'returnAttempt gives one', store => ({
    async returnAttempt (key: string) {
      const { confirmation: { lockedUntil } } = (await read(store, key))!
      await store.returnAttempt(key)
      const record = (await read(store, key))!
      await replace(store, { ...record, confirmation: { ...record.confirmation, ...(lockedUntil && { lockedUntil }) } })
    }
  })],
  ['attempts are returned that nobody took', 'returnAttempt never', store => ({
    async returnAttempt (key: string) {
      const record = (await read(store, key))!
      await replace(store, { ...record, confirmation: { failures: record.confirmation.failures - 1, total: 0 } })
    }
  })]
]
