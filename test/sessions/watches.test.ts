import { mock } from 'node:test'
import t, { type Test } from 'tap'
import { LONGEST_TIMER } from '../../plugin/option-check.js'
import { idOf } from '../../plugin/sessions/key.js'
import { toLoginSession } from '../../plugin/sessions/login-session.js'
import { createLoginSessions } from '../../plugin/sessions/login-sessions.js'
import type { LoginSessionRecord } from '../../plugin/sessions/record.js'
import type { LoginSessionStore, RemovalEvents } from '../../plugin/sessions/store.js'
import { createWatches, type Watches } from '../../plugin/sessions/watches.js'
import { memoryStore } from '../../plugin/stores/memory.js'
import { createShop } from '../support/app.js'
import { browser } from '../support/browser-jar.js'
import { after, createClock, DAY, HOUR, MINUTE, NOW, SECOND } from '../support/clock.js'
import { fakeTimeouts, realTimeouts } from '../support/fake-timers.js'
import { turns } from '../support/gate.js'
import { aRecord, aToken } from '../support/records.js'

/** A store that reports removals when the test says so, and what it was asked. */
function reportingStore () {
  const store = memoryStore()
  const asked: Array<readonly string[]> = []
  const streams: RemovalEvents[] = []
  const state = { fails: false, stopped: 0 }
  return {
    state,
    asked,
    streams,
    /** The stream that was opened last. */
    stream: () => streams.at(-1)!,
    store: {
      ...store,
      async expiriesOf (keys) {
        asked.push(keys)
        if (state.fails) throw new Error('connection refused')
        return await store.expiriesOf!(keys)
      },
      watchRemovals (events) {
        streams.push(events)
        return async () => { state.stopped++ }
      }
    } satisfies LoginSessionStore
  }
}

interface Setup {
  watches: Watches
  warnings: string[]
  /** Time passes, for the clock and the timers. */
  pass(milliseconds: number): Promise<void>
  /** A session that is stored, and its signal. */
  watched(changes?: Partial<LoginSessionRecord>, until?: AbortSignal): Promise<{ record: LoginSessionRecord, signal: AbortSignal }>
}

function setup (t: Test, store: LoginSessionStore): Setup {
  fakeTimeouts()
  t.teardown(realTimeouts)
  const clock = createClock()
  const warnings: string[] = []
  const watches = createWatches({ store, now: clock.now, warn: (_error, message) => { warnings.push(message) } })
  return {
    watches,
    warnings,
    async pass (milliseconds) {
      clock.advance(milliseconds)
      mock.timers.tick(milliseconds)
      await turns()
    },
    async watched (changes, until) {
      const record = aRecord(changes)
      await store.insert(record)
      const signal = watches.watch(toLoginSession(record), { until })
      await turns()
      return { record, signal }
    }
  }
}

t.test('a signal fires when its session ends', async t => {
  t.test('with the error of the guard as its reason, and only its own', async t => {
    const store = memoryStore()
    const { watches, watched } = setup(t, store)
    const [one, other] = [await watched(), await watched()]
    await store.remove(one.record._id, 'ada')
    t.equal(one.signal.aborted, true)
    t.equal(one.signal.reason.code, 'FST_LOGIN_SESSION_REQUIRED')
    t.equal(other.signal.aborted, false)
    t.equal(watches.size(), 1)
  })

  t.test('for everybody who watches it', async t => {
    const store = memoryStore()
    const { watches, watched } = setup(t, store)
    const { record, signal } = await watched()
    const second = watches.watch(toLoginSession(record))
    t.equal(watches.size(), 2)
    await store.removeMany([record._id], 'ada', NOW)
    t.strictSame([signal.aborted, second.aborted, watches.size()], [true, true, 0])
  })

  t.test('soon, if it has ended already, and never before the host has its signal', async t => {
    const { watches } = setup(t, memoryStore())
    const signal = watches.watch(toLoginSession(aRecord()))
    t.equal(signal.aborted, false)
    await turns()
    t.equal(signal.aborted, true)
  })

  t.test('not when its token is rotated, nor when another session of its user ends', async t => {
    const store = memoryStore()
    const { watched } = setup(t, store)
    const [{ record, signal }, other] = [await watched(), await watched()]
    t.equal(await store.setTokens(record._id, record.tokens, [aToken(1), ...record.tokens]), true)
    await store.remove(other.record._id, 'ada')
    t.equal(signal.aborted, false)
  })

  t.test('immediately, if this process ended it, whatever the store reports', async t => {
    const { store } = reportingStore()
    const { watches, watched } = setup(t, store)
    const { record, signal } = await watched()
    watches.removed(['another', record._id])
    t.equal(signal.aborted, true)
  })

  t.test('a listener may watch another session', async t => {
    const store = memoryStore()
    const { watches, watched } = setup(t, store)
    const { record, signal } = await watched()
    const next = aRecord()
    await store.insert(next)
    signal.addEventListener('abort', () => { watches.watch(toLoginSession(next)) })
    await store.remove(record._id, 'ada')
    await turns()
    t.equal(watches.size(), 1)
  })
})

t.test('at its expiry', async t => {
  t.test('it is looked up, and the signal fires then and not before', async t => {
    const { asked, store } = reportingStore()
    const { watches, watched, pass } = setup(t, store)
    const { signal } = await watched({ expiresAt: after(NOW, 3 * SECOND) })
    t.equal(asked.length, 1)
    await pass(3 * SECOND - 1)
    t.strictSame([signal.aborted, asked.length], [false, 1])
    await pass(1)
    t.strictSame([signal.aborted, asked.length, watches.size()], [true, 2, 0])
  })

  t.test('one that was prolonged lives on until its new expiry', async t => {
    const { asked, store } = reportingStore()
    const { watched, pass } = setup(t, store)
    const { record, signal } = await watched({ expiresAt: after(NOW, 3 * SECOND) })
    await store.touch([{ _id: record._id, lastActiveAt: after(NOW, SECOND), expiresAt: after(NOW, 4 * SECOND), ip: null }])
    await pass(3 * SECOND)
    t.strictSame([signal.aborted, asked.length], [false, 2])
    await pass(SECOND)
    t.strictSame([signal.aborted, asked.length], [true, 3])
  })

  t.test('which may be later than the longest timer of Node.js', async t => {
    const { asked, store, stream } = reportingStore()
    const { watched, pass } = setup(t, store)
    const { signal } = await watched({ expiresAt: after(NOW, 90 * DAY), endsAt: after(NOW, 90 * DAY) })
    stream().opened()
    await turns()
    const looks = asked.length
    await pass(MINUTE - 1)
    t.equal(asked.length, looks, 'a timer that is too long would end immediately')
    for (let left = 90 * DAY - MINUTE + 1; left > 0; left -= LONGEST_TIMER) {
      t.equal(signal.aborted, false)
      await pass(Math.min(left, LONGEST_TIMER))
    }
    t.equal(signal.aborted, true)
  })
})

t.test('`until` ends a watch', async t => {
  t.test('and nothing is left of it', async t => {
    const { state, store } = reportingStore()
    const { watches, watched, pass } = setup(t, store)
    const closed = new AbortController()
    const { record, signal } = await watched({}, closed.signal)
    const second = watches.watch(toLoginSession(record))
    closed.abort()
    t.strictSame([watches.size(), state.stopped], [1, 0])
    watches.removed([record._id])
    t.strictSame([signal.aborted, second.aborted], [false, true])
    t.strictSame([watches.size(), state.stopped], [0, 1])
    await pass(DAY)
    t.equal(signal.aborted, false)
  })

  t.test('before it has begun', async t => {
    const { streams, asked, store } = reportingStore()
    const { watches, watched } = setup(t, store)
    const { signal } = await watched({}, AbortSignal.abort())
    t.strictSame([signal.aborted, watches.size(), streams.length, asked.length], [false, 0, 0, 0])
  })

  t.test('while its session is looked up', async t => {
    const { watches } = setup(t, memoryStore())
    const closed = new AbortController()
    const signal = watches.watch(toLoginSession(aRecord()), { until: closed.signal })
    closed.abort()
    await turns()
    t.equal(signal.aborted, false)
  })

  t.test('and hears no more of a signal that has fired', async t => {
    const store = memoryStore()
    const { watched } = setup(t, store)
    const closed = new AbortController()
    let listeners = 0
    const { addEventListener, removeEventListener } = closed.signal
    closed.signal.addEventListener = (...args: any[]) => { listeners++; Reflect.apply(addEventListener, closed.signal, args) }
    closed.signal.removeEventListener = (...args: any[]) => { listeners--; Reflect.apply(removeEventListener, closed.signal, args) }
    const { record } = await watched({}, closed.signal)
    t.equal(listeners, 1)
    await store.remove(record._id, 'ada')
    t.equal(listeners, 0)
  })
})

t.test('one stream serves all watches: it begins with the first and ends with the last', async t => {
  const { state, streams, stream, store } = reportingStore()
  const { watches, watched } = setup(t, store)
  const [one, other] = [await watched(), await watched()]
  stream().opened()
  stream().removed(one.record._id)
  t.strictSame([streams.length, state.stopped, one.signal.aborted], [1, 0, true])
  stream().removed('another')
  stream().removed(other.record._id)
  t.strictSame([streams.length, state.stopped, watches.size()], [1, 1, 0])
  await watched()
  t.equal(streams.length, 2)
})

t.test('what was removed before the stream was open is found when it is', async t => {
  const { stream, store } = reportingStore()
  const { watched } = setup(t, store)
  const { record, signal } = await watched()
  await store.remove(record._id, 'ada')
  t.equal(signal.aborted, false)
  stream().opened()
  await turns()
  t.equal(signal.aborted, true)
})

t.test('beside an open stream, all are looked at once a minute: a dead connection says nothing', async t => {
  const { stream, store } = reportingStore()
  const { watched, pass } = setup(t, store)
  const { record, signal } = await watched()
  stream().opened()
  await turns()
  await store.remove(record._id, 'ada')
  await pass(MINUTE - 1)
  t.equal(signal.aborted, false)
  await pass(1)
  t.equal(signal.aborted, true)
})

t.test('a stream that breaks', async t => {
  t.test('is opened again after a pause that grows, and warns once', async t => {
    const { streams, stream, store } = reportingStore()
    const { watched, pass, warnings } = setup(t, store)
    await watched()
    stream().opened()
    for (const seconds of [1, 2, 4, 8, 16, 32, 60, 60]) {
      const count = streams.length
      stream().ended(new Error('broken'), false)
      await pass(seconds * SECOND - 1)
      t.equal(streams.length, count)
      await pass(1)
      t.equal(streams.length, count + 1)
    }
    t.match(warnings, [/^login sessions: the stream of removals broke/])
    t.equal(warnings.length, 1)
  })

  t.test('misses nothing: all are looked at when it breaks, while it is away, and when it is open again', async t => {
    const { stream, store } = reportingStore()
    const { watched, pass } = setup(t, store)
    const [one, two, three] = [await watched(), await watched(), await watched()]
    stream().opened()
    await turns()
    await store.remove(one.record._id, 'ada')
    stream().ended(new Error('broken'), false)
    await turns()
    t.equal(one.signal.aborted, true)
    await pass(SECOND)
    await store.remove(two.record._id, 'ada')
    await pass(4 * SECOND)
    t.equal(two.signal.aborted, true)
    await store.remove(three.record._id, 'ada')
    stream().opened()
    await turns()
    t.equal(three.signal.aborted, true)
  })

  t.test('after it was open for a minute, is opened again soon, and warns again', async t => {
    const { streams, stream, store } = reportingStore()
    const { watched, pass, warnings } = setup(t, store)
    await watched()
    stream().ended(new Error('broken'), false)
    await pass(SECOND)
    stream().opened()
    await turns()
    await pass(MINUTE)
    stream().ended(new Error('broken'), false)
    await pass(SECOND)
    t.strictSame([streams.length, warnings.length], [3, 2])
  })

  t.test('is not opened again when nothing is watched any more', async t => {
    const { streams, stream, store } = reportingStore()
    const { watched, pass, watches } = setup(t, store)
    const { record } = await watched()
    stream().ended(new Error('broken'), false)
    watches.removed([record._id])
    await pass(DAY)
    t.equal(streams.length, 1)
  })
})

t.test('where the store refuses a stream, all are looked at every five seconds, and that is logged once', async t => {
  const { streams, stream, asked, store } = reportingStore()
  const { watched, pass, warnings } = setup(t, store)
  const { record, signal } = await watched()
  stream().ended(new Error('not a replica set'), true)
  await turns()
  const before = asked.length
  for (let looks = 0; looks < 3; looks++) await pass(5 * SECOND)
  t.equal(asked.length, before + 3)
  await store.remove(record._id, 'ada')
  await pass(5 * SECOND)
  t.equal(signal.aborted, true)
  t.equal(streams.length, 1)
  t.match(warnings, [/does not report removals, which needs a replica set/])
  t.equal(warnings.length, 1)
})

t.test('a store of the host\'s without these methods is looked at by find, every five seconds', async t => {
  const { watchRemovals, expiriesOf, ...store } = memoryStore()
  const { watched, pass, warnings } = setup(t, store)
  const { record, signal } = await watched()
  await store.remove(record._id, 'ada')
  await pass(5 * SECOND - 1)
  t.equal(signal.aborted, false)
  await pass(1)
  t.equal(signal.aborted, true)
  t.strictSame(warnings, [])
})

t.test('watches that begin in one event-loop turn share a read of at most a thousand keys', async t => {
  const { asked, store } = reportingStore()
  const { watches } = setup(t, store)
  const records = Array.from({ length: 1001 }, () => aRecord())
  for (const record of records) await store.insert(record)
  records.forEach(record => watches.watch(toLoginSession(record)))
  await turns()
  t.strictSame(asked.map(keys => keys.length), [1000, 1])
})

t.test('a look at all reads a thousand keys at a time', async t => {
  const { asked, stream, state, store } = reportingStore()
  const { watches, pass } = setup(t, store)
  const records = Array.from({ length: 1001 }, () => aRecord())
  for (const record of records) await store.insert(record)
  records.forEach(record => watches.watch(toLoginSession(record)))
  await turns()
  asked.length = 0
  stream().opened()
  await turns(10)
  t.strictSame(asked.map(keys => keys.length), [1000, 1])

  asked.length = 0
  state.fails = true
  stream().opened()
  await turns(10)
  t.strictSame(asked.map(keys => keys.length), [1000], 'and asks no more while the store is away')
  state.fails = false
  await pass(5 * SECOND)
  await turns(10)
  t.ok(asked.slice(1).flat().length >= 1001, 'all are looked at again')
})

t.test('a store that fails: unknown is not ended', async t => {
  const { state, asked, store } = reportingStore()
  const { watched, pass, warnings } = setup(t, store)
  state.fails = true
  const { record, signal } = await watched({ expiresAt: after(NOW, 3 * SECOND) })
  await pass(5 * SECOND)
  await pass(5 * SECOND)
  t.equal(signal.aborted, false)
  t.ok(asked.length >= 3)
  t.strictSame(warnings, ['login sessions: watched sessions could not be looked at'])

  state.fails = false
  await store.touch([{ _id: record._id, lastActiveAt: after(NOW, SECOND), expiresAt: after(NOW, HOUR), ip: null }])
  await pass(5 * SECOND)
  t.equal(signal.aborted, false)
  state.fails = true
  await pass(5 * SECOND)
  t.equal(warnings.length, 2, 'each outage warns once')
  await store.remove(record._id, 'ada')
  state.fails = false
  await pass(5 * SECOND)
  t.equal(signal.aborted, true)
})

t.test('closing ends timers and stream, and fires nothing: the sessions live on', async t => {
  const { state, streams, store } = reportingStore()
  const { watches, watched, pass } = setup(t, store)
  const { record, signal } = await watched()
  await watched()
  await watches.close()
  t.strictSame([watches.size(), state.stopped], [0, 1])
  const late = watches.watch(toLoginSession(record))
  watches.removed([record._id])
  await pass(DAY)
  t.strictSame([signal.aborted, late.aborted, streams.length], [false, false, 1])
  await watches.close()
})

t.test('closing does not wait for a database that hangs', async t => {
  const { store } = reportingStore()
  const { watches, watched, pass } = setup(t, { ...store, watchRemovals: () => async () => await new Promise(() => {}) })
  await watched()
  const closing = watches.close()
  await pass(SECOND)
  await closing
  t.equal(watches.size(), 0)
})

t.test('nobody need be there to be warned', async t => {
  const { state, store } = reportingStore()
  state.fails = true
  const watches = createWatches({ store, now: () => NOW })
  const signal = watches.watch(toLoginSession(aRecord()))
  await turns()
  t.equal(signal.aborted, false)
  await watches.close()
})

t.test('wrong arguments are told what to write', async t => {
  const { watch } = createLoginSessions({ store: memoryStore(), now: () => NOW })
  const session = toLoginSession(aRecord())
  const wrong = [undefined, null, 'ada', {}, { ...session, id: 7 }, { ...session, userId: '' }, { ...session, userId: undefined },
    { ...session, expiresAt: undefined }, { ...session, expiresAt: String(NOW) }, { ...session, expiresAt: new Date(NaN) }]
  for (const value of wrong) {
    t.throws(() => watch(value as never), { name: 'TypeError', message: /write app\.loginSessions\.watch\(currentLoginSession\(request\), \{ until: closed\.signal \}\)/ })
  }
  for (const until of [null, 7, {}, new AbortController(), new EventTarget()]) {
    t.throws(() => watch(session, { until: until as never }), { name: 'TypeError', message: /until must be an AbortSignal, not .*: write until: closed\.signal, or leave until out/ })
  }
  t.throws(() => watch(session, { signal: AbortSignal.abort() } as never), { name: 'TypeError', message: /unknown option watch: signal/ })
  t.throws(() => watch(session, 7 as never), { name: 'TypeError', message: /write \{ until: closed\.signal \}/ })
})

t.test('on a server', async t => {
  t.test('what it ends itself fires immediately, one by one and many at a time, without a stream, too', async t => {
    const { watchRemovals, ...store } = memoryStore()
    const app = await createShop(t, { store })
    const [laptop, phone] = [browser(app), browser(app)]
    const sessionOf = async (id: string) => (await app.loginSessions.find('ada', id))!
    const first = app.loginSessions.watch(await sessionOf((await laptop.signIn('ada')).id))
    await app.loginSessions.revoke('ada', (await app.loginSessions.list('ada'))[0]!.id)
    t.equal(first.aborted, true)

    const second = app.loginSessions.watch(await sessionOf((await laptop.signIn('ada')).id))
    await laptop.signOut()
    t.equal(second.aborted, true)

    const both = [await laptop.signIn('ada'), await phone.signIn('ada')]
    const signals = await Promise.all(both.map(async ({ id }) => app.loginSessions.watch(await sessionOf(id))))
    await app.loginSessions.revoke('ada', idOf('unknown-session'))
    t.strictSame(signals.map(({ aborted }) => aborted), [false, false])
    await app.loginSessions.revokeAll('ada')
    t.strictSame(signals.map(({ aborted }) => aborted), [true, true])
  })

  t.test('closing it fires nothing', async t => {
    const app = await createShop(t)
    const { id } = await browser(app).signIn('ada')
    const signal = app.loginSessions.watch((await app.loginSessions.find('ada', id))!)
    await app.close()
    t.equal(signal.aborted, false)
  })
})
