import { mock } from 'node:test'
import type { Collection, Document } from 'mongodb'
import t from 'tap'
import { idOf, keyOf, newId, userKeyOf } from '../../plugin/sessions/key.js'
import { createLoginSessions } from '../../plugin/sessions/login-sessions.js'
import { overviewStoreOf } from '../../plugin/sessions/overview.js'
import type { SessionSearch } from '../../plugin/sessions/store.js'
import { aBinding } from '../../plugin/store-contract/bindings.js'
import { memoryStore } from '../../plugin/stores/memory.js'
import { mongoStore } from '../../plugin/stores/mongo.js'
import { prepareForOperators } from '../../plugin/stores/mongo-collection.js'
import { mongoOverview } from '../../plugin/stores/mongo-overview.js'
import { after, HOUR, MINUTE, NOW } from '../support/clock.js'
import { commandsOn } from '../support/commands.js'
import { fakeTimeouts, realTimeouts } from '../support/fake-timers.js'
import { createGate, parallel, turns } from '../support/gate.js'
import { database } from '../support/mongo.js'
import { aRecord, aToken, randomId, stored } from '../support/records.js'
import { keepsContract, takesAnyKeys } from './contract.js'

// --- mongoStore ---

const { client, db, collection, connect } = await database(t)
const BINDING = aBinding()

t.test('mongoStore keeps the contract', async t => await keepsContract(t, () => mongoStore(collection())))

t.test('mongoStore takes any keys of session data at all', async t => await takesAnyKeys(t, () => mongoStore(collection())))

t.test('what is no collection is refused with what to write', async t => {
  for (const wrong of [undefined, null, client, db, 'loginSessions']) {
    t.throws(() => mongoStore(wrong as never), { code: 'FST_LOGIN_SESSION_OPTION', message: /write mongoStore\(client\.db\('shop'\)\.collection\('loginSessions'\)\)/ })
  }
})

t.test('indexes', async t => {
  const indexesOf = async (sessions: Collection) => (await sessions.indexes()).map(({ v, ...index }) => index)
  const EXPECTED = [
    { key: { _id: 1 }, name: '_id_' },
    { key: { expiresAt: 1 }, name: 'expiresAt_1', expireAfterSeconds: 0 }
  ]

  t.test('are these two and no others', async t => {
    const sessions = collection()
    await mongoStore(sessions).prepare?.()
    t.strictSame(await indexesOf(sessions), EXPECTED)
  })

  t.test('may exist already, also when several servers boot at the same moment', async t => {
    const sessions = collection()
    await parallel(5, async () => await mongoStore(sessions).prepare?.())
    await mongoStore(sessions).prepare?.()
    t.strictSame(await indexesOf(sessions), EXPECTED)
  })

  t.test('on expiresAt with other options stop the boot with an error that names it', async t => {
    const sessions = collection()
    await sessions.createIndex({ expiresAt: 1 }, { expireAfterSeconds: 3600 })
    await t.rejects(async () => await mongoStore(sessions).prepare?.(), {
      code: 'FST_LOGIN_SESSION_OPTION',
      message: new RegExp(`index on "expiresAt" of ${sessions.namespace} .*dropped`),
      cause: { name: 'MongoServerError' }
    })
  })
})

t.test('indexes of the operators', async t => {
  const indexesOf = async (sessions: Collection) => (await sessions.indexes()).map(({ v, ...index }) => index).sort((a, b) => a.name! < b.name! ? -1 : 1)
  const partialFilterExpression = { userId: { $exists: true } }
  const EXPECTED = [
    { key: { _id: 1 }, name: '_id_' },
    { key: { 'device.kind': 1, createdAt: 1, _id: 1 }, name: 'device.kind_1_createdAt_1__id_1', partialFilterExpression },
    { key: { ip: 1, createdAt: 1, _id: 1 }, name: 'ip_1_createdAt_1__id_1', partialFilterExpression }
  ]

  t.test('are made for them only, without visitor sessions, and may exist already', async t => {
    const sessions = collection()
    const store = overviewStoreOf(mongoStore(sessions))!
    await parallel(3, async () => await store.prepareOverview())
    await store.prepareOverview()
    t.strictSame(await indexesOf(sessions), EXPECTED)
  })

  t.test('with other options stop the boot with an error that names them', async t => {
    const sessions = collection()
    await sessions.createIndex({ ip: 1, createdAt: 1, _id: 1 })
    await t.rejects(async () => await overviewStoreOf(mongoStore(sessions))!.prepareOverview(), {
      code: 'FST_LOGIN_SESSION_OPTION',
      message: new RegExp(`index on "device.kind" or "ip" of ${sessions.namespace} .*dropped`),
      cause: { name: 'MongoServerError' }
    })
  })

  t.test('are waited for five seconds; after that they are made in the background, and a failure there harms nobody', async t => {
    t.teardown(realTimeouts)
    fakeTimeouts()
    const [made, gate] = [createGate(), createGate()]
    const preparing = prepareForOperators({ async createIndexes () { await gate.passed; made.open(); throw new Error('disk full') } } as never)
    let resolved = false
    const watching = preparing.then(() => { resolved = true })
    mock.timers.tick(4999)
    await turns()
    t.equal(resolved, false)
    mock.timers.tick(1)
    await watching
    gate.open()
    await made.passed
    await turns()
  })

  t.test('are needed: without them a search fails, and reads nothing', async t => {
    const store = overviewStoreOf(mongoStore(collection()))!
    await store.insert(aRecord())
    for (const search of [{}, { kind: 'phone' }, { addresses: ['203.0.113.9'] }] as const) await t.rejects(store.newest(search, NOW, 1, null), { name: 'MongoServerError', message: /hint/ })
    await t.rejects(store.countFound({ addresses: [/^203\./] }, NOW, 1), { message: /hint/ })
    t.equal(await store.countFound({ userIds: ['ada'] }, NOW, 10), 1, 'a user is found by key')
  })
})

t.test('every search of operators goes by an index, and those in the order of sign-ins sort nothing', async t => {
  const sessions = collection()
  const store = overviewStoreOf(mongoStore(sessions))!
  await store.prepareOverview()
  const records = Array.from({ length: 60 }, (_, index) => aRecord({ userId: `user-${index % 10}`, createdAt: after(NOW, -index * MINUTE), ip: `203.0.${index % 6}.9` }))
  await sessions.insertMany(records as never[])
  const commands = commandsOn(sessions, client)
  const position = { createdAt: after(NOW, -20 * MINUTE), key: records[20]!._id }
  const places = [null, { olderThan: position }, { newerThan: position }] as const

  const planOf = async ({ lsid, $clusterTime, $db, ...command }: Document): Promise<{ plan: string, others: number }> => {
    const { queryPlanner, stages } = await db.command({ explain: command, verbosity: 'queryPlanner' })
    const { winningPlan, rejectedPlans } = queryPlanner ?? stages[0].$cursor.queryPlanner
    return { plan: JSON.stringify(winningPlan), others: rejectedPlans.length }
  }

  const searches: Array<[search: SessionSearch, index: string, sorts: boolean]> = [
    [{}, 'device.kind_1_', false],
    [{ kind: 'desktop' }, 'device.kind_1_', false],
    [{ signedInFrom: after(NOW, -40 * MINUTE) }, 'device.kind_1_', false],
    [{ signedInBefore: after(NOW, -10 * MINUTE), signedInFrom: after(NOW, -50 * MINUTE), kind: 'phone' }, 'device.kind_1_', false],
    [{ addresses: ['203.0.1.9'] }, 'ip_1_', false],
    [{ addresses: ['203.0.1.9', '203.0.2.9'], kind: 'desktop', signedInBefore: NOW }, 'ip_1_', false],
    [{ addresses: [/^203\.0\.1\./, /^203\.0\.2\./] }, '(?:ip|device.kind)_1_', true],
    [{ addresses: [/^203\.0\.1\./], kind: 'desktop' }, '(?:ip|device.kind)_1_', true],
    [{ addresses: [/^203\.0\.1\./], signedInFrom: after(NOW, -40 * MINUTE) }, '(?:ip|device.kind)_1_', true],
    [{ userIds: ['user-1'] }, '_id_', true],
    [{ userIds: ['user-1', 'user-2'] }, '_id_', true]
  ]
  for (const [search, index, sorts] of searches) {
    commands.forget()
    for (const from of places) await store.newest(search, NOW, 5, from)
    await store.countFound(search, NOW, 1000)
    const documents = commands.documents()
    t.strictSame(commands.names(), ['find', 'find', 'find', 'aggregate'])
    for (const command of documents) {
      const { plan, others } = await planOf(command)
      const name = JSON.stringify([search, command.sort])
      t.match(plan, new RegExp(`"indexName":"${index}`), name)
      t.notMatch(plan, /COLLSCAN/, name)
      if (!sorts || 'aggregate' in command) t.notMatch(plan, /"stage":"SORT"/, name)
      if (!sorts) t.equal(others, 0, `${name}: there is one plan, so MongoDB never takes a wrong one`)
      t.equal(command.maxTimeMS, 'aggregate' in command ? 500 : 10_000, 'the server gives up, too')
    }
  }

  t.test('a page deep inside is entered by the index: nothing before it is read', async t => {
    commands.forget()
    await store.newest({}, NOW, 5, { olderThan: { createdAt: after(NOW, -50 * MINUTE), key: records[50]!._id } })
    const [{ lsid, $clusterTime, $db, ...command }] = commands.documents() as [Document]
    const { executionStats } = await db.command({ explain: command, verbosity: 'executionStats' })
    t.ok(executionStats.totalDocsExamined <= 6, `${executionStats.totalDocsExamined} documents`)
  })
})

t.test('a kind or an age in a network is found by what finds more with less', async t => {
  const sessions = collection()
  const store = overviewStoreOf(mongoStore(sessions))!
  await store.prepareOverview()
  const { device } = aRecord()
  // 2,000 sign-ins in a large network, one a minute. Three of them are of a kind, and three others in a small network.
  await sessions.insertMany(Array.from({ length: 2000 }, (_, index) => aRecord({
    userId: `user-${index}`,
    createdAt: after(NOW, -index * MINUTE),
    ip: index % 700 === 1 ? '10.9.9.9' : `10.0.${index % 200}.9`,
    device: { ...device, kind: index % 700 === 2 ? 'tv' : 'desktop' }
  })) as never[])
  const commands = commandsOn(sessions, client)
  for (const search of [
    { addresses: [/^10\./], kind: 'tv' }, { addresses: [/^10\.9\./], kind: 'desktop' },
    { addresses: [/^10\./], signedInFrom: after(NOW, -2 * MINUTE) }, { addresses: [/^10\.9\./], signedInFrom: after(NOW, -1900 * MINUTE) }
  ] as SessionSearch[]) {
    commands.forget()
    t.equal((await store.newest(search, NOW, 50, null)).length, 3)
    t.equal(await store.countFound(search, NOW, 1001), 3)
    for (const { lsid, $clusterTime, $db, ...command } of commands.documents()) {
      const { executionStats, stages } = await db.command({ explain: command, verbosity: 'executionStats' })
      const { totalDocsExamined } = executionStats ?? stages[0].$cursor.executionStats
      t.ok(totalDocsExamined <= 10, `${totalDocsExamined} documents for ${String(Object.values(search))}`)
    }
  }
})

t.test('a count that takes too long is not known, and other failures are failures', async t => {
  const failing = (code: number) => mongoOverview({ async countDocuments () { throw Object.assign(new Error('no count'), { code }) } } as never)
  t.equal(await failing(50).countFound({ kind: 'tv' }, NOW, 1001), null)
  await t.rejects(failing(13).countFound({ kind: 'tv' }, NOW, 1001), { message: 'no count' })
})

t.test('a sample of a large collection is drawn in parts, and reads little more than it returns', async t => {
  const sessions = collection()
  const store = overviewStoreOf(mongoStore(sessions))!
  await sessions.insertMany(Array.from({ length: 2000 }, (_, index) => aRecord({ userId: `user-${index}` })) as never[])
  const commands = commandsOn(sessions, client)
  const drawn = await store.sample(200)
  t.ok(drawn.length >= 200 && drawn.length < 210 && drawn.every(record => !('data' in record)))
  const draws = commands.documents('aggregate')
  t.equal(draws.length, 3)
  for (const { lsid, $clusterTime, $db, ...command } of draws) {
    t.equal(command.maxTimeMS, 10_000)
    const { stages } = await db.command({ explain: command, verbosity: 'queryPlanner' })
    t.match(JSON.stringify(stages), /sampleFromRandomCursor/i)
  }
})

t.test('a collection that compares keys by a collation is refused at boot', async t => {
  const sessions = collection()
  await db.createCollection(sessions.collectionName, { collation: { locale: 'en', strength: 2 } })
  await t.rejects(async () => await mongoStore(sessions).prepare?.(), {
    code: 'FST_LOGIN_SESSION_OPTION', message: /has the collation "en": give sessions a collection of their own/
  })
})

t.test('its clock is the server\'s', async t => {
  const before = Date.now()
  const time = await mongoStore(collection()).time!()
  t.ok(time.getTime() >= before - 1000 && time.getTime() <= Date.now() + 1000, 'it runs on this machine')
})

t.test('a document holds these fields and no others, and no key of the host\'s that MongoDB would read as its own', async t => {
  const sessions = collection()
  const record = aRecord({ data: { 'a.b': 1, $set: 2, '': 3, '100%': 4 } })
  await mongoStore(sessions).insert(record)
  t.strictSame(await sessions.findOne(), { ...record, data: { 'a%2Eb': 1, '%24set': 2, '%': 3, '100%25': 4 } })
})

t.test('every query that a request or a user can cause uses an index', async t => {
  const sessions = collection()
  const store = mongoStore(sessions)
  await store.prepare?.()
  const record = aRecord()
  await store.insert(record)
  const commands = commandsOn(sessions, client)

  await store.find([record._id, keyOf('ada', newId())])
  await store.findWithoutData(record._id)
  await store.listByUser('ada', NOW, 10)
  await store.listByUser('ada', NOW, Infinity)
  await store.countByUser('ada', NOW)
  await store.keysOfUser('ada', '', 10)
  await store.page('', 10, userKeyOf('ada'))
  await store.updateData(record._id, { set: { a: 1 }, unset: ['b'] })
  await store.touch([{ _id: record._id, lastActiveAt: after(NOW, MINUTE), expiresAt: after(NOW, HOUR), ip: null }])
  await store.setTokens(record._id, record.tokens, [aToken(1), ...record.tokens], { failures: 0 })
  await store.setBinding!(record._id, undefined, BINDING)
  await store.setBinding!(record._id, BINDING, BINDING)
  await store.takeAttempt(record._id, 5, NOW, NOW)
  await store.returnAttempt(record._id)
  await store.removeMany([keyOf('ada', newId()), keyOf('ada', newId())], 'ada', NOW)
  await store.remove(record._id, 'ada')
  await store.remove(record._id, undefined)
  await store.barrier(userKeyOf('ada'))

  const documents = commands.documents()
  t.equal(documents.length, 19)
  for (const { lsid, $clusterTime, $db, txnNumber, writeConcern, ...command } of documents) {
    const { queryPlanner, stages } = await db.command({ explain: command, verbosity: 'queryPlanner' })
    // An aggregation is explained stage by stage; the first one reads.
    const plan = JSON.stringify((queryPlanner ?? stages[0].$cursor.queryPlanner).winningPlan)
    t.match(plan, /IXSCAN|IDHACK|EXPRESS/, JSON.stringify(command))
    t.notMatch(plan, /COLLSCAN/, JSON.stringify(command))
  }
})

t.test('hundreds of keys are looked up in one round trip, each once', async t => {
  const sessions = collection()
  const store = mongoStore(sessions)
  const records = Array.from({ length: 300 }, () => aRecord())
  await sessions.insertMany(records as never[])
  const commands = commandsOn(sessions, client)
  const keys = records.map(({ _id }) => _id)

  const found = await store.find([...keys, ...keys, keyOf('ada', newId())])

  t.strictSame(found.map(record => record?._id), [...keys, ...keys, undefined])
  t.strictSame(commands.names(), ['find'])
  const [find] = commands.documents()
  t.strictSame([find?.limit, find?.batchSize, find?.filter._id.$in.length], [301, 301, 301])
})

t.test('parallel requests of one browser do not share bytes, whatever the client makes of them', async t => {
  const own = await connect(t, { promoteBuffers: true })
  const store = mongoStore(own.db(db.databaseName).collection(`bytes-${randomId()}`))
  const record = aRecord({ data: { bytes: Buffer.from('book') } })
  await store.insert(record)
  const [one, other] = await store.find([record._id, record._id]);
  (other!.data.bytes as Buffer).write('look')
  t.equal(String(one!.data.bytes), 'book')
})

t.test('more than fits into one reply of the server is found all the same', async t => {
  const store = mongoStore(collection())
  const records = Array.from({ length: 25 }, () => aRecord({ data: { essay: 'x'.repeat(1_000_000) } }))
  for (const record of records) await store.insert(record)

  const found = await store.find(records.map(({ _id }) => _id))

  t.strictSame(found.map(record => record?._id), records.map(({ _id }) => _id))
})

t.test('a record without session data is read like any other', async t => {
  const sessions = collection()
  const store = mongoStore(sessions)
  const record = aRecord()
  await store.insert(record)
  await sessions.updateOne({ _id: record._id }, { $unset: { data: '' } })

  t.strictSame((await stored(store, record))?.data, {})
})

t.test('after a failed lookup the driver\'s own read is asked, which a failover does not interrupt', async t => {
  const sessions = collection()
  const record = aRecord()
  await mongoStore(sessions).insert(record)
  const broken = { collection: sessions.db.collection.bind(sessions.db), command: async () => { throw new Error('not primary') } }
  const flaky = mongoStore({ collectionName: sessions.collectionName, db: broken } as never)
  const commands = commandsOn(sessions, client)
  t.strictSame(await flaky.find([record._id]), [record])
  t.strictSame(commands.names(), ['find'])
})

t.test('what must survive the loss of a server waits for the majority', async t => {
  // A host whose own writes are in a hurry.
  const hasty = await connect(t, { writeConcern: { w: 0 } })
  const sessions = hasty.db(db.databaseName).collection(`durable-${randomId()}`)
  const store = mongoStore(sessions)
  const commands = commandsOn(sessions, hasty)
  const record = aRecord()

  const durable: Array<[string, () => Promise<unknown>]> = [
    ['insert', () => store.insert(record)],
    ['setTokens', () => store.setTokens(record._id, record.tokens, [aToken(1)])],
    ['setBinding', () => store.setBinding!(record._id, undefined, BINDING)],
    ['takeAttempt', () => store.takeAttempt(record._id, 5, NOW, NOW)],
    ['returnAttempt', () => store.returnAttempt(record._id)],
    ['removeMany', () => store.removeMany([keyOf('ada', newId())], 'ada', NOW)],
    ['remove', () => store.remove(record._id, 'ada')],
    ['removeFound', () => store.removeFound!([record._id], NOW)],
    ['barrier', () => store.barrier(record._id)]
  ]
  for (const [name, act] of durable) {
    commands.forget()
    await act()
    const concerns = commands.documents().map(({ writeConcern }) => writeConcern)
    t.strictSame([...new Set(concerns.map(concern => JSON.stringify(concern)))], ['{"w":"majority"}'], name)
  }
})

t.test('outcomes stay true for a host whose client does not wait for its writes', async t => {
  const hasty = await connect(t, { writeConcern: { w: 0 } })
  const store = mongoStore(hasty.db(db.databaseName).collection(`hasty-${randomId()}`))
  const record = aRecord()
  await store.insert(record)
  t.equal(await store.updateData(record._id, { set: { cart: ['book'] }, unset: [] }), true)
  t.equal(await store.updateData(keyOf('ada', newId()), { set: { cart: ['book'] }, unset: [] }), false)
  t.equal(await store.setBinding!(record._id, undefined, BINDING), true)
  t.equal(await store.setBinding!(record._id, undefined, BINDING), false)
  await store.touch([{ _id: record._id, lastActiveAt: after(NOW, MINUTE), expiresAt: after(NOW, HOUR), ip: null }])
  t.strictSame((await stored(store, record))?.lastActiveAt, after(NOW, MINUTE))
})

t.test('reads ask the primary, whatever the host\'s client prefers', async t => {
  const distant = await connect(t, { readPreference: 'secondaryPreferred' })
  const sessions = distant.db(db.databaseName).collection(`primary-${randomId()}`)
  const store = mongoStore(sessions)
  const commands = commandsOn(sessions, distant)
  const record = aRecord()
  await store.insert(record)
  t.strictSame(await stored(store, record), record)
  t.equal((await store.listByUser('ada', NOW, 1)).length, 1)
  t.equal(await store.countByUser('ada', NOW), 1)
  t.equal((await store.findWithoutData(record._id))?.userId, 'ada')
  t.strictSame(await store.keysOfUser('ada', '', 1), [record._id])
  t.equal((await store.page('', 1)).length, 1)
  await store.prepareOverview!()
  t.equal((await store.newest!({}, NOW, 1, null)).length, 1)
  t.equal(await store.countFound!({}, NOW, 1), 1)
  const reads = [...commands.documents('find'), ...commands.documents('aggregate')]
  t.strictSame(reads.map(({ $readPreference }) => $readPreference?.mode ?? 'primary'), Array(8).fill('primary'))
})

t.test('touches wait for one server only, and none for another', async t => {
  const sessions = collection()
  const store = mongoStore(sessions)
  const record = aRecord()
  await store.insert(record)
  const commands = commandsOn(sessions, client)
  await store.touch([{ _id: record._id, lastActiveAt: after(NOW, MINUTE), expiresAt: after(NOW, HOUR), ip: null }])
  t.strictSame(commands.documents().map(({ writeConcern, ordered }) => [writeConcern, ordered]), [[{ w: 1 }, false]])
})

// --- memoryStore ---

t.test('memoryStore keeps the contract', async t => await keepsContract(t, memoryStore))

t.test('memoryStore takes any keys of session data at all', async t => await takesAnyKeys(t, memoryStore))

t.test('memoryStore drops what has expired when a new record comes, so that it does not grow forever', async t => {
  const store = memoryStore()
  const [dead, live] = [aRecord(), aRecord({ expiresAt: after(NOW, 2 * HOUR) })]
  await store.insert(dead)
  await store.insert(live)
  await store.insert(aRecord({ createdAt: dead.expiresAt }))
  t.equal(await stored(store, dead), null)
  t.strictSame(await stored(store, live), live)
})

t.test('a user whose keys begin like another\'s neither finds nor ends the other\'s session', async t => {
  for (const store of [memoryStore(), mongoStore(collection())]) {
    const record = aRecord({ _id: userKeyOf('ada') + newId(), userId: 'eve' })
    await store.insert(record)
    const { find, revoke } = createLoginSessions({ store, now: () => NOW })
    t.equal(await find('ada', idOf(record._id)), null)
    t.equal(await revoke('ada', idOf(record._id)), null)
    t.strictSame(await stored(store, record), record)
  }
})

t.test('two memoryStores share nothing', async t => {
  const record = aRecord()
  await memoryStore().insert(record)
  t.equal(await stored(memoryStore(), record), null)
})
