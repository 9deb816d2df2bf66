/**
 * BSON that is not this driver's: mongoose brings a MongoDB driver of its own, and clients have options for types.
 */
import { Decimal128, Long, type MongoClientOptions, ObjectId } from 'mongodb'
import mongoose from 'mongoose'
import type { FastifyInstance } from 'fastify'
import t, { type Test } from 'tap'
import { mongoStore } from '../../plugin/index.js'
import { createShop, dataOf } from '../support/app.js'
import { browser, type JarBrowser, setCookies } from '../support/browser-jar.js'
import { commandsOn } from '../support/commands.js'
import { parallel } from '../support/gate.js'
import { type Database, database } from '../support/mongo.js'
import { randomId } from '../support/records.js'

const mongod = await database(t)

/** mongoose on the same mongod, in a database of its own. */
async function connectMongoose (t: Test): Promise<mongoose.Connection> {
  const connection = await mongoose.createConnection(process.env.MONGODB_URI ?? uriOf(mongod), { dbName: `test-${randomId()}` }).asPromise()
  t.teardown(async () => {
    await connection.dropDatabase()
    await connection.close()
  })
  return connection
}

const uriOf = ({ client }: Database): string => `mongodb://${client.options.hosts[0]!.toString()}/?directConnection=true`

/** Routes that put an ObjectId of mongoose's into the session, and tell what they find there. */
function idRoutes (app: FastifyInstance): void {
  app.post('/keep-id', async request => {
    const id = new mongoose.Types.ObjectId()
    dataOf(request).orderId = id
    return { id: id.toHexString() }
  })
  app.post('/save-id', async request => {
    dataOf(request).orderId = new mongoose.Types.ObjectId()
    return await request.session.save().then(() => ({}), ({ code, statusCode }) => ({ code, statusCode }))
  })
  app.post('/keep-id-and-sign-in', async request => {
    dataOf(request).orderId = new mongoose.Types.ObjectId()
    return await request.startLoginSession('carol')
  })
  app.get('/id', async request => {
    const { orderId } = dataOf(request)
    return { is: orderId instanceof mongoose.Types.ObjectId, id: String(orderId) }
  })
}

t.test('mongoose brings another version of BSON, or this file tests nothing', async t => {
  t.throws(() => mongoose.mongo.BSON.serialize({ id: new ObjectId() }), /version/i)
})

// --- an ObjectId of mongoose's in a collection of this driver's ---

t.test('an ObjectId of another driver in request.session: the host\'s mistake, which says so, and no outage', async t => {
  const logs: string[] = []
  const app = await createShop(t, { store: mongoStore(mongod.collection()), routes: idRoutes, logs })
  const [user, visitor, other] = [browser(app), browser(app), browser(app)]
  await user.signIn('ada')
  await user.post('/data', { cart: ['book'] })
  await other.signIn('bob')

  for (const chrome of [user, visitor]) {
    const reply = await chrome.post('/keep-id')
    t.equal(reply.statusCode, 500)
    t.equal(reply.json().code, 'FST_LOGIN_SESSION_DATA')
    t.match(reply.json().message, /BSON/)
    t.equal(reply.headers['retry-after'], undefined)
    t.strictSame(setCookies(reply), [])
    t.strictSame((await chrome.post('/save-id')).json(), { code: 'FST_LOGIN_SESSION_DATA', statusCode: 500 })
  }

  t.equal(await user.user(), 'ada', 'the next request works')
  t.strictSame((await user.get('/data')).json(), { cart: ['book'] })
  t.equal((await user.post('/data', { cart: ['pen'] })).statusCode, 200)
  t.strictSame((await user.get('/data')).json(), { cart: ['pen'] })
  t.equal((await visitor.post('/data', { cart: ['pen'] })).statusCode, 200)
  t.strictSame((await visitor.get('/data')).json(), { cart: ['pen'] })

  const signIn = await browser(app).post('/keep-id-and-sign-in')
  t.equal(signIn.statusCode, 500)
  t.equal(signIn.json().code, 'FST_LOGIN_SESSION_DATA')
  t.strictSame(setCookies(signIn), [])
  t.strictSame(await app.loginSessions.list('carol'), [])

  const answers = await parallel(6, async index => index % 2 === 0 ? (await user.twin().post('/keep-id')).statusCode : (await other.twin().get('/account')).statusCode)
  t.strictSame(answers, [500, 200, 500, 200, 500, 200], 'a neighbour of the same moment is not affected')
})

/** So many megabytes of text. */
const megabytes = (count: number): string => 'x '.repeat(count * 512 * 1024)

const REFUSED: Record<string, () => Record<string, unknown>> = {
  'larger than a document': () => ({ value: megabytes(17) }),
  'larger than a document by the rest of the record': () => ({ value: megabytes(16).slice(100) }),
  'larger than a document together with what is there': () => ({ more: megabytes(9) }),
  'a map with a number as its key': () => ({ value: new Map([[1, 2]]) }),
  'an object whose toBSON fails': () => ({ value: { toBSON () { throw new Error('no') } } }),
  'a circular object': () => { const value: Record<string, unknown> = {}; return { value: Object.assign(value, { value }) } },
  'with a zero in a key below the first': () => ({ value: { 'a\0b': 1 } })
}

t.test('other values that the database refuses', async t => {
  const app = await createShop(t, {
    store: mongoStore(mongod.collection()),
    routes (app) {
      app.post('/keep-much', async request => { dataOf(request).much = megabytes(8); return {} })
      app.post<{ Querystring: { what: string } }>('/keep', async request => { Object.assign(dataOf(request), REFUSED[request.query.what]!()); return {} })
    }
  })
  for (const what of Object.keys(REFUSED)) {
    const chrome = browser(app)
    await chrome.signIn('ada')
    if (what.includes('together')) t.equal((await chrome.post('/keep-much')).statusCode, 200)
    const reply = await chrome.post(`/keep?what=${encodeURIComponent(what)}`)
    t.strictSame([reply.statusCode, reply.json().code], [500, 'FST_LOGIN_SESSION_DATA'], what)
    t.equal(await chrome.user(), 'ada')
  }
})

t.test('memoryStore refuses what cannot be copied, with the same error', async t => {
  const app = await createShop(t, {
    routes (app) {
      app.post('/keep', async request => { Object.assign(dataOf(request), { value: () => {} }); return {} })
      app.post('/keep-big', async request => { Object.assign(dataOf(request), { big: 2n ** 60n }); return {} })
      app.get('/big', async request => ({ big: String(dataOf(request).big) }))
    }
  })
  const chrome = browser(app)
  await chrome.signIn('ada')
  for (const who of [chrome, browser(app)]) {
    const reply = await who.post('/keep')
    t.strictSame([reply.statusCode, reply.json().code], [500, 'FST_LOGIN_SESSION_DATA'])
  }
  t.equal(await chrome.user(), 'ada')
  await chrome.post('/keep-big')
  t.strictSame((await chrome.get('/big')).json(), { big: String(2n ** 60n) })
})

// --- a collection of mongoose's driver as the store ---

t.test('a collection of mongoose\'s driver works, with its own ObjectIds, for many at once', async t => {
  const connection = await connectMongoose(t)
  const app = await createShop(t, { store: mongoStore(connection.db!.collection('loginSessions')), routes: idRoutes })
  const [ada, bob] = [browser(app), browser(app)]
  await ada.signIn('ada')
  await bob.signIn('bob')
  const { id: adas } = (await ada.post('/keep-id')).json()
  const { id: bobs } = (await bob.post('/keep-id')).json()

  const of = async (chrome: JarBrowser): Promise<unknown> => (await chrome.get('/id')).json()
  t.strictSame(await Promise.all([of(ada), of(bob)]), [{ is: true, id: adas }, { is: true, id: bobs }], 'two users at once')
  t.strictSame(await parallel(5, () => of(ada)), Array(5).fill({ is: true, id: adas }), 'one user, five times at once')
  t.strictSame(await parallel(6, index => of(index % 2 === 0 ? ada : bob)), [1, 2, 3].flatMap(() => [{ is: true, id: adas }, { is: true, id: bobs }]))
})

t.test('an ObjectId of this driver in a collection of mongoose\'s driver: the same mistake the other way round', async t => {
  const connection = await connectMongoose(t)
  const app = await createShop(t, {
    store: mongoStore(connection.db!.collection('loginSessions')),
    routes: app => app.post('/keep-ours', async request => { dataOf(request).orderId = new ObjectId(); return {} })
  })
  const chrome = browser(app)
  await chrome.signIn('ada')
  const reply = await chrome.post('/keep-ours')
  t.strictSame([reply.statusCode, reply.json().code], [500, 'FST_LOGIN_SESSION_DATA'])
  t.equal(await chrome.user(), 'ada')
})

t.test('what only looks like a collection is refused when the store is made', async t => {
  const connection = await connectMongoose(t)
  const Shoe = connection.model('Shoe', new mongoose.Schema({}))
  const ofDriver5 = { s: { db: {} }, collectionName: 'loginSessions', namespace: 'shop.loginSessions', find () {}, findOne () {} }
  for (const [what, collection] of Object.entries({ 'connection.collection()': connection.collection('loginSessions'), 'Model.collection': Shoe.collection, 'driver 5': ofDriver5 })) {
    t.throws(() => mongoStore(collection as never), { code: 'FST_LOGIN_SESSION_OPTION', message: /mongoose\.connection\.db\.collection\(/ }, what)
  }
})

// --- options of a client for types ---

const CLIENTS: Record<string, MongoClientOptions> = {
  'no option': {},
  promoteBuffers: { promoteBuffers: true },
  useBigInt64: { useBigInt64: true },
  bsonRegExp: { bsonRegExp: true },
  'promoteLongs off': { promoteLongs: false },
  ignoreUndefined: { ignoreUndefined: true }
}

/** The name of each value's type, at every depth. */
function typesOf (value: unknown): unknown {
  if (value === null || typeof value !== 'object') return typeof value
  const name = Object.getPrototypeOf(value)?.constructor?.name ?? 'null'
  if (Array.isArray(value)) return value.map(typesOf)
  return name === 'Object' ? Object.fromEntries(Object.entries(value).map(([key, part]) => [key, typesOf(part)])) : name
}

for (const [option, options] of Object.entries(CLIENTS)) {
  t.test(`with ${option} parallel requests of one browser read equal types, each its own`, async t => {
    const client = await mongod.connect(t, options)
    const collection = client.db(mongod.db.databaseName).collection(`loginSessions-${randomId()}`)
    const commands = commandsOn(collection, client)
    const app = await createShop(t, {
      store: mongoStore(collection),
      routes (app) {
        app.post('/keep', async request => {
          const value = () => ({ bytes: Buffer.from('bytes'), big: 2n ** 60n, long: Long.fromNumber(7), regExp: /a+/i, id: new ObjectId(), when: new Date(), price: Decimal128.fromString('1.10'), double: 1.5, none: null })
          Object.assign(dataOf(request), value(), { nested: { list: [value(), [value()]] } })
          return {}
        })
        app.get('/types', async request => {
          const { cookie, ...data } = dataOf(request)
          const types = typesOf(data)
          const { nested, bytes } = data as { nested: { list: unknown[] }, bytes: { fill?(value: number): void } }
          const text = JSON.stringify(nested.list.length)
          nested.list.length = 0
          bytes.fill?.(0)
          await request.session.reload()
          return { types, text }
        })
      }
    })
    const chrome = browser(app)
    await chrome.signIn('ada')
    await chrome.post('/keep')
    const alone = (await chrome.get('/types')).json()
    t.equal(alone.text, '2')
    commands.forget()
    const together = await parallel(5, async () => (await chrome.get('/types')).json())
    t.ok(commands.count('find') < 10, 'lookups were shared')
    t.strictSame(together, Array(5).fill(alone))
  })
}
