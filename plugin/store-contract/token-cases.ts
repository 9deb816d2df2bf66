/**
 * The promises of `setTokens`.
 * @module
 */
import { equal } from 'node:assert/strict'
import { aRecord, aToken, after, HOUR, MILLISECOND, MINUTE, NOW, SECOND } from './records.js'
import { atOnce, type Cases, same, stored } from './scene.js'

const UNTIL = after(NOW, 30 * SECOND)
const LOCK_END = after(NOW, 15 * MINUTE)

export const tokenCases: Cases = {
  async 'setTokens replaces the tokens, and nothing else' ({ storeWith }) {
    const record = aRecord({ confirmation: { failures: 4, at: after(NOW, -HOUR) } })
    const store = await storeWith(record)
    const tokens = [aToken(1), ...record.tokens]
    equal(await store.setTokens(record._id, record.tokens, tokens), true)
    same(await stored(store, record), { ...record, tokens })
  },

  async 'setTokens replaces the attempts in the same step, and so lifts a lock' ({ storeWith }) {
    const record = aRecord({ confirmation: { failures: 5, lockedUntil: LOCK_END } })
    const store = await storeWith(record)
    const tokens = [aToken(1), ...record.tokens]
    equal(await store.setTokens(record._id, record.tokens, tokens, { failures: 0, at: NOW }), true)
    same(await stored(store, record), { ...record, tokens, confirmation: { failures: 0, at: NOW } })
  },

  async 'setTokens writes nothing unless the tokens are as expected in every field and in their order' ({ storeWith }) {
    const [first, second] = [aToken(1), aToken(0, UNTIL)]
    const record = aRecord({ tokens: [first, second] })
    const store = await storeWith(record)
    const { until: _, ...endless } = second
    const others = [
      [], [first], [second, first], [first, second, aToken()], [first, endless], [first, { ...second, until: after(UNTIL, MILLISECOND) }],
      [{ ...first, generation: 2 }, second], [{ ...first, until: UNTIL }, second], [aToken(1), second]
    ]
    for (const expected of others) equal(await store.setTokens(record._id, expected, [aToken()], { failures: 0 }), false)
    same(await stored(store, record), record)
    equal(await store.setTokens(record._id, [first, second], [first]), true)
  },

  async 'setTokens answers false if the record is gone, and does not bring it back' ({ storeWith }) {
    const record = aRecord()
    const store = await storeWith(record)
    await store.remove(record._id, 'ada')
    equal(await store.setTokens(record._id, record.tokens, [aToken(1)], { failures: 0 }), false)
    equal(await stored(store, record), null)
  },

  async 'of many calls of setTokens at the same moment, exactly one wins' ({ storeWith }) {
    const record = aRecord()
    const store = await storeWith(record)
    const next = Array.from({ length: 10 }, () => [aToken(1), ...record.tokens])
    const won = await atOnce(10, async index => await store.setTokens(record._id, record.tokens, next[index]!))
    equal(won.filter(Boolean).length, 1)
    same((await stored(store, record))?.tokens, next[won.indexOf(true)])
  },

  async 'setTokens takes a copy of the tokens and of the attempts' ({ storeWith }) {
    const record = aRecord()
    const store = await storeWith(record)
    const [tokens, attempts] = [[aToken(1), aToken(0, new Date(UNTIL))], { failures: 0, at: new Date(NOW) }]
    const kept = { ...record, tokens: structuredClone(tokens), confirmation: structuredClone(attempts) }
    await store.setTokens(record._id, record.tokens, tokens, attempts)
    tokens[0]!.hash = 'eve'
    tokens[1]!.until!.setFullYear(1999)
    attempts.failures = -99
    attempts.at.setFullYear(1999)
    same(await stored(store, record), kept)
  }
}
