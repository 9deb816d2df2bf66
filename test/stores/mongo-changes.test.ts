/** Two servers over real replica sets: what one ends, the other hears of. */
import { MongoClient } from 'mongodb'
import t, { type Test } from 'tap'
import { mongoStore } from '../../plugin/index.js'
import { toLoginSession } from '../../plugin/sessions/login-session.js'
import type { LoginSessionStore, RemovalEvents } from '../../plugin/sessions/store.js'
import { createWatches } from '../../plugin/sessions/watches.js'
import { isRefusal } from '../../plugin/stores/mongo-changes.js'
import { timers } from '../../plugin/timers.js'
import { createClock } from '../support/clock.js'
import { failCommands } from '../support/fail-command.js'
import { turns } from '../support/gate.js'
import '../support/key-scan.js'
import { poll } from '../support/poll.js'
import { aRecord } from '../support/records.js'
import { startReplicaSet } from '../support/replica-set.js'
import { startStandAlone } from '../support/stand-alone.js'

/** The package's pauses, 5 seconds and the like, pass 50 times as fast. */
timers.setTimeout = (callback, milliseconds) => setTimeout(callback, milliseconds / 50)

const OPTIONS = { serverSelectionTimeoutMS: 2000, heartbeatFrequencyMS: 500 }
const WATCHER = 'the server that watches'

const set = await startReplicaSet(t, { members: 1 })
let collections = 0

/** Two servers, each with a client of its own, over one collection. The first one watches, and the test sees its stream. */
async function twoServers (t: Test, uri: string) {
  const clients = [new MongoClient(uri, { ...OPTIONS, appName: WATCHER, readConcernLevel: 'local' }), new MongoClient(uri, OPTIONS)]
  t.teardown(() => Promise.all(clients.map(client => client.close())))
  const name = `sessions-${collections++}`
  const sessions = clients.map(client => client.db('shop').collection(name))
  const [here, there] = sessions.map(mongoStore) as [LoginSessionStore, LoginSessionStore]
  const seen: string[] = []
  const store: LoginSessionStore = {
    ...here,
    watchRemovals: events => here.watchRemovals!(seenBy(events, word => { seen.push(word) }))
  }
  const warnings: string[] = []
  const { watch, size, close } = createWatches({ store, now: createClock().now, warn: (_error, message) => { warnings.push(message) } })
  t.teardown(close)
  return {
    there,
    sessions: sessions[1]!,
    client: clients[0]!,
    warnings,
    size,
    close,
    /** How often its stream was opened, and ended. */
    count: (word: string) => seen.filter(one => one === word).length,
    seen: async (word: string, times = 1) => await poll(word, () => seen.filter(one => one === word).length >= times || undefined),
    async watched () {
      const record = aRecord()
      await there.insert(record)
      return { record, signal: watch(toLoginSession(record)) }
    }
  }
}

const seenBy = ({ opened, removed, ended }: RemovalEvents, note: (word: string) => void): RemovalEvents => ({
  opened () { note('opened'); opened() },
  removed (key) { note('removed'); removed(key) },
  ended (error, isRefused) { note(isRefused ? 'refused' : 'broken'); ended(error, isRefused) }
})

const fired = async (signal: AbortSignal): Promise<true> => await poll('the signal', () => signal.aborted || undefined)

t.test('what one server ends fires on the other, one by one and many at a time', async t => {
  const { there, watched, seen, count, size } = await twoServers(t, set.uri)
  const [one, two, three, other] = [await watched(), await watched(), await watched(), await watched()]
  await seen('opened')
  await there.remove(one.record._id, 'ada')
  await there.removeMany([two.record._id, three.record._id], 'ada', new Date(0))
  for (const { signal } of [one, two, three]) t.ok(await fired(signal))
  t.equal(one.signal.reason.code, 'FST_LOGIN_SESSION_REQUIRED')
  await seen('removed', 3)
  t.strictSame([other.signal.aborted, size(), count('opened')], [false, 1, 1])
})

t.test('a stream whose connection breaks goes on, and nothing was missed meanwhile', async t => {
  const { there, watched, seen, count } = await twoServers(t, set.uri)
  const { record, signal } = await watched()
  await seen('opened')
  const armed = await failCommands(set.members[0]!, WATCHER, ['getMore'], { closeConnection: true }, 2)
  t.ok(await armed.met(1, 10_000))
  await there.remove(record._id, 'ada')
  t.ok(await fired(signal))
  await armed.disarm()
  t.equal(count('broken'), 0, 'the driver does that')
})

t.test('a stream that cannot go on is opened again, and what was removed meanwhile is found', async t => {
  const { there, watched, seen, warnings } = await twoServers(t, set.uri)
  const [one, other] = [await watched(), await watched()]
  await seen('opened')
  // The change stream's history is lost.
  const armed = await failCommands(set.members[0]!, WATCHER, ['getMore'], { errorCode: 286 }, 1)
  t.ok(await armed.met(1, 10_000))
  await there.remove(one.record._id, 'ada')
  t.ok(await fired(one.signal))
  await seen('opened', 2)
  await there.remove(other.record._id, 'ada')
  t.ok(await fired(other.signal))
  t.match(warnings, [/the stream of removals broke/])
})

t.test('a collection that is dropped or renamed takes all sessions along', async t => {
  const { sessions, watched, seen } = await twoServers(t, set.uri)
  const one = await watched()
  await seen('opened')
  await sessions.drop()
  t.ok(await fired(one.signal))
  const other = await watched()
  await seen('opened', 2)
  await sessions.rename(`${sessions.collectionName}-before`)
  t.ok(await fired(other.signal))
})

t.test('a stream ends when nothing is watched any more, also before it was open', async t => {
  const { there, watched, seen, count, size } = await twoServers(t, set.uri)
  const { record } = await watched()
  await seen('opened')
  await there.remove(record._id, 'ada')
  await poll('no watch', () => size() === 0 || undefined)
  const events: string[] = []
  const stop = there.watchRemovals!(seenBy({ opened () {}, removed () {}, ended () {} }, word => { events.push(word) }))
  await stop()
  await turns()
  t.strictSame([count('broken'), events], [0, []])
})

t.test('a client that was closed too early ends nothing but the stream', async t => {
  const { client, watched, seen, warnings, close } = await twoServers(t, set.uri)
  const { signal } = await watched()
  await seen('opened')
  await client.close()
  await seen('broken')
  await poll('warnings', () => warnings.length === 2 || undefined)
  await close()
  t.equal(signal.aborted, false)
})

t.test('a user without the right to use change streams is told so, and sessions are looked at', async t => {
  const armed = await failCommands(set.members[0]!, WATCHER, ['aggregate'], { errorCode: 13 })
  const { there, watched, seen, warnings } = await twoServers(t, set.uri)
  const { record, signal } = await watched()
  await seen('refused')
  await armed.disarm()
  await there.remove(record._id, 'ada')
  t.ok(await fired(signal))
  t.match(warnings, [/needs a replica set and the right to use change streams/])
})

t.test('a server that is no replica set has no streams, and sessions are looked at', async t => {
  const { host } = await startStandAlone(t)
  const { there, watched, seen, count, warnings } = await twoServers(t, `mongodb://${host}`)
  const [one, other] = [await watched(), await watched()]
  await seen('refused')
  await there.remove(one.record._id, 'ada')
  t.ok(await fired(one.signal))
  t.equal(other.signal.aborted, false)
  t.match(warnings, [/does not report removals/])
  t.strictSame([warnings.length, count('opened')], [1, 0])
})

t.test('what the server will answer the next time, too', async t => {
  for (const code of [40573, 13, 59, 115, 238, 40324]) t.equal(isRefusal({ code }), true)
  for (const code of [286, 11600, undefined]) t.equal(isRefusal({ code }), false)
})
