/**
 * Every command that is sent on a collection of sessions names its keys, or a range of them. All test processes watch this
 * (`support/key-scan.ts`); here is what the watch sees, and that it can fail.
 */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { mongoStore } from '../../plugin/index.js'
import { keyOf, userKeyOf } from '../../plugin/sessions/key.js'
import { overviewStoreOf } from '../../plugin/sessions/overview.js'
import { aBinding } from '../../plugin/store-contract/bindings.js'
import { OPERATORS } from '../../plugin/stores/mongo-overview.js'
import { createShop, PASSWORD } from '../support/app.js'
import { browser } from '../support/browser-jar.js'
import { createClock, MINUTE, NOW } from '../support/clock.js'
import { turns } from '../support/gate.js'
import { keyScan } from '../support/key-scan.js'
import { asPlugin, isOperators, isNarrowStream, namesKey } from '../support/key-watch.js'
import { database } from '../support/mongo.js'
import { aRecord } from '../support/records.js'
import { root } from '../support/root.js'
import { watched } from '../support/stores.js'

const { collection } = await database(t)

t.test('commands that name keys, and commands that do not', async t => {
  const named = ['key', { $eq: 'key' }, { $in: ['key', 'other'] }, { $gte: 'key', $lt: 'key~' }]
  const unnamed = [undefined, null, 7, {}, { $gte: 'key' }, { $lt: 'key~' }, { $ne: 'key' }, { $exists: true }, { $eq: null }]
  for (const [keys, right] of [[named, true], [unnamed, false]] as const) {
    for (const _id of keys) {
      const filter = { _id, userId: 'ada' }
      const commands = [
        { find: 'sessions', filter }, { findAndModify: 'sessions', query: filter }, { count: 'sessions', query: filter },
        { insert: 'sessions', documents: [filter] }, { update: 'sessions', updates: [{ q: { _id: 'key' } }, { q: filter }] },
        { delete: 'sessions', deletes: { documents: [{ q: filter }] } }, { aggregate: 'sessions', pipeline: [{ $match: filter }] }
      ]
      for (const command of commands) t.equal(namesKey(command), right, JSON.stringify(command))
    }
  }
  t.equal(namesKey({ find: 'sessions' }), false, 'no filter')
  t.equal(namesKey({ aggregate: 'sessions', pipeline: [] }), false)
  t.equal(namesKey({ mapReduce: 'sessions', query: { _id: 'key' } }), false, 'unknown commands are not trusted')
})

t.test('streams of removals and of what the command line prints name no key, and no other stream may do without', async t => {
  const [match, project] = [{ $match: { operationType: { $in: ['delete'] } } }, { $project: { operationType: 1, documentKey: 1 } }]
  t.equal(isNarrowStream({ pipeline: [{ $changeStream: {} }, match, project] }), true)
  t.equal(isNarrowStream({ pipeline: [{ $changeStream: { resumeAfter: { _data: 'x' } } }, match, project] }), true, 'it goes on')
  const printed = { $project: { operationType: 1, documentKey: 1, clusterTime: 1, 'fullDocument.userId': 1, 'fullDocument.device': 1 } }
  t.equal(isNarrowStream({ pipeline: [{ $changeStream: {} }, match, printed] }), true)
  const others = [
    [{ $changeStream: {} }, match, { $project: { 'fullDocument.data': 1 } }], [{ $changeStream: {} }, match, { $project: { 'fullDocument.tokens': 1 } }],
    [{ $changeStream: {} }, match, { $project: { documentKey: '$fullDocument' } }],
    [], [match, project], [{ $changeStream: {} }], [{ $changeStream: {} }, match], [{ $changeStream: {} }, project], [{ $changeStream: {} }, project, match],
    [{ $changeStream: { fullDocument: 'updateLookup' } }, match, project], [{ $changeStream: { allChangesForCluster: true } }, match, project],
    [{ $changeStream: {} }, match, { $project: { operationType: 1, documentKey: 1, fullDocument: 1 } }],
    [{ $changeStream: {} }, { $match: {} }, project], [{ $changeStream: {} }, match, project, { $limit: 1 }], [{ $match: { userId: 'ada' } }, match, project]
  ]
  for (const pipeline of others) t.equal(isNarrowStream({ pipeline }), false, JSON.stringify(pipeline))
})

t.test('whatever requests and verbs send names its keys', async t => {
  const clock = createClock()
  const store = watched(mongoStore(collection()))
  const app = await createShop(t, { store, now: clock.now, onSessionEnd () {} })
  const [laptop, phone] = [browser(app), browser(app)]
  await laptop.post('/data', { cart: ['book'] })
  const session = await laptop.signIn('ada')
  await phone.signIn('ada')
  t.equal(await store.setBinding!(keyOf('ada', session.id), undefined, aBinding()), true)
  await laptop.post('/data', { cart: ['pen'] })
  await laptop.post('/confirm', { password: 'wrong' })
  await laptop.post('/confirm', { password: PASSWORD })
  clock.advance(MINUTE)
  await laptop.user()
  await store.touched()
  await app.loginSessions.list('ada')
  await app.loginSessions.count('ada')
  for await (const { userId } of app.loginSessions.all()) t.equal(userId, 'ada')
  app.loginSessions.watch((await app.loginSessions.find('ada', session.id))!)
  await turns()
  await app.loginSessions.revokeOthers(session)
  await laptop.signOut()
  await app.loginSessions.revokeAll('ada')
  await laptop.signIn('ada')
  t.equal(await app.loginSessions.revokeEveryone(), 1)
  t.strictSame([...keyScan.counts.keys()].sort(), ['$changeStream', 'aggregate', 'delete', 'find', 'findAndModify', 'insert', 'update'])
  t.strictSame([...keyScan.operators.keys()], [], 'none of them needs the exception for operators')
  t.strictSame(keyScan.broken, [])
})

t.test('a command of the plugin that names no key is found; a look-up of a test is not the plugin\'s', async t => {
  const sessions = collection()
  const store = mongoStore(sessions)
  const record = aRecord()
  await store.insert(record)
  const seen = keyScan.counts.get('find') ?? 0
  t.equal((await sessions.find({ userId: 'ada' }).toArray()).length, 1)
  t.strictSame([keyScan.counts.get('find') ?? 0, keyScan.broken], [seen, []])

  await asPlugin(() => sessions.find({ userId: 'ada' }).toArray())
  await asPlugin(() => sessions.updateMany({ expiresAt: { $gt: NOW } }, { $set: { ip: null } }))
  await asPlugin(() => sessions.countDocuments({ _id: { $gte: userKeyOf('ada') } }))
  // None of them may fail this process.
  t.match(keyScan.broken.splice(0), [/^find /, /^update /, /^aggregate /])

  await store.find([record._id])
  t.equal(keyScan.counts.get('find'), seen + 2)
})

t.test('only reads of the operators need no key, and only their file marks commands', async t => {
  for (const name of ['find', 'aggregate', 'count']) {
    t.equal(isOperators({ [name]: 'sessions', comment: OPERATORS }), true)
    t.equal(isOperators({ [name]: 'sessions', comment: 'another' }), false)
    t.equal(isOperators({ [name]: 'sessions' }), false)
  }
  for (const name of ['update', 'delete', 'findAndModify', 'insert', 'distinct', 'mapReduce']) t.equal(isOperators({ [name]: 'sessions', comment: OPERATORS }), false)

  const marking = readdirSync(`${root}plugin`, { recursive: true, encoding: 'utf8' })
    .filter(path => path.endsWith('.ts') && /\bcomment:|OPERATORS/.test(readFileSync(`${root}plugin/${path}`, 'utf8')))
  t.strictSame(marking, [join('stores', 'mongo-overview.ts')])

  const store = overviewStoreOf(mongoStore(collection()))!
  const record = aRecord()
  await store.insert(record)
  await store.prepareOverview()
  await store.newest({}, NOW, 1, null)
  await store.newest({ userIds: ['ada'] }, NOW, 1, null)
  await store.countFound({}, NOW, 1)
  await store.size()
  await store.sample(1)
  const marked = [...keyScan.operators]
  t.strictSame(marked, [['find', 2], ['aggregate', 2], ['count', 2]])
  t.equal(await store.removeFound([record._id], NOW), 1)
  t.strictSame([...keyScan.operators], marked, 'what removes sessions names their keys')
  t.strictSame(keyScan.broken, [])
})
