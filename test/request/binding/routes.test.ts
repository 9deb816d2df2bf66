/**
 * Registration and refresh, call by call, as the specification has them.
 */
import { exportJWK, generateKeyPair, SignJWT } from 'jose'
import t from 'tap'
import { memoryStore } from '../../../plugin/index.js'
import { CHALLENGE_LIFETIME } from '../../../plugin/request/binding/challenges.js'
import { OLD_SECRET, SECRET } from '../../support/app.js'
import { type BoundShop, boundShop } from '../../support/bound.js'
import { browser, COOKIE, type Reply, setCookies } from '../../support/browser-jar.js'
import { createClock, DAY, MINUTE, NOW } from '../../support/clock.js'
import { BOUND_COOKIE, challengeOf, offerIn, proofOf, REFRESH, REGISTER } from '../../support/software-device.js'
import { breakable, holding, onBothStores } from '../../support/stores.js'

type Algorithm = 'ES256' | 'RS256'

const newKeys = async (algorithm: Algorithm = 'ES256') => await generateKeyPair(algorithm, { extractable: true })

/** A session whose browser has the offer. Nothing is registered yet. */
async function offered (shop: BoundShop, user = 'ada') {
  const client = browser(shop.app)
  const reply = await client.post('/login', { user })
  return { client, challenge: offerIn(reply)!.challenge, session: reply.json() }
}

const post = async ({ app }: BoundShop, url: string, headers: Record<string, string>): Promise<Reply> =>
  await app.inject({ method: 'POST', url, headers })

const register = async (shop: BoundShop, proof: string): Promise<Reply> => await post(shop, REGISTER, { 'secure-session-response': proof })

/** A session that is bound to these keys. */
async function bound (shop: BoundShop, algorithm: Algorithm = 'ES256', user = 'ada') {
  const { challenge, client, session } = await offered(shop, user)
  const { privateKey, publicKey } = await newKeys(algorithm)
  const reply = await register(shop, await proofOf(challenge, privateKey, algorithm, await exportJWK(publicKey)))
  const key: string = reply.json().session_identifier
  const sign = async (challenge: string): Promise<string> => await proofOf(challenge, privateKey, algorithm)
  shop.clock.advance(MINUTE)
  return { client, session, reply, key, sign, challenge }
}

const refresh = async (shop: BoundShop, key: string, proof?: string): Promise<Reply> =>
  await post(shop, REFRESH, { 'sec-secure-session-id': key, ...(proof !== undefined && { 'secure-session-response': proof }) })

t.test('a sign-in offers a registration, and no other response does', async t => {
  const shop = await boundShop(t)
  const client = browser(shop.app)
  const reply = await client.post('/login', { user: 'ada' })
  t.match(reply.headers['secure-session-registration'],
    /^\(ES256 RS256\);path="\/device-bound-session\/register";challenge="registration\.[\w-]{30}\.[\da-z]+\.[\w-]{22}\.[\w+/]{43}"$/)
  for (const url of ['/', '/account', '/data']) t.equal(offerIn(await client.get(url)), null, url)
  t.equal(offerIn(await client.post('/confirm', { password: 'correct horse battery staple' })), null)
  t.equal(offerIn(await client.signOut()), null)
})

await onBothStores(t, async (t, makeStore) => {
  for (const algorithm of ['ES256', 'RS256'] as const) {
    t.test(`${algorithm}: registration answers the session instructions and the bound cookie, and a refresh the same`, async t => {
      const shop = await boundShop(t, { store: makeStore() })
      const { reply, key, session, sign } = await bound(shop, algorithm)
      t.equal(reply.statusCode, 200)
      t.match(reply.headers, { 'content-type': 'application/json; charset=utf-8', 'cache-control': 'no-store', 'cross-origin-resource-policy': 'same-origin' })
      const instructions = {
        session_identifier: key,
        refresh_url: 'refresh',
        scope: { include_site: false, scope_specification: [] },
        credentials: [{ type: 'cookie', name: BOUND_COOKIE, attributes: 'Path=/; Secure; HttpOnly; SameSite=Lax' }],
        allowed_refresh_initiators: ['*']
      }
      t.strictSame(reply.json(), instructions)
      t.equal(key.slice(-22), session.id)
      t.match(setCookies(reply), [new RegExp(`^${BOUND_COOKIE}=${key}\\.[\\da-z]+\\.[\\w+/]{43}; Max-Age=585; Path=/; HttpOnly; Secure; SameSite=Lax$`)])
      const asked = await refresh(shop, key)
      t.equal(asked.statusCode, 403)
      t.match(asked.headers['secure-session-challenge'], new RegExp(`;id="${key}"$`))
      t.strictSame(setCookies(asked), [])
      const renewed = await refresh(shop, key, await sign(challengeOf(asked)))
      t.equal(renewed.statusCode, 200)
      t.strictSame(renewed.json(), instructions)
      t.equal(setCookies(renewed).length, 1)
    })
  }

  t.test('a challenge is used once', async t => {
    const shop = await boundShop(t, { store: makeStore() })
    const { key, sign } = await bound(shop)
    const proof = await sign(challengeOf(await refresh(shop, key)))
    t.equal((await refresh(shop, key, proof)).statusCode, 200)
    shop.clock.advance(1)
    const again = await refresh(shop, key, proof)
    t.equal(again.statusCode, 403)
    t.equal((await refresh(shop, key, await sign(challengeOf(again)))).statusCode, 200)
  })

  t.test('a session is bound once', async t => {
    const shop = await boundShop(t, { store: makeStore() })
    const { challenge } = await offered(shop)
    const [first, second] = await Promise.all([newKeys(), newKeys()])
    const proofs = await Promise.all([first, second].map(async ({ privateKey, publicKey }) => await proofOf(challenge, privateKey, 'ES256', await exportJWK(publicKey))))
    const replies = await Promise.all(proofs.map(async proof => await register(shop, proof)))
    t.strictSame(replies.map(({ statusCode }) => statusCode).sort(), [200, 400])
  })

  t.test('a session that has ended is neither bound nor renewed', async t => {
    const shop = await boundShop(t, { store: makeStore() })
    const { challenge, session } = await offered(shop)
    const { privateKey, publicKey } = await newKeys()
    const proof = await proofOf(challenge, privateKey, 'ES256', await exportJWK(publicKey))
    await shop.app.loginSessions.revoke('ada', session.id)
    t.equal((await register(shop, proof)).statusCode, 400)
    const other = await bound(shop)
    const asked = await refresh(shop, other.key)
    await shop.app.loginSessions.revoke('ada', other.session.id)
    t.equal((await refresh(shop, other.key, await other.sign(challengeOf(asked)))).statusCode, 401)
  })
})

t.test('strings come with quotes and parameters, as the specification has them, or bare, as Chromium sends them', async t => {
  const shop = await boundShop(t)
  const { challenge } = await offered(shop)
  const { privateKey, publicKey } = await newKeys()
  const proof = await proofOf(challenge, privateKey, 'ES256', await exportJWK(publicKey))
  const reply = await post(shop, REGISTER, { 'secure-session-response': `"${proof}";x=1` })
  t.equal(reply.statusCode, 200)
  t.equal((await post(shop, REFRESH, { 'sec-secure-session-id': `"${reply.json().session_identifier}"` })).statusCode, 403)
})

t.test('a registration can be answered for two minutes', async t => {
  const shop = await boundShop(t)
  for (const [wait, status] of [[CHALLENGE_LIFETIME - 1, 200], [CHALLENGE_LIFETIME, 400]] as const) {
    const { challenge } = await offered(shop)
    const { privateKey, publicKey } = await newKeys()
    shop.clock.advance(wait)
    t.equal((await register(shop, await proofOf(challenge, privateKey, 'ES256', await exportJWK(publicKey)))).statusCode, status, `after ${wait} ms`)
  }
})

t.test('the bound cookie ends a proof\'s time after its challenge, also if the answer came late', async t => {
  const shop = await boundShop(t)
  const { challenge } = await offered(shop)
  const { privateKey, publicKey } = await newKeys()
  shop.clock.advance(MINUTE)
  t.match(setCookies(await register(shop, await proofOf(challenge, privateKey, 'ES256', await exportJWK(publicKey)))), [/Max-Age=525;/])
})

t.test('a proof that is wrong', async t => {
  const shop = await boundShop(t)
  const { challenge, client } = await offered(shop)
  const keys = await newKeys()
  const others = await newKeys()
  const jwk = await exportJWK(keys.publicKey)
  const signed = (header: object, payload: object = { jti: challenge }, key = keys.privateKey): Promise<string> =>
    new SignJWT({ ...payload }).setProtectedHeader({ alg: 'ES256', typ: 'dbsc+jwt', jwk, ...header }).sign(key)
  const rsa = await exportJWK((await newKeys('RS256')).publicKey)
  const wrong: Array<[string, string]> = [
    ['none', ''],
    ['no token', 'a.b'],
    ['without a challenge', await signed({}, {})],
    ['with a challenge that is not ours', await signed({}, { jti: 'abc' })],
    ['with a challenge for a refresh', await signed({}, { jti: challenge.replace('registration', 'refresh') })],
    ['of another type', await signed({ typ: 'jwt' })],
    ['without a key', await signed({ jwk: undefined })],
    ['with a key that is no object', await signed({ jwk: 'key' as never })],
    ['with a private key', await signed({ jwk: await exportJWK(keys.privateKey) })],
    ['signed by another key', await signed({}, undefined, others.privateKey)],
    ['with a key of another algorithm', await signed({ jwk: rsa })],
    ['with a key that is not on the curve', await signed({ jwk: { ...jwk, x: jwk.y } })],
    ['with a key of another curve', await signed({ jwk: { ...jwk, crv: 'P-384' } })],
    ['with a malformed header', `AAAA.${Buffer.from(JSON.stringify({ jti: challenge })).toString('base64url')}.AAAA`],
    ['with a payload that is no object', `${Buffer.from('{"alg":"ES256"}').toString('base64url')}.WzFd.AAAA`]
  ]
  for (const [what, proof] of wrong) t.equal((await register(shop, proof)).statusCode, 400, what)
  const key = /registration\.([\w-]{30})/.exec(challenge)![1]!
  const ours = challengeOf(await refresh(shop, key))
  t.equal((await register(shop, await signed({}, { jti: ours }))).statusCode, 400, 'with a challenge of ours for a refresh')
  t.equal((await shop.app.loginSessions.list('ada'))[0]!.deviceBound, false)
  t.equal(await client.accountStatus(), 200)
  t.equal((await register(shop, await signed({}))).statusCode, 200, 'and the right one is still taken')
})

t.test('a refresh that is wrong', async t => {
  const shop = await boundShop(t)
  const ada = await bound(shop)
  const bob = await bound(shop, 'ES256', 'bob')
  const unbound = await offered(shop, 'eve')
  const challenge = challengeOf(await refresh(shop, ada.key))
  t.equal((await post(shop, REFRESH, {})).statusCode, 400, 'no identifier')
  t.equal((await refresh(shop, 'x')).statusCode, 400, 'a malformed identifier')
  t.equal((await refresh(shop, ada.key, await ada.sign(ada.challenge))).statusCode, 403, 'the challenge of the registration')
  t.equal((await refresh(shop, ada.key, await ada.sign('x'))).statusCode, 403, 'a challenge that is not ours')
  t.equal((await refresh(shop, ada.key, await ada.sign(challengeOf(await refresh(shop, bob.key))))).statusCode, 403, 'the challenge of another session')
  t.equal((await refresh(shop, ada.key, await bob.sign(challenge))).statusCode, 401, 'the key of another session')
  t.equal((await refresh(shop, ada.key, 'x')).statusCode, 403, 'no proof')
  const key = ada.key.slice(0, 8) + unbound.session.id
  t.equal((await refresh(shop, key, await ada.sign(challengeOf(await refresh(shop, key))))).statusCode, 401, 'a session that does not exist')
  const other = ada.key.slice(0, 8) + (await offered(shop)).session.id
  t.equal((await refresh(shop, other, await ada.sign(challengeOf(await refresh(shop, other))))).statusCode, 401, 'a session that is not bound')
  shop.clock.advance(CHALLENGE_LIFETIME)
  t.equal((await refresh(shop, ada.key, await ada.sign(challenge))).statusCode, 403, 'a challenge that is too old')
  t.equal((await refresh(shop, ada.key, await ada.sign(challengeOf(await refresh(shop, ada.key))))).statusCode, 200, 'and the right one is still taken')
})

t.test('an expired session is not renewed', async t => {
  const shop = await boundShop(t)
  const { key, sign } = await bound(shop)
  shop.clock.advance(DAY)
  t.equal((await refresh(shop, key, await sign(challengeOf(await refresh(shop, key))))).statusCode, 401)
})

t.test('a refresh is no activity', async t => {
  const shop = await boundShop(t)
  const { key, sign, client } = await bound(shop)
  shop.clock.advance(5 * MINUTE)
  const cookie = `${COOKIE}=${client.cookieValue()}`
  const asked = await shop.app.inject({ method: 'POST', url: REFRESH, headers: { cookie, 'sec-secure-session-id': key } })
  const proof = await sign(challengeOf(asked))
  t.equal((await shop.app.inject({ method: 'POST', url: REFRESH, headers: { cookie, 'sec-secure-session-id': key, 'secure-session-response': proof } })).statusCode, 200)
  await shop.app.loginSessions.settled()
  t.strictSame((await shop.app.loginSessions.list('ada'))[0]!.lastActiveAt, NOW)
})

t.test('a store that is away answers 503, so that the browser tries again', async t => {
  const store = breakable(memoryStore())
  const shop = await boundShop(t, { store })
  const { key, sign } = await bound(shop)
  const proof = await sign(challengeOf(await refresh(shop, key)))
  const { challenge } = await offered(shop)
  const { privateKey, publicKey } = await newKeys()
  const registration = await proofOf(challenge, privateKey, 'ES256', await exportJWK(publicKey))
  for (const method of ['find', 'setBinding'] as const) {
    store.fail(method)
    for (const reply of [await refresh(shop, key, proof), await register(shop, registration)]) {
      t.equal(reply.statusCode, 503, method)
      t.equal(reply.headers['retry-after'], '2')
      t.match(reply.json(), { code: 'FST_LOGIN_SESSION_STORE_UNAVAILABLE' })
    }
  }
  store.recover()
  t.equal((await refresh(shop, key, proof)).statusCode, 200)
  t.equal((await register(shop, registration)).statusCode, 200)
})

t.test('an error that is not ours goes to the error handler', async t => {
  let isBroken = false
  const clock = createClock()
  const shop = { ...await boundShop(t, { now () { if (isBroken) throw new Error('the clock is broken'); return clock.now() } }), clock }
  const { key, sign } = await bound(shop)
  const proof = await sign(challengeOf(await refresh(shop, key)))
  isBroken = true
  const reply = await refresh(shop, key, proof)
  t.equal(reply.statusCode, 500)
  t.match(reply.json(), { message: 'the clock is broken' })
})

t.test('a browser that has signed in anew forgets its former binding', async t => {
  const shop = await boundShop(t)
  const former = await bound(shop)
  const asked = await refresh(shop, former.key)
  const { client } = await offered(shop)
  const headers = { cookie: `${COOKIE}=${client.cookieValue()}`, 'sec-secure-session-id': former.key }
  t.equal((await post(shop, REFRESH, headers)).statusCode, 401)
  t.equal((await post(shop, REFRESH, { ...headers, 'secure-session-response': await former.sign(challengeOf(asked)) })).statusCode, 401)
  const own = { ...headers, cookie: `${COOKIE}=${former.client.cookieValue()}` }
  t.equal((await post(shop, REFRESH, own)).statusCode, 403, 'with its own cookie it goes on')
})

t.test('a proof without a challenge of ours costs no read', async t => {
  const store = memoryStore()
  let reads = 0
  const shop = await boundShop(t, { store: { ...store, find: async keys => { reads++; return await store.find(keys) } } })
  const { key, sign } = await bound(shop)
  const before = reads
  for (const proof of [undefined, 'x', await sign('x'), await sign(key)]) t.equal((await refresh(shop, key, proof)).statusCode, 403)
  t.equal(reads, before)
  t.equal((await refresh(shop, key, await sign(challengeOf(await refresh(shop, key))))).statusCode, 200)
  t.equal(reads, before + 1)
})

t.test('a binding that changes all the time: the proof is taken when it stands still', async t => {
  const inner = memoryStore()
  let others = 3
  const store = {
    ...inner,
    setBinding: async (...[key, expected, binding]: Parameters<NonNullable<typeof inner.setBinding>>) => {
      if (expected !== undefined && others-- > 0) return false
      return await inner.setBinding!(key, expected, binding)
    }
  }
  const shop = await boundShop(t, { store })
  const { key, sign } = await bound(shop)
  const proof = await sign(challengeOf(await refresh(shop, key)))
  t.equal((await refresh(shop, key, proof)).statusCode, 200)
  others = Infinity
  shop.clock.advance(1)
  const asked = await refresh(shop, key, await sign(challengeOf(await refresh(shop, key))))
  t.equal(asked.statusCode, 403, 'otherwise the browser is asked again')
})

t.test('a session that is revoked while its proof is taken stays revoked', async t => {
  const { store, arrived, letGo } = holding(memoryStore(), 'setBinding')
  const shop = await boundShop(t, { store })
  const { challenge, session, client } = await offered(shop)
  const { privateKey, publicKey } = await newKeys()
  const registering = register(shop, await proofOf(challenge, privateKey, 'ES256', await exportJWK(publicKey)))
  await arrived
  await shop.app.loginSessions.revoke('ada', session.id)
  await letGo()
  t.equal((await registering).statusCode, 400)
  t.equal(await client.accountStatus(), 401)
  t.strictSame(await shop.app.loginSessions.list('ada'), [])
})

t.test('a change of secrets: what the former one signed is still taken, and after it has left, the browser proves itself anew', async t => {
  const store = memoryStore()
  const before = await boundShop(t, { store, secret: OLD_SECRET })
  const { key, sign, client, reply } = await bound(before)
  const [cookie] = setCookies(reply)[0]!.split(';')
  const both = { ...await boundShop(t, { store, secret: [SECRET, OLD_SECRET], now: before.clock.now }), clock: before.clock }
  const challenge = challengeOf(await refresh(before, key))
  t.equal((await refresh(both, key, await sign(challenge))).statusCode, 200)
  t.equal((await both.app.inject({ url: '/account', headers: { cookie: `${COOKIE}=${client.cookieValue()}; ${cookie}` } })).statusCode, 200)
  before.clock.advance(1)
  const after = { ...await boundShop(t, { store, secret: SECRET, now: before.clock.now }), clock: before.clock }
  t.equal((await refresh(after, key, await sign(challengeOf(await refresh(after, key))))).statusCode, 200)
})
