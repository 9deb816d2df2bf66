import type { Collection, Document } from 'mongodb'
import t from 'tap'
import { memoryStore } from '../../plugin/stores/memory.js'
import { mongoStore } from '../../plugin/stores/mongo.js'
import { after, HOUR, MINUTE, NOW } from '../support/clock.js'
import { commandsOn } from '../support/commands.js'
import { parallel } from '../support/gate.js'
import { database } from '../support/mongo.js'
import { aRecord, hashOf, randomId } from '../support/records.js'
import { storeContract } from './contract.js'

// --- mongoStore ---

const { client, db, collection, connect } = await database(t)

t.test('mongoStore keeps the contract', async t => await storeContract(t, () => mongoStore(collection())))

t.test('what is no collection is refused with what to write', async t => {
  for (const wrong of [undefined, null, client, db, 'loginSessions']) {
    t.throws(() => mongoStore(wrong as never), { code: 'FST_LOGIN_SESSION_OPTION', message: /write mongoStore\(client\.db\('shop'\)\.collection\('loginSessions'\)\)/ })
  }
})

t.test('indexes', async t => {
  const indexesOf = async (sessions: Collection) => (await sessions.indexes()).map(({ v, ...index }) => index)
  const EXPECTED = [
    { key: { _id: 1 }, name: '_id_' },
    { key: { 'tokens.hash': 1 }, name: 'tokens.hash_1', unique: true },
    { key: { userId: 1 }, name: 'userId_1' },
    { key: { expiresAt: 1 }, name: 'expiresAt_1', expireAfterSeconds: 0 }
  ]

  t.test('are these three and no others', async t => {
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

  const CONFLICTS: Array<[string, Record<string, 1>, Document]> = [
    ['tokens.hash', { 'tokens.hash': 1 }, {}],
    ['userId', { userId: 1 }, { unique: true }],
    ['expiresAt', { expiresAt: 1 }, { expireAfterSeconds: 3600 }]
  ]
  for (const [path, key, options] of CONFLICTS) {
    t.test(`on ${path} with other options stop the boot with an error that names it`, async t => {
      const sessions = collection()
      await sessions.createIndex(key, options)
      await t.rejects(async () => await mongoStore(sessions).prepare?.(), {
        code: 'FST_LOGIN_SESSION_OPTION',
        message: new RegExp(`index on "${path}" of ${sessions.namespace} .*dropped`),
        cause: { name: 'MongoServerError' }
      })
    })
  }
})

t.test('a document holds these fields and no others, and no key of the host\'s that MongoDB would read as its own', async t => {
  const sessions = collection()
  const record = aRecord({ data: { 'a.b': 1, $set: 2, '': 3, '100%': 4 } })
  await mongoStore(sessions).insert(record)
  const { id, ...rest } = record
  t.strictSame(await sessions.findOne(), { _id: id, ...rest, data: { 'a%2Eb': 1, '%24set': 2, '%': 3, '100%25': 4 } })
})

t.test('every query that a request or a user can cause uses an index', async t => {
  const sessions = collection()
  const store = mongoStore(sessions)
  await store.prepare?.()
  const record = aRecord()
  await store.insert(record)
  const commands = commandsOn(sessions, client)

  await parallel(3, index => store.findByToken(`hash-${index}`))
  await store.find('ada', record.id, NOW)
  await store.listByUser('ada', NOW)
  await store.updateData(record.id, { set: { a: 1 }, unset: ['b'] })
  await store.touch([{ id: record.id, lastActiveAt: after(NOW, MINUTE), expiresAt: after(NOW, HOUR), ip: null }])
  await store.rotate(record.id, hashOf(record), record.tokens, NOW, NOW)
  await store.retireFormer(record.id, hashOf(record), NOW)
  await store.takeAttempt(record.id, 5, NOW, NOW)
  await store.returnAttempt(record.id)
  await store.attempts(record.id)
  await store.idsByUser('ada')
  await store.removeMany('ada', ['one', 'other'], NOW)
  await store.remove('ada', record.id, NOW)
  await store.removeByToken(hashOf(record))

  const documents = commands.documents()
  t.equal(documents.length, 15)
  for (const { lsid, $clusterTime, $db, txnNumber, writeConcern, ...command } of documents) {
    const { queryPlanner } = await db.command({ explain: command, verbosity: 'queryPlanner' })
    const plan = JSON.stringify(queryPlanner.winningPlan)
    t.match(plan, /IXSCAN|IDHACK|EXPRESS/, JSON.stringify(command))
    t.notMatch(plan, /COLLSCAN/, JSON.stringify(command))
  }
})

t.test('fifty lookups at the same moment travel as one find', async t => {
  const sessions = collection()
  const store = mongoStore(sessions)
  const record = aRecord()
  await store.insert(record)
  const commands = commandsOn(sessions, client)
  const found = await parallel(50, index => store.findByToken(index % 2 === 0 ? hashOf(record) : `hash-${index}`))
  t.equal(found.filter(one => one !== null).length, 25)
  t.strictSame(commands.names(), ['find'])
  const [find] = commands.documents()
  t.equal(find?.limit, 26)
  t.equal(new Set(find?.filter['tokens.hash'].$in).size, 26)
})

t.test('hundreds of lookups at the same moment all find their record, in one round trip', async t => {
  const sessions = collection()
  const store = mongoStore(sessions)
  const records = Array.from({ length: 300 }, () => aRecord())
  for (const record of records) await store.insert(record)
  const commands = commandsOn(sessions, client)

  const found = await Promise.all(records.map(record => store.findByToken(hashOf(record))))

  t.strictSame(found.map(record => record?.id), records.map(({ id }) => id))
  t.strictSame(commands.names(), ['find'])
})

t.test('more than fits into one reply of the server is found all the same', async t => {
  const store = mongoStore(collection())
  const records = Array.from({ length: 25 }, () => aRecord({ data: { essay: 'x'.repeat(1_000_000) } }))
  for (const record of records) await store.insert(record)

  const found = await Promise.all(records.map(record => store.findByToken(hashOf(record))))

  t.strictSame(found.map(record => record?.id), records.map(({ id }) => id))
})

t.test('a record without session data is read like any other', async t => {
  const sessions = collection()
  const store = mongoStore(sessions)
  const record = aRecord()
  await store.insert(record)
  await sessions.updateOne({ _id: record.id }, { $unset: { data: '' } })

  t.strictSame((await store.findByToken(hashOf(record)))?.data, {})
})

t.test('lookups of different moments each read the truth', async t => {
  const sessions = collection()
  const store = mongoStore(sessions)
  const commands = commandsOn(sessions, client)
  await store.findByToken('hash')
  await store.findByToken('hash')
  t.strictSame(commands.names(), ['find', 'find'])
})

t.test('a failed find fails all of its lookups, and none of the next', async t => {
  const own = await connect(t)
  const store = mongoStore(own.db(db.databaseName).collection(`broken-${randomId()}`))
  await own.close()
  const results = await Promise.allSettled([store.findByToken('one'), store.findByToken('other')])
  t.strictSame(results.map(({ status }) => status), ['rejected', 'rejected'])
  await own.connect()
  t.equal(await store.findByToken('one'), null)
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
    ['rotate', () => store.rotate(record.id, hashOf(record), [{ hash: 'new' }], NOW, NOW)],
    ['takeAttempt', () => store.takeAttempt(record.id, 5, NOW, NOW)],
    ['returnAttempt', () => store.returnAttempt(record.id)],
    ['removeMany', () => store.removeMany('ada', ['another'], NOW)],
    ['remove', () => store.remove('ada', record.id, NOW)],
    ['removeByToken', () => store.removeByToken('new')],
    ['barrier', () => store.barrier()]
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
  t.equal(await store.updateData(record.id, { set: { cart: ['book'] }, unset: [] }), true)
  t.equal(await store.updateData(randomId(), { set: { cart: ['book'] }, unset: [] }), false)
  await store.touch([{ id: record.id, lastActiveAt: after(NOW, MINUTE), expiresAt: after(NOW, HOUR), ip: null }])
  t.strictSame((await store.findByToken(hashOf(record)))?.lastActiveAt, after(NOW, MINUTE))
})

t.test('reads ask the primary, whatever the host\'s client prefers', async t => {
  const distant = await connect(t, { readPreference: 'secondaryPreferred' })
  const sessions = distant.db(db.databaseName).collection(`primary-${randomId()}`)
  const store = mongoStore(sessions)
  const commands = commandsOn(sessions, distant)
  const record = aRecord()
  await store.insert(record)
  t.strictSame(await store.findByToken(hashOf(record)), record)
  t.strictSame(await store.find('ada', record.id, NOW), record)
  t.strictSame(await store.listByUser('ada', NOW), [record])
  t.strictSame(await store.attempts(record.id), { failures: 0 })
  t.strictSame(commands.documents('find').map(({ $readPreference }) => $readPreference?.mode ?? 'primary'), Array(4).fill('primary'))
})

t.test('touches wait for one server only, and none for another', async t => {
  const sessions = collection()
  const store = mongoStore(sessions)
  const record = aRecord()
  await store.insert(record)
  const commands = commandsOn(sessions, client)
  await store.touch([{ id: record.id, lastActiveAt: after(NOW, MINUTE), expiresAt: after(NOW, HOUR), ip: null }])
  t.strictSame(commands.documents().map(({ writeConcern, ordered }) => [writeConcern, ordered]), [[{ w: 1 }, false]])
})

// --- memoryStore ---

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
