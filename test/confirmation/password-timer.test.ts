import t from 'tap'
import { createPasswordConfirmation } from '../../plugin/confirmation/password.js'
import { memoryStore } from '../../plugin/stores/memory.js'
import { NOW } from '../support/clock.js'
import { aRecord } from '../support/records.js'

const timers = (): number => process.getActiveResourcesInfo().filter(resource => resource === 'Timeout').length

t.test('a confirmation that is over leaves no timer behind, whatever came of it', async t => {
  const store = memoryStore()
  const record = aRecord()
  await store.insert(record)
  const before = timers()
  const { confirm, kind } = createPasswordConfirmation(() => password => {
    if (password === 'broken') throw new Error('no hash')
    return password === 'right'
  }, store, () => NOW)
  const session = { id: record.id, userId: 'ada' }
  await kind('ada')
  await confirm(session, 'right', async () => true)
  await t.rejects(confirm(session, 'wrong', async () => true), { code: 'FST_LOGIN_SESSION_PASSWORD_WRONG' })
  await t.rejects(confirm(session, 'broken', async () => true), { code: 'FST_LOGIN_SESSION_PASSWORD_CHECK_FAILED' })
  t.equal(timers(), before)
})

t.test('a session that is gone when its password has been checked confirms nothing, and one that was rotated meanwhile does', async t => {
  const store = memoryStore()
  const [ended, rotated] = [aRecord(), aRecord()]
  await store.insert(ended)
  await store.insert(rotated)
  const { confirm } = createPasswordConfirmation(() => () => true, store, () => NOW)
  const lost = async (): Promise<boolean> => { await store.remove('ada', ended.id, NOW); return false }
  await t.rejects(confirm({ id: ended.id, userId: 'ada' }, 'right', lost), { code: 'FST_LOGIN_SESSION_REQUIRED' })
  await confirm({ id: rotated.id, userId: 'ada' }, 'right', lost)
  t.strictSame(await store.attempts(rotated.id), { failures: 0 })
})
