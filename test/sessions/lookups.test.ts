import t from 'tap'
import { createLookups } from '../../plugin/sessions/lookups.js'
import type { LoginSessionRecord } from '../../plugin/sessions/record.js'
import { turns } from '../support/gate.js'
import { aRecord } from '../support/records.js'

/** Lookups in these records, and the calls of the store that they made. */
function setup (...records: LoginSessionRecord[]) {
  const calls: string[][] = []
  let failure: Error | null = null
  const find = createLookups({
    async find (keys) {
      calls.push([...keys])
      if (failure !== null) throw failure
      return keys.map(key => structuredClone(records.find(({ _id }) => _id === key) ?? null))
    }
  })
  return { find, calls, fail (error: Error | null) { failure = error } }
}

t.test('lookups of one event-loop turn are one call, and each gets its own record', async t => {
  const [ada, eve] = [aRecord(), aRecord({ userId: 'eve' })]
  const { find, calls } = setup(ada, eve)
  t.strictSame(await Promise.all([find(ada._id), find('nobody'), find(eve._id)]), [ada, null, eve])
  t.strictSame(calls, [[ada._id, 'nobody', eve._id]])
})

t.test('nothing is cached: the next turn reads anew', async t => {
  const record = aRecord()
  const { find, calls } = setup(record)
  await find(record._id)
  await find(record._id)
  const early = find(record._id)
  await turns(1)
  const late = find(record._id)
  t.strictSame(await Promise.all([early, late]), [record, record])
  t.strictSame(calls, Array(4).fill([record._id]))
})

t.test('lookups of the same record in one turn do not share their data', async t => {
  const record = aRecord({ data: { cart: ['book'] } })
  const { find } = setup(record)
  const [one, other] = await Promise.all([find(record._id), find(record._id)])
  ;(one!.data.cart as string[]).push('pen')
  t.strictSame(other, record)
})

t.test('more than a thousand at the same moment are several calls', async t => {
  const { find, calls } = setup()
  const keys = Array.from({ length: 2500 }, (_, index) => `key ${index}`)
  t.strictSame(await Promise.all(keys.map(find)), Array(2500).fill(null))
  t.strictSame(calls.map(({ length }) => length), [1000, 1000, 500])
})

t.test('a call that fails fails all of its lookups, and none of the next turn', async t => {
  const record = aRecord()
  const { find, fail } = setup(record)
  const failure = new Error('connection reset')
  fail(failure)
  const outcomes = await Promise.allSettled([find(record._id), find('nobody')])
  t.strictSame(outcomes, Array(2).fill({ status: 'rejected', reason: failure }))
  fail(null)
  t.strictSame(await find(record._id), record)
})
