import { mock } from 'node:test'
import t from 'tap'
import { overviewStoreOf } from '../../plugin/sessions/overview.js'
import { boundedStore } from '../../plugin/stores/bounded.js'
import { aBinding } from '../../plugin/store-contract/bindings.js'
import { memoryStore } from '../../plugin/stores/memory.js'
import { type LoginSessionStore, STORE_METHODS } from '../../plugin/sessions/store.js'
import { after, MINUTE, NOW } from '../support/clock.js'
import { fakeTimeouts, realTimeouts } from '../support/fake-timers.js'
import { createGate, turns } from '../support/gate.js'
import { dataError } from '../../plugin/errors.js'
import { aRecord, aVisitorRecord, stored } from '../support/records.js'
import { breakable, withoutOverview } from '../support/stores.js'

const call = (store: LoginSessionStore, method: typeof STORE_METHODS[number]): Promise<unknown> =>
  (store[method] as (...args: unknown[]) => Promise<unknown>)(method === 'insert' ? aRecord() : method === 'find' ? ['key'] : [])

t.test('answers pass unchanged, with all their arguments', async t => {
  const store = boundedStore(memoryStore(), 1000)
  const record = aRecord()
  await store.insert(record)
  t.strictSame(await stored(store, record), record)
  t.equal(await store.removeMany(['another', 'key'], 'ada', NOW), 0)
  t.strictSame(await store.takeAttempt(record._id, 1, NOW, NOW), { failures: 1, total: 1, lockedUntil: NOW })
})

t.test('a store that is an object with methods keeps its `this`', async t => {
  class OwnStore {
    inner = memoryStore()
    async find (keys: string[]) { return await this.inner.find(keys) }
  }
  const own = Object.assign(new OwnStore(), { ...memoryStore(), find: OwnStore.prototype.find })
  t.strictSame(await boundedStore(own as LoginSessionStore, 1000).find(['key']), [null])
})

for (const method of STORE_METHODS) {
  t.test(`${method}: a failure becomes FST_LOGIN_SESSION_STORE_UNAVAILABLE with its cause`, async t => {
    const store = breakable(memoryStore())
    store.fail(method)
    await t.rejects(call(boundedStore(store, 1000), method), {
      code: 'FST_LOGIN_SESSION_STORE_UNAVAILABLE',
      statusCode: 503,
      headers: { 'retry-after': '2' },
      cause: { message: 'connection refused' }
    })
  })
}

t.test('a store that throws at once is as broken as one that rejects', async t => {
  const store: LoginSessionStore = { ...memoryStore(), find () { throw new Error('not connected') } }
  await t.rejects(boundedStore(store, 1000).find(['key']), {
    code: 'FST_LOGIN_SESSION_STORE_UNAVAILABLE', cause: { message: 'not connected' }
  })
})

t.test('data that the store refuses is the host\'s mistake, not an outage', async t => {
  const refused = dataError(new Error('no BSON'))
  const store: LoginSessionStore = { ...memoryStore(), async updateData () { throw refused } }
  await t.rejects(boundedStore(store, 1000).updateData('key', { set: {}, unset: [] }), { code: 'FST_LOGIN_SESSION_DATA', statusCode: 500 })
})

t.test('the store\'s clock is bounded, too, where there is one', async t => {
  t.equal(boundedStore(memoryStore(), 1000).time, undefined)
  const time = async (): Promise<Date> => { throw new Error('away') }
  await t.rejects(boundedStore({ ...memoryStore(), time }, 1000).time!(), { code: 'FST_LOGIN_SESSION_STORE_UNAVAILABLE' })
})

t.test('setBinding is bounded, too, where there is one', async t => {
  const { setBinding, ...without } = memoryStore()
  t.equal(boundedStore(without, 1000).setBinding, undefined)
  const record = aRecord()
  const inner = memoryStore()
  await inner.insert(record)
  t.equal(await boundedStore(inner, 1000).setBinding!(record._id, undefined, aBinding()), true)
  for (const call of [async () => { throw new Error('away') }, () => new Promise<never>(() => {})]) {
    const store = boundedStore({ ...without, setBinding: call }, 20)
    await t.rejects(store.setBinding!('key', undefined, aBinding()), { code: 'FST_LOGIN_SESSION_STORE_UNAVAILABLE', statusCode: 503 })
  }
})

t.test('what serves watches is there where the store has it: look-ups are bounded, the stream is not', async t => {
  const { expiriesOf, watchRemovals, ...without } = memoryStore()
  t.strictSame([boundedStore(without, 1000).expiriesOf, boundedStore(without, 1000).watchRemovals], [undefined, undefined])
  const gate = createGate()
  const store = boundedStore({ ...without, expiriesOf: () => new Promise(() => {}), watchRemovals: () => async () => await gate.passed }, 20)
  await t.rejects(store.expiriesOf!(['key']), { code: 'FST_LOGIN_SESSION_STORE_UNAVAILABLE' })
  const stopping = store.watchRemovals!({ opened () {}, removed () {}, ended () {} })()
  await turns()
  gate.open()
  await stopping
})

t.test('the keys of removals are told before the caller goes on, also if it has given up', async t => {
  const told: string[] = []
  const tell = (keys: readonly string[]): void => { told.push(...keys) }
  const [one, two, three, four, five] = [aRecord(), aRecord(), aRecord(), aRecord(), aRecord()]
  const inner = memoryStore()
  for (const record of [one, two, three, four, five]) await inner.insert(record)
  const store = boundedStore(inner, 1000, tell)
  t.equal((await store.remove(one._id, 'ada').then(record => told.includes(record!._id))), true)
  await store.remove(one._id, 'ada')
  await store.remove(two._id, 'eve')
  await store.removeMany([two._id, three._id], 'ada', NOW)
  await store.removeFound!([five._id], NOW)
  t.strictSame(told, [one._id, two._id, three._id, five._id], 'and none that was not there')

  const gate = createGate()
  const slow = boundedStore({ ...inner, async remove (...args) { await gate.passed; return await inner.remove(...args) } }, 20, tell)
  await t.rejects(slow.remove(four._id, 'ada'))
  t.equal(told.includes(four._id), false)
  gate.open()
  await turns()
  t.equal(told.includes(four._id), true)

  const broken = boundedStore({ ...inner, async remove () { throw new Error('away') } }, 20, tell)
  await t.rejects(broken.remove(one._id, 'ada'))
  t.equal(told.length, 5)
})

t.test('the part for operators is bounded, too, where there is one; making its indexes is not', async t => {
  t.equal(overviewStoreOf(boundedStore(withoutOverview(), 1000)), null)
  class OwnPart { async prepareOverview () { return this } }
  const own = new OwnPart()
  const store = boundedStore(Object.assign(own, memoryStore(), { prepareOverview: OwnPart.prototype.prepareOverview }) as unknown as LoginSessionStore, 1000)
  t.equal(await store.prepareOverview!(), own)
  for (const method of ['newest', 'countFound', 'size', 'sample', 'removeFound'] as const) {
    const failing = { ...memoryStore(), async [method] () { throw new Error('away') } }
    await t.rejects((boundedStore(failing, 1000)[method] as () => Promise<unknown>)(), { code: 'FST_LOGIN_SESSION_STORE_UNAVAILABLE', cause: { message: 'away' } }, method)
  }
  const failing = { ...memoryStore(), async prepareOverview () { throw new Error('no rights') } }
  await t.rejects(boundedStore(failing, 1000).prepareOverview!(), { message: 'no rights' })
})

t.test('a blocked event loop is not the store\'s failure', async t => {
  const gate = createGate()
  const store: LoginSessionStore = { ...memoryStore(), async find () { await gate.passed; return [null] } }
  const lookup = boundedStore(store, 100).find(['key'])
  const blockedUntil = performance.now() + 400
  while (performance.now() < blockedUntil);
  setTimeout(() => gate.open(), 50)
  t.strictSame(await lookup, [null])
})

t.test('with the time in the test\'s hands', async t => {
  t.beforeEach(() => fakeTimeouts())
  t.afterEach(() => realTimeouts())

  for (const method of STORE_METHODS) {
    t.test(`${method}: silence becomes the same error, in time and not before`, async t => {
      const store = breakable(memoryStore())
      store.hang(method)
      let settled = false
      const answer = call(boundedStore(store, 2000), method).finally(() => { settled = true })
      const rejected = t.rejects(answer, {
        code: 'FST_LOGIN_SESSION_STORE_UNAVAILABLE', cause: { message: `${method} took longer than 2000 ms` }
      })
      mock.timers.tick(1999)
      await turns()
      t.equal(settled, false)
      mock.timers.tick(1)
      await rejected
    })
  }

  t.test('an answer that comes too late changes nothing', async t => {
    let answer = (_value: null[]): void => {}
    const store: LoginSessionStore = { ...memoryStore(), find: () => new Promise(resolve => { answer = resolve }) }
    const lookup = boundedStore(store, 2000).find(['key'])
    await turns()
    mock.timers.tick(2000)
    answer([null])
    await t.rejects(lookup, { code: 'FST_LOGIN_SESSION_STORE_UNAVAILABLE' })
  })
})

t.test('no timer is left behind by an answer or a failure', async t => {
  const timers = () => process.getActiveResourcesInfo().filter(resource => resource === 'Timeout').length
  const before = timers()
  const store = breakable(memoryStore())
  const bounded = boundedStore(store, 60_000)
  await bounded.find(['key'])
  store.fail()
  await t.rejects(bounded.find(['key']))
  t.equal(timers(), before)
})

t.test('what a call did after it was reported as failed', async t => {
  /** A store whose calls of this method wait at a gate, a bound of 20 ms, and one record. */
  async function setup (method: typeof STORE_METHODS[number]) {
    const gate = createGate()
    const store = memoryStore()
    const slow = { ...store, async [method] (...args: unknown[]) { await gate.passed; return await Reflect.apply(store[method], store, args) } }
    return { gate, store, bounded: boundedStore(slow, 20) }
  }
  const unavailable = { code: 'FST_LOGIN_SESSION_STORE_UNAVAILABLE' }

  t.test('a session that nobody has the token of does not stay', async t => {
    const { gate, store, bounded } = await setup('insert')
    const [record, other] = [aRecord(), aRecord()]
    await store.insert(other)
    await t.rejects(bounded.insert(record), unavailable)
    gate.open()
    await turns()
    t.strictSame((await store.listByUser('ada', NOW, Infinity)).map(({ _id }) => _id), [other._id])
  })

  t.test('nor does one that was stored by a call that then failed', async t => {
    const store = memoryStore()
    const record = aRecord()
    const bounded = boundedStore({ ...store, async insert (record) { await store.insert(record); throw new Error('connection reset') } }, 1000)
    await t.rejects(bounded.insert(record), unavailable)
    await turns()
    t.strictSame(await store.listByUser('ada', NOW, Infinity), [])
  })

  t.test('nor does a visitor\'s', async t => {
    const { gate, store, bounded } = await setup('insert')
    const record = aVisitorRecord()
    await t.rejects(bounded.insert(record), unavailable)
    gate.open()
    await turns()
    t.equal(await stored(store, record), null)
  })

  t.test('a password attempt that nobody made is not counted', async t => {
    const { gate, store, bounded } = await setup('takeAttempt')
    const record = aRecord({ confirmation: { failures: 4 } })
    await store.insert(record)
    await t.rejects(bounded.takeAttempt(record._id, 5, after(NOW, MINUTE), NOW), unavailable)
    gate.open()
    await turns()
    t.strictSame((await stored(store, record))?.confirmation, { failures: 4, total: 4 })
  })

  t.test('one that was refused changes no count', async t => {
    const { gate, store, bounded } = await setup('takeAttempt')
    const locked = { failures: 5, lockedUntil: after(NOW, MINUTE) }
    const record = aRecord({ confirmation: locked })
    await store.insert(record)
    await t.rejects(bounded.takeAttempt(record._id, 5, after(NOW, MINUTE), NOW), unavailable)
    gate.open()
    await turns()
    t.strictSame((await stored(store, record))?.confirmation, locked)
  })

  t.test('a store that breaks while it is taken back is nobody\'s unhandled rejection', async t => {
    const store: LoginSessionStore = { ...memoryStore(), async insert () { throw new Error('away') }, remove () { throw new Error('still away') } }
    await t.rejects(boundedStore(store, 1000).insert(aRecord()), { cause: { message: 'away' } })
    await turns()
  })
})
