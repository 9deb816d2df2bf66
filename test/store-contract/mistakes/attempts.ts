/** Mistakes of tokens and attempts. @module */
import type { AttemptState, TokenHash } from '../../../plugin/index.js'
import { aRecord } from '../../../plugin/store-contract/records.js'
import { type FullStore, type Mistake, read, replace, showing } from './mistake.js'

type TakeAttempt = Parameters<FullStore['takeAttempt']>
type SetTokens = Parameters<FullStore['setTokens']>

/** Inserts the record if it is gone. */
async function revive (store: FullStore, key: string): Promise<void> {
  if (await read(store, key) === null) await store.insert(aRecord({ _id: key }))
}

/** A store that goes on working with what `takeAttempt` was given or has answered: `keep` chooses it. */
const keepingCount = (keep: (state: AttemptState, lockUntil: Date) => AttemptState) => (store: FullStore) => {
  const shown: { confirmation?: AttemptState } = {}
  return {
    ...showing(store, shown),
    async takeAttempt (...args: TakeAttempt) {
      const state = await store.takeAttempt(...args)
      shown.confirmation = keep(state!, args[2])
      return state
    }
  }
}

/** Mistakes of tokens and attempts. */
export const mistakesOfAttempts: Mistake[] = [
  ['new tokens lift every lock', 'setTokens replaces the tokens', store => ({
    setTokens: async (key: string, expected: TokenHash[], tokens: TokenHash[], attempts: AttemptState = { failures: 0 }) =>
      await store.setTokens(key, expected, tokens, attempts)
  })],
  ['new tokens bring a record back', 'setTokens answers false if', store => ({
    async setTokens (...args: SetTokens) { await revive(store, args[0]); return await store.setTokens(...args) }
  })],
  ['the tokens of the caller are kept', 'setTokens takes a copy', store => {
    const shown: { tokens?: TokenHash[] } = {}
    return {
      ...showing(store, shown),
      setTokens: async (...args: SetTokens) => { shown.tokens = args[2]; return await store.setTokens(...args) }
    }
  }],
  ['the attempts of the caller are kept', 'setTokens takes a copy', store => {
    const shown: { confirmation?: AttemptState } = {}
    return {
      ...showing(store, shown),
      setTokens: async (...args: SetTokens) => { shown.confirmation = args[3]!; return await store.setTokens(...args) }
    }
  }],
  ['the lock comes one attempt too late', 'takeAttempt counts each attempt', store => ({
    takeAttempt: async (key: string, limit: number, lockUntil: Date, now: Date) => await store.takeAttempt(key, limit + 1, lockUntil, now)
  })],
  ['all records have one count', 'takeAttempt counts for each record', store => {
    let first: string | undefined
    return {
      async takeAttempt (...[key, ...args]: TakeAttempt) {
        first ??= key
        return await store.takeAttempt(first, ...args)
      }
    }
  }],
  ['an attempt brings a record back', 'takeAttempt answers null if', store => ({
    async takeAttempt (...args: TakeAttempt) { await revive(store, args[0]); return await store.takeAttempt(...args) }
  })],
  ['the count is handed out itself', 'takeAttempt hands out', keepingCount(state => state)],
  ['the date of the caller is kept', 'takeAttempt hands out',
    keepingCount((state, lockedUntil) => ({ ...structuredClone(state), lockedUntil }))],
  ['the total does not go back', 'returnAttempt counts `total` back', store => ({
    async returnAttempt (key: string) {
      const { confirmation: { failures, total = failures }, ...record } = (await read(store, key))!
      await replace(store, { ...record, confirmation: { failures: failures - 1, total } })
    }
  })],
  ['an attempt that is returned brings a record back', 'returnAttempt does nothing if', store => ({
    async returnAttempt (key: string) { await revive(store, key); await store.returnAttempt(key) }
  })]
]
