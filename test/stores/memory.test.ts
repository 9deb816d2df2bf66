import t from 'tap'
import { memoryStore } from '../../plugin/stores/memory.js'
import { storeContract } from './contract.js'
import { after, HOUR, NOW } from '../support/clock.js'
import { aRecord, hashOf } from '../support/records.js'

t.test('memoryStore keeps the contract', async t => await storeContract(t, memoryStore))

t.test('memoryStore drops what has expired when a new record comes, so that it does not grow forever', async t => {
  const store = memoryStore()
  const [dead, live] = [aRecord(), aRecord({ expiresAt: after(NOW, 2 * HOUR) })]
  await store.insert(dead)
  await store.insert(live)
  await store.insert(aRecord({ createdAt: dead.expiresAt }))
  t.equal(await store.findByToken(hashOf(dead)), null)
  t.strictSame(await store.findByToken(hashOf(live)), live)
})

t.test('two memoryStores share nothing', async t => {
  const record = aRecord()
  await memoryStore().insert(record)
  t.equal(await memoryStore().findByToken(hashOf(record)), null)
})
