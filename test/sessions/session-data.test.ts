/**
 * Session data outside of their requests.
 */
import t from 'tap'
import { createSessionData } from '../../plugin/sessions/session-data.js'
import { idOf } from '../../plugin/sessions/key.js'
import { memoryStore } from '../../plugin/stores/memory.js'
import { createClock, HOUR } from '../support/clock.js'
import { aRecord } from '../support/records.js'

t.test('keys are written one by one; an ended or expired session has no data', async t => {
  const [store, clock] = [memoryStore(), createClock()]
  const { read, write } = createSessionData(store, clock.now)
  const record = aRecord({ data: { cart: ['book'] } })
  const session = { userId: 'ada', id: idOf(record._id) }
  t.strictSame([await read(session), await write(session, { a: 1 })], [null, false])
  await store.insert(record)
  t.equal(await write(session, { a: 1 }), true)
  t.strictSame(await read(session), { cart: ['book'], a: 1 })
  t.equal(await read({ ...session, userId: 'bob' }), null)
  clock.advance(HOUR)
  t.equal(await read(session), null)
})
