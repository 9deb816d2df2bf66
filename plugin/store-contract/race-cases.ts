/**
 * What methods promise that change one record at the same moment.
 * @module
 */
import { equal } from 'node:assert/strict'
import { keyOf } from '../sessions/key.js'
import type { LoginSessionRecord } from '../sessions/record.js'
import type { LoginSessionStore } from '../sessions/store.js'
import { timers } from '../timers.js'
import { type Change, CHANGES, recordToChange, REMOVALS, touchOf, WHOLE_CHANGES } from './changes.js'
import { aRecord, after, keysOf, MINUTE, NOW } from './records.js'
import { atOnce, attemptsOf, type Cases, isSame, same, type Scene, stored, together } from './scene.js'

/** So often each pair of methods is tried. */
const ROUNDS = 2

/** So many records are changed while they are read. */
const READ = 8

/** What the store's author should look at first. */
const LIKELY = 'The likeliest cause: a method reads the record and then writes it, instead of one update with a condition.'

/** Both changes of a pair, in the order in which they are called. */
type Pair = [first: Change, second: Change]

/** This change with each other one, in both orders. */
function pairsOf (change: Change): Pair[] {
  const others = [...CHANGES, ...REMOVALS].filter(other => other !== change)
  const pairs = others.flatMap((other): Pair[] => [[change, other], [other, change]])
  return Array.from({ length: ROUNDS }, () => pairs).flat()
}

/** What must be left of a record after both changes. In which order they happen makes no difference. */
function leftOf (record: LoginSessionRecord, [first, second]: Pair): LoginSessionRecord | null {
  const changed = first.changed(record)
  return changed && second.changed(changed)
}

/** Asserts that this change and each other one of the same record, made at the same moment, are both kept. */
export async function keepsBoth ({ storeWith }: Scene, change: Change): Promise<void> {
  const pairs = pairsOf(change)
  const records = pairs.map(recordToChange)
  const store = await storeWith(...records)
  await together(pairs.flatMap(([first, second], index) =>
    [first.make(store, records[index]!), second.make(store, records[index]!)]))
  const found = await store.find(keysOf(records))
  for (const [index, pair] of pairs.entries()) {
    const wrong = `a wrong record after ${pair[0].method} and ${pair[1].method} at the same moment. ${LIKELY}`
    same(found[index], leftOf(records[index]!, pair), wrong)
  }
}

/** What reads find of the record, one after the other, from the beginning of the change to its end. */
async function readsDuring (store: LoginSessionStore, record: LoginSessionRecord, { make }: Change) {
  const found: Array<LoginSessionRecord | null> = []
  const progress = { isDone: false }
  const changing = make(store, record).finally(() => { progress.isDone = true })
  // It is awaited below. Until then, a rejection is not unhandled.
  changing.catch(() => {})
  do {
    found.push(await stored(store, record))
    await new Promise<void>(resolve => { timers.setImmediate(resolve) })
  } while (!progress.isDone)
  await changing
  return found
}

/** Asserts that reads during this change find all of it or nothing of it. */
export async function isOneStep ({ storeWith }: Scene, change: Change): Promise<void> {
  const records = Array.from({ length: READ }, recordToChange)
  const store = await storeWith(...records)
  await atOnce(READ, async index => {
    const record = records[index]!
    for (const found of await readsDuring(store, record, change)) {
      if (!isSame(found, record)) same(found, change.changed(record), 'a read finds a part of the change')
    }
  })
}

export const raceCases: Cases = {
  ...Object.fromEntries(CHANGES.map(change => [
    `${change.method} and other methods at the same moment: no change is lost, and no removed record comes back`,
    async (scene: Scene) => { await keepsBoth(scene, change) }
  ])),
  ...Object.fromEntries(WHOLE_CHANGES.map(change => [
    `${change.method} is one step: a read meanwhile finds all of its change or nothing of it`,
    async (scene: Scene) => { await isOneStep(scene, change) }
  ])),

  async 'many calls of touch at the same moment leave the latest one' ({ storeWith }) {
    const record = aRecord()
    const store = await storeWith(record)
    const minutes = [3, 1, 7, 5, 2, 6, 4]
    await atOnce(minutes.length, async index => { await store.touch([touchOf(record, after(NOW, minutes[index]! * MINUTE))]) })
    const latest = { ...record, ...touchOf(record, after(NOW, 7 * MINUTE)) }
    same(await stored(store, record), latest, `another touch than the latest one is left. ${LIKELY}`)
  },

  async 'many calls of returnAttempt at the same moment give one attempt back each' ({ storeWith }) {
    const record = aRecord({ confirmation: { failures: 20, total: 30 } })
    const store = await storeWith(record)
    await atOnce(15, async () => { await store.returnAttempt(record._id) })
    same(await attemptsOf(store, record), { failures: 5, total: 15 }, `not every call has given one attempt back. ${LIKELY}`)
  },

  async 'of many calls of insert with one key at the same moment, exactly one succeeds' ({ emptyStore }) {
    const store = await emptyStore()
    const records = Array.from({ length: 10 }, (_, index) => aRecord({ _id: keyOf('ada', 'a'.repeat(22)), userAgent: `Browser/${index}` }))
    const inserted = await Promise.allSettled(records.map(async record => { await store.insert(record) }))
    equal(inserted.filter(({ status }) => status === 'fulfilled').length, 1)
    same(await store.find([records[0]!._id]), [records[inserted.findIndex(({ status }) => status === 'fulfilled')]])
  }
}
