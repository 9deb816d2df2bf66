import t from 'tap'
import { createTouchQueue } from '../../plugin/sessions/background-writes.js'
import { keyOf } from '../../plugin/sessions/key.js'
import type { Touch } from '../../plugin/sessions/record.js'
import { memoryStore } from '../../plugin/stores/memory.js'
import { createShop } from '../support/app.js'
import { browser } from '../support/browser-jar.js'
import { after, createClock, HOUR, MINUTE, NOW } from '../support/clock.js'
import { createGate, parallel, turns } from '../support/gate.js'
import { breakable, onBothStores } from '../support/stores.js'

// --- the queue ---

const touch = (_id: string, ip: string | null = null): Touch => ({ _id, lastActiveAt: NOW, expiresAt: NOW, ip })

/** A queue over a store that writes when the test says so. */
function createQueue () {
  const batches: string[][] = []
  const errors: unknown[] = []
  let gate = createGate()
  let failure: Error | null = null
  const queue = createTouchQueue(async touches => {
    batches.push(touches.map(({ _id }) => _id))
    await gate.passed
    if (failure !== null) throw failure
  }, error => { errors.push(error) })
  return {
    queue,
    batches,
    errors,
    failNext (error: Error) { failure = error },
    finish () {
      const { open } = gate
      gate = createGate()
      open()
    },
    recover () { failure = null }
  }
}

t.test('touches of one event-loop turn travel together', async t => {
  const { queue, batches, finish } = createQueue()
  queue.add(touch('a'))
  queue.add(touch('b'))
  t.strictSame(batches, [], 'nothing is written while the request is being answered')
  await turns()
  t.strictSame(batches, [['a', 'b']])
  finish()
  await queue.flush()
  t.strictSame(batches, [['a', 'b']])
})

t.test('a session that waits already is written once', async t => {
  const written: Touch[][] = []
  const queue = createTouchQueue(async touches => { written.push(touches) }, error => { t.error(error) })
  queue.add(touch('a', '203.0.113.1'))
  queue.add(touch('a', '203.0.113.2'))
  await queue.flush()
  t.strictSame(written, [[touch('a', '203.0.113.1')]])
})

t.test('one write at a time: what comes meanwhile waits, unless its session is being written', async t => {
  const { queue, batches, finish } = createQueue()
  queue.add(touch('a'))
  await turns()
  queue.add(touch('a'))
  queue.add(touch('b'))
  queue.add(touch('c'))
  await turns()
  t.strictSame(batches, [['a']])
  finish()
  await turns()
  t.strictSame(batches, [['a'], ['b', 'c']])
  finish()
  await queue.flush()
})

t.test('a session can be touched again when its write is over', async t => {
  const { queue, batches, finish } = createQueue()
  queue.add(touch('a'))
  await turns()
  finish()
  await queue.flush()
  queue.add(touch('a'))
  await turns()
  finish()
  await queue.flush()
  t.strictSame(batches, [['a'], ['a']])
})

t.test('a failed write is reported and lost; the queue goes on', async t => {
  const { queue, batches, errors, failNext, finish, recover } = createQueue()
  const failure = new Error('connection refused')
  failNext(failure)
  queue.add(touch('a'))
  await turns()
  queue.add(touch('b'))
  finish()
  await turns()
  t.strictSame(errors, [failure])
  recover()
  finish()
  await queue.flush()
  queue.add(touch('a'))
  await turns()
  finish()
  await queue.flush()
  t.strictSame(batches, [['a'], ['b'], ['a']])
  t.strictSame(errors, [failure])
})

t.test('flush waits for everything queued, and resolves immediately if nothing is', async t => {
  const { queue, batches, finish } = createQueue()
  await queue.flush()
  queue.add(touch('a'))
  let flushed = false
  const flushing = queue.flush().then(() => { flushed = true })
  await turns()
  queue.add(touch('b'))
  finish()
  await turns()
  t.equal(flushed, false)
  finish()
  await flushing
  t.strictSame(batches, [['a'], ['b']])
})

// --- touches of a session ---

await onBothStores(t, async (t, makeStore) => {
  t.test('last active, expiry and address follow the session; device and sign-in stay', async t => {
    const clock = createClock()
    const app = await createShop(t, { store: makeStore(), now: clock.now })
    const laptop = browser(app, { ip: '203.0.113.9' })
    const session = await laptop.signIn('ada')
    clock.advance(10 * MINUTE)
    await laptop.get('/', { remoteAddress: '198.51.100.7', headers: { 'user-agent': 'curl/8.5.0' } })
    await app.close()
    const [touched] = await app.loginSessions.list('ada')
    t.strictSame(JSON.parse(JSON.stringify(touched)), {
      ...session,
      lastActiveAt: after(NOW, 10 * MINUTE).toJSON(),
      expiresAt: after(NOW, 10 * MINUTE + HOUR + MINUTE).toJSON(),
      ip: '198.51.100.7',
      formerIp: { ip: '203.0.113.9', until: after(NOW, 10 * MINUTE).toJSON() }
    })
  })

  t.test('nothing is written before touchEvery has passed, to the millisecond', async t => {
    const clock = createClock()
    const app = await createShop(t, { store: makeStore(), now: clock.now })
    const laptop = browser(app)
    const { id } = await laptop.signIn('ada')
    clock.advance(MINUTE - 1)
    await laptop.user()
    await turns()
    t.strictSame((await app.loginSessions.find('ada', id))?.lastActiveAt, NOW)
    clock.advance(1)
    await laptop.user()
    await app.close()
    t.strictSame((await app.loginSessions.find('ada', id))?.lastActiveAt, after(NOW, MINUTE))
  })

  t.test('closing the server writes what is still waiting', async t => {
    const clock = createClock()
    const app = await createShop(t, { store: makeStore(), now: clock.now })
    const browsers = Array.from({ length: 10 }, () => browser(app))
    await Promise.all(browsers.map(each => each.signIn('ada')))
    clock.advance(MINUTE)
    await Promise.all(browsers.map(each => each.user()))
    await app.close()
    const sessions = await app.loginSessions.list('ada')
    t.strictSame(sessions.map(({ lastActiveAt }) => lastActiveAt), Array(10).fill(after(NOW, MINUTE)))
  })
})

t.test('a response does not wait for the touch, and parallel requests make one', async t => {
  const clock = createClock()
  const gate = createGate()
  const written: Touch[][] = []
  const store = memoryStore()
  const app = await createShop(t, {
    now: clock.now,
    store: { ...store, async touch (touches) { written.push(touches); await gate.passed; await store.touch(touches) } }
  })
  const laptop = browser(app)
  const { id } = await laptop.signIn('ada')
  clock.advance(MINUTE)
  t.strictSame(await parallel(20, () => laptop.user()), Array(20).fill('ada'))
  await turns()
  t.strictSame(written.map(touches => touches.map(({ _id }) => _id)), [[keyOf('ada', id)]])
  gate.open()
})

t.test('a touch that fails is logged and lost; the next one makes up for it', async t => {
  const clock = createClock()
  const logs: string[] = []
  const store = breakable(memoryStore())
  const app = await createShop(t, { now: clock.now, store, logs })
  const laptop = browser(app)
  const { id } = await laptop.signIn('ada')
  clock.advance(MINUTE)
  store.fail('touch')
  t.equal(await laptop.user(), 'ada')
  await turns()
  t.equal(logs.filter(line => /last-active times could not be written/.test(line)).length, 1)
  t.match(logs.join(''), /connection refused/)
  store.recover()
  t.equal(await laptop.user(), 'ada')
  await app.close()
  t.strictSame((await app.loginSessions.find('ada', id))?.lastActiveAt, after(NOW, MINUTE))
})

t.test('a store that never answers a touch holds up neither requests nor close()', async t => {
  const clock = createClock()
  const store = breakable(memoryStore())
  const app = await createShop(t, { now: clock.now, store, storeTimeout: 20 })
  const laptop = browser(app)
  await laptop.signIn('ada')
  clock.advance(MINUTE)
  store.hang('touch')
  t.equal(await laptop.user(), 'ada')
  await app.close()
})
