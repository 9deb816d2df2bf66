import t from 'tap'
import { KEY_LENGTH, keyOf } from '../../plugin/sessions/key.js'
import { mongoStore } from '../../plugin/index.js'
import { createShop, PASSWORD, SECRET } from '../support/app.js'
import { browser, type Reply, setCookies } from '../support/browser-jar.js'
import { createClock, MINUTE } from '../support/clock.js'
import { database } from '../support/mongo.js'
import { breakable } from '../support/stores.js'

const { collection } = await database(t)

t.test('the token is in Set-Cookie and nowhere else: no log line, no document, no JSON, no header', async t => {
  const clock = createClock()
  const logs: string[] = []
  const sessions = collection()
  const store = breakable(mongoStore(sessions))
  const app = await createShop(t, {
    store,
    now: clock.now,
    logs,
    routes: app => {
      // What a careless host does.
      app.get('/session', async request => {
        request.log.info({ session: request.session, login: request.loginSession }, 'a visitor')
        return { session: request.session, login: request.loginSession, again: { ...request.session } }
      })
      app.get('/reloaded', async request => {
        await request.session.reload()
        request.log.info({ session: request.session }, 'reloaded')
        return { session: request.session, again: { ...request.session } }
      })
    }
  })
  const laptop = browser(app)
  const tokens = new Set<string>()
  const bodies: string[] = []
  const documents: string[] = []
  async function visit (reply: Promise<Reply>): Promise<void> {
    const { body, headers, statusMessage } = await reply
    const { 'set-cookie': _cookie, ...others } = headers
    bodies.push(body, statusMessage, JSON.stringify(others))
    documents.push(JSON.stringify(await sessions.find().toArray()))
    const value = laptop.cookieValue()
    if (value) tokens.add(decodeURIComponent(value).split('.')[0]!)
  }

  await visit(laptop.post('/data', { cart: ['book'] }))
  await visit(laptop.get('/session'))
  await visit(laptop.post('/login', { user: 'ada', remember: true }))
  await visit(laptop.get('/account'))
  await visit(laptop.get('/session'))
  await visit(laptop.get('/reloaded'))
  await visit(laptop.post('/confirm', { password: 'wrong' }))
  await visit(laptop.post('/confirm', { password: PASSWORD }))
  await visit(laptop.post('/login', { user: 7 }))
  clock.advance(MINUTE)
  await visit(laptop.get('/session'))
  store.fail('updateData')
  await visit(laptop.post('/data', { cart: [] }))
  store.fail('find')
  await visit(laptop.get('/account'))
  store.fail('remove')
  await visit(laptop.signOut())
  store.recover()
  bodies.push(JSON.stringify(await app.loginSessions.list('ada')))
  await visit(laptop.signOut())

  t.equal(tokens.size, 3, 'anonymous, signed in, confirmed')
  t.ok(logs.length > 20)
  t.match(documents.join(''), /"userId":"ada"/)
  for (const token of tokens) {
    t.match(token, /^[\w-]{73}$/)
    const secret = token.slice(KEY_LENGTH)
    t.notOk(bodies.join('').includes(secret), 'no answer')
    t.notOk(documents.join('').includes(secret), 'no document')
    t.notOk(logs.join('').includes(secret), 'no log line')
  }
  for (const secret of [SECRET, PASSWORD]) t.notOk([...bodies, ...documents, ...logs].join('').includes(secret))
})

t.test('the hashes of tokens are in no answer and no log line either', async t => {
  const logs: string[] = []
  const sessions = collection()
  const app = await createShop(t, {
    store: mongoStore(sessions),
    logs,
    routes: app => app.get('/session', async request => {
      request.log.info({ session: request.session, login: request.loginSession })
      return { session: request.session, login: request.loginSession }
    })
  })
  const laptop = browser(app)
  await laptop.signIn('ada')
  const [{ tokens: [{ hash }] }] = await sessions.find().toArray() as any
  const answers = [(await laptop.get('/session')).body, (await laptop.get('/account')).body, JSON.stringify(await app.loginSessions.list('ada')), logs.join('')]
  for (const answer of answers) t.notOk(answer.includes(hash))
})

t.test('a document holds the fields of the design and no others', async t => {
  const sessions = collection()
  const app = await createShop(t, { store: mongoStore(sessions) })
  const laptop = browser(app)
  await laptop.signIn('ada')
  await laptop.post('/confirm', { password: PASSWORD })
  await laptop.post('/data', { cart: ['book'] })
  await app.close()
  const document = await sessions.findOne()
  t.strictSame(Object.keys(document).sort(), [
    '_id', 'confirmation', 'createdAt', 'data', 'device', 'endsAt', 'expiresAt', 'ip', 'lastActiveAt', 'remember', 'tokens', 'userAgent', 'userId'
  ])
  t.strictSame(document.data, { cart: ['book'] })
  t.strictSame(document.tokens.map(Object.keys), [['hash', 'generation'], ['hash', 'generation', 'until']])
})

t.test('the cookie is the record\'s key, a random secret and their signature: it does not tell who the user is', async t => {
  const app = await createShop(t)
  const values = new Set<string>()
  for (let i = 0; i < 20; i++) {
    const laptop = browser(app)
    const reply = await laptop.post('/login', { user: 'ada' })
    const value = decodeURIComponent(laptop.cookieValue()!)
    t.match(value, /^[\w-]{73}\.[\w+/]{43}$/)
    t.equal(value.slice(0, KEY_LENGTH), keyOf('ada', reply.json().id))
    t.ok(setCookies(reply)[0]!.length < 4096)
    values.add(value.slice(KEY_LENGTH))
  }
  t.equal(values.size, 20)
})
