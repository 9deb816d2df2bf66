/**
 * Beside what else uses the database. The titles are the rows of README's table "Beside other software". How the store stands
 * the types and drivers of others is in `stores/foreign-bson`.
 */
import { createRequire } from 'node:module'
import fastifyMongo from '@fastify/mongodb'
import Fastify, { type FastifyInstance, type FastifyPluginCallback } from 'fastify'
import mongoose from 'mongoose'
import t, { type Test } from 'tap'
import { type DriverCollection, loginSessionApi, loginSessionPages, loginSessions, mongoStore } from '../../plugin/index.js'
import { PASSWORD, SECRET, verifyPassword } from '../support/app.js'
import { browser } from '../support/browser-jar.js'
import { after, type Clock, createClock, MINUTE, NOW } from '../support/clock.js'
import { journey, shopBeside } from '../support/journey.js'
import { database } from '../support/mongo.js'
import { API, PAGE } from '../support/page.js'
import { randomId } from '../support/records.js'
import { shopRoutes } from '../support/shop-routes.js'

const load = createRequire(import.meta.url)
const express: FastifyPluginCallback = load('@fastify/express')
// Its types are those of the package 'mongoose', under whatever name it is installed.
const mongoose9: typeof mongoose = load('mongoose9')

const mongod = await database(t)
const uri = process.env.MONGODB_URI ?? `mongodb://${mongod.client.options.hosts[0]!.toString()}/?directConnection=true`

/** A host that opens its connection itself, and closes it with the server. */
async function hostOn (t: Test, clock: Clock, open: (app: FastifyInstance) => Promise<DriverCollection>): Promise<FastifyInstance> {
  const app = Fastify({ trustProxy: true })
  t.teardown(() => app.close())
  const store = mongoStore(await open(app))
  await app.register(loginSessions, { secret: SECRET, store, now: clock.now, verifyPassword })
  await app.register(loginSessionPages, { prefix: PAGE })
  await app.register(loginSessionApi, { prefix: API })
  shopRoutes(app)
  return app
}

/** What a store must do for logins, and that it does it until the server has closed. */
async function useAll (t: Test, name: string, open: (app: FastifyInstance) => Promise<DriverCollection>): Promise<void> {
  const clock = createClock()
  const app = await hostOn(t, clock, open)
  const [laptop, phone, visitor] = [browser(app), browser(app), browser(app)]
  await visitor.post('/data', { cart: ['book'], 'a.b$c': 1 })
  t.strictSame((await visitor.get('/data')).json(), { cart: ['book'], 'a.b$c': 1 })
  await laptop.signIn('ada', { remember: true })
  const { id } = await phone.signIn('ada')
  t.equal((await laptop.post('/confirm', { password: 'wrong' })).json().code, 'FST_LOGIN_SESSION_PASSWORD_WRONG')
  t.equal((await laptop.post('/confirm', { password: PASSWORD })).statusCode, 200)
  t.equal((await app.loginSessions.list('ada')).length, 2)
  t.ok(await app.loginSessions.revoke('ada', id))
  t.equal(await phone.user(), null)
  await journey(t, app)

  clock.advance(5 * MINUTE)
  t.equal(await laptop.user(), 'ada')
  await app.close()
  const kept = await mongod.client.db(databaseOf(name)).collection('loginSessions').findOne({ userId: 'ada' })
  t.strictSame(kept?.lastActiveAt, after(NOW, 5 * MINUTE), 'what waited was written before the connection closed')
}

const run = randomId()
const databaseOf = (name: string): string => `${mongod.db.databaseName}-${name.replaceAll(/\W/g, '')}-${run}`.slice(0, 60)

t.test('@fastify/mongodb: register it before; `mongoStore` takes a collection of `app.mongo.db`', async t => {
  t.teardown(() => mongod.client.db(databaseOf('plugin')).dropDatabase())
  await useAll(t, 'plugin', async app => {
    await app.register(fastifyMongo, { url: uri, database: databaseOf('plugin') })
    return app.mongo.db!.collection('loginSessions')
  })
})

async function useMongoose (t: Test, name: string, { createConnection }: typeof mongoose): Promise<void> {
  t.teardown(() => mongod.client.db(databaseOf(name)).dropDatabase())
  await useAll(t, name, async app => {
    const connection = await createConnection(uri, { dbName: databaseOf(name) }).asPromise()
    app.addHook('onClose', () => connection.close())
    return connection.db!.collection('loginSessions')
  })
}

t.test('mongoose 8: connect before; `mongoStore` takes `mongoose.connection.db.collection(name)`, not a model\'s collection', async t => {
  await useMongoose(t, 'mongoose8', mongoose)
})

t.test('mongoose 9: works like mongoose 8', async t => {
  await useMongoose(t, 'mongoose9', mongoose9)
})

t.test('connect-mongo: another application may keep its sessions in the same database, in its own collection', async t => {
  const theirs = mongod.collection()
  const { Router } = load('express')
  const session = load('express-session')
  const app = await shopBeside(t, 'between', async app => {
    await app.register(express)
    const { client, db } = mongod
    const store = load('connect-mongo').MongoStore.create({ client, dbName: db.databaseName, collectionName: theirs.collectionName })
    const router = Router()
    router.use('/old', session({ secret: 'of the Express application', resave: false, saveUninitialized: false, store }))
    router.post('/old/cart', (request: any, response: any) => { request.session.cart = ['pen']; response.json({}) })
    router.get('/old/cart', (request: any, response: any) => { response.json({ cart: request.session.cart ?? null }) })
    ;(app as any).use(router)
  }, { store: mongoStore(mongod.collection()) })
  const chrome = browser(app)
  await chrome.post('/old/cart')
  const before = [await theirs.find().toArray(), await theirs.indexes()]
  t.equal(before[0]!.length, 1)
  await chrome.signIn('ada')
  await app.loginSessions.revokeAll('ada')
  await journey(t, app)
  t.strictSame([await theirs.find().toArray(), await theirs.indexes()], before, 'nothing of theirs has changed')
  t.strictSame((await chrome.get('/old/cart')).json(), { cart: ['pen'] })
})
