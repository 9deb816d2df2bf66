/** The contract passes what a correct store may do, and a store of a host's own keeps it. */
import { runInNewContext } from 'node:vm'
import t from 'tap'
import Fastify from 'fastify'
import loginSessions, { memoryStore, type LoginSessionStore } from '../../plugin/index.js'
import { storeContract } from '../../plugin/store-contract/store-contract.js'
import { ownStore } from './own-store.js'
import { about, failureOf, skipping } from './run.js'

/** Each of them is in the name of a case that needs the part for operators, or that for `watch`. */
const OPTIONAL = ['prepareOverview', 'newest', 'countFound', 'size', 'sample', 'removeFound', 'expiriesOf', 'watchRemovals']

t.test('a field that is undefined is as good as one that is absent', async t => {
  const absent = { userId: undefined, idleTimeout: undefined, formerIp: undefined, newDevice: undefined, adopted: undefined, binding: undefined }
  const answering = (): LoginSessionStore => {
    const store = memoryStore()
    const filled = (record: any): any => record && {
      ...absent,
      ...record,
      confirmation: { at: undefined, lockedUntil: undefined, total: undefined, ...record.confirmation },
      ...(record.binding && { binding: { requiredFrom: undefined, ...record.binding } })
    }
    /** What such a store has answered, it takes as what it expects. */
    const emptied = (binding: any): any => binding && Object.fromEntries(Object.entries(binding).filter(([, value]) => value !== undefined))
    return {
      ...store,
      find: async keys => (await store.find(keys)).map(filled),
      findWithoutData: async key => filled(await store.findWithoutData(key)),
      listByUser: async (...args) => (await store.listByUser(...args)).map(filled),
      page: async (...args) => (await store.page(...args)).map(filled),
      setBinding: async (key, expected, binding) => await store.setBinding!(key, emptied(expected), binding),
      remove: async (...args) => filled(await store.remove(...args)),
      newest: async (...args) => (await store.newest!(...args)).map(filled),
      sample: async count => (await store.sample!(count)).map(filled)
    }
  }
  for (const one of storeContract(answering)) t.equal(await failureOf(one), null, one.name)
})

t.test('a driver may throw or reject if a user id is an object', async t => {
  const strict = (): LoginSessionStore => {
    const store = memoryStore()
    const check = (userId: unknown): void => { if (typeof userId === 'object') throw new TypeError('no text') }
    return {
      ...store,
      listByUser (userId, ...args) { check(userId); return store.listByUser(userId, ...args) },
      async countByUser (userId, ...args) { check(userId); return await store.countByUser(userId, ...args) },
      keysOfUser (userId, ...args) { check(userId); return store.keysOfUser(userId, ...args) },
      remove (key, userId) { check(userId); return store.remove(key, userId) },
      removeMany (keys, userId, ...args) { check(userId); return store.removeMany(keys, userId, ...args) }
    }
  }
  for (const one of storeContract(strict)) t.equal(await failureOf(one), null, one.name)
})

t.test('values of another realm are equal, as Jest gives them to tests', async t => {
  const foreign = runInNewContext('Array') as ArrayConstructor
  const [keys] = about('keysOfUser', () => {
    const store = memoryStore()
    return { ...store, keysOfUser: async (...args) => foreign.from(await store.keysOfUser(...args)) }
  })
  t.equal(await failureOf(keys!), null)

  const [, replaced] = about('setTokens replaces', () => {
    const store = memoryStore()
    return { ...store, setTokens: async (key, expected, ...args) => await store.setTokens(key, foreign.from(expected), ...args) }
  })
  t.equal(await failureOf(replaced!), null)
})

// --- a store of a host's own ---

t.test('a store of a hundred lines keeps the contract', async t => {
  for (const one of storeContract(ownStore)) {
    const context = skipping()
    t.equal(await failureOf(one, context), null, one.name)
    t.equal(context.reasons.length > 0, OPTIONAL.some(name => one.name.includes(name)), one.name)
  }
})

t.test('it is enough for signing in and out, and a mistake with session data says so', async t => {
  const app = Fastify()
  await app.register(loginSessions, { secret: 'x'.repeat(32), store: ownStore() })
  app.post('/in', async request => (await request.startLoginSession('ada')).userId)
  app.get('/', async request => request.loginSession?.userId ?? null)
  app.post('/keep', async request => { Object.assign(request.session, { value: () => {} }); return null })
  app.post('/out', async request => await request.endLoginSession())
  const signIn = await app.inject({ method: 'POST', url: '/in' })
  const headers = { cookie: String(signIn.headers['set-cookie']).split(';')[0]! }
  t.equal((await app.inject({ url: '/', headers })).body, 'ada')
  const { statusCode, ...refused } = await app.inject({ method: 'POST', url: '/keep', headers })
  t.strictSame([statusCode, refused.json().code], [500, 'FST_LOGIN_SESSION_DATA'])
  await app.inject({ method: 'POST', url: '/out', headers })
  t.not((await app.inject({ url: '/', headers })).body, 'ada')
  await app.close()
})
