import t from 'tap'
import { exportJWK } from 'jose'
import { KEY_LENGTH, keyOf } from '../../plugin/sessions/key.js'
import { mongoStore, requireDeviceBinding } from '../../plugin/index.js'
import { createShop, PASSWORD, SECRET } from '../support/app.js'
import { browser, type Reply, setCookies } from '../support/browser-jar.js'
import { createClock, MINUTE, SECOND } from '../support/clock.js'
import { database } from '../support/mongo.js'
import { rawDevice } from '../support/raw-device.js'
import { challengeOf, proofOf, REFRESH } from '../support/software-device.js'
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

t.test('what proves a device is in its own headers and cookies, and nowhere else: no log line, no document, no body, no other header', async t => {
  const [clock, logs, sessions, texts] = [createClock(), [] as string[], collection(), [] as string[]]
  const store = breakable(mongoStore(sessions))
  const app = await createShop(t, {
    store,
    deviceBound: true,
    now: clock.now,
    logs,
    routes: app => {
      // What a careless host does.
      app.get('/cookies', async request => {
        request.log.info({ cookies: request.cookies, session: request.session, login: request.loginSession }, 'a visitor')
        return { cookies: request.cookies, login: request.loginSession }
      })
      app.post('/transfer', { onRequest: requireDeviceBinding() }, async request => ({ cookies: request.cookies }))
    }
  })
  const secrets = new Set<string>()

  async function visit (sent: Promise<Reply>): Promise<Reply> {
    const reply = await sent
    const { 'set-cookie': cookies = [], 'secure-session-registration': offer, 'secure-session-challenge': challenge, ...others } = reply.headers
    for (const line of [cookies].flat()) secrets.add(/^[^=]+-(?:bound|demand)=([^;]*)/.exec(line)?.[1] ?? '')
    for (const header of [offer, challenge]) secrets.add(/(?:challenge=|^)"([^"]+)"/.exec(String(header))?.[1] ?? '')
    texts.push(reply.body, reply.statusMessage, JSON.stringify(others))
    documents.push(JSON.stringify(await sessions.find().toArray()))
    await app.loginSessions.settled()
    clock.advance(SECOND)
    return reply
  }

  /** Signs this challenge; the proof is a secret, too. */
  async function proof (challenge: string, jwk?: object): Promise<string> {
    const signed = await proofOf(challenge, laptop.privateKey, 'ES256', jwk)
    secrets.add(signed).add(signed.slice(signed.lastIndexOf('.') + 1))
    return signed
  }

  const documents: string[] = []
  const laptop = await rawDevice(app)
  secrets.add(laptop.challenge)
  const { d: ofKey } = await exportJWK(laptop.privateKey)
  const refresh = async (challenge: string): Promise<Reply> =>
    await visit(laptop.send('POST', REFRESH, { 'sec-secure-session-id': laptop.key, 'secure-session-response': await proof(challenge) }))
  t.equal((await visit(laptop.register(await proof(laptop.challenge, laptop.publicKey)))).statusCode, 200)
  await visit(laptop.register(await proof(laptop.challenge, await exportJWK(laptop.privateKey))))
  await visit(laptop.send('GET', '/cookies'))
  await visit(laptop.send('GET', '/account'))
  clock.advance(MINUTE)
  t.equal((await visit(laptop.send('POST', '/transfer'))).statusCode, 307)
  await visit(laptop.send('GET', '/cookies'))
  const challenged = await visit(laptop.send('POST', REFRESH, { 'sec-secure-session-id': laptop.key }))
  t.equal((await refresh(challengeOf(challenged))).statusCode, 200)
  t.equal((await refresh(challengeOf(challenged))).statusCode, 403)
  t.equal((await visit(laptop.send('POST', '/transfer'))).statusCode, 200)
  t.equal((await refresh(laptop.challenge)).statusCode, 403)
  store.fail()
  t.equal((await refresh(challengeOf(challenged))).statusCode, 503)
  await visit(laptop.send('GET', '/account'))
  store.recover()
  clock.advance(10 * MINUTE)
  t.equal((await visit(laptop.send('GET', '/account'))).statusCode, 401)
  await visit(laptop.send('GET', '/cookies', { 'secure-session-skipped': 'unreachable' }))
  texts.push(JSON.stringify(await app.loginSessions.list('ada')))
  await visit(laptop.send('POST', '/logout'))

  secrets.delete('')
  secrets.add(ofKey!)
  t.ok(secrets.size > 15, `${secrets.size} secrets`)
  t.match(documents.join(''), new RegExp(laptop.publicKey.x!), 'the public key is stored')
  for (const secret of secrets) {
    t.notOk(texts.join('').includes(secret), 'no answer')
    t.notOk(documents.join('').includes(secret), 'no document')
    t.notOk(logs.join('').includes(secret), 'no log line')
  }
  t.notOk([...texts, ...logs].join('').includes(laptop.publicKey.x!), 'the public key is shown to nobody')
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
