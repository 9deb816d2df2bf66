/**
 * A browser may send several cookies of our name: after a change of `cookie.domain`, when a sibling site sets one, and when
 * another app on the same host name uses the name, too.
 */
import { Signer } from '@fastify/cookie'
import type { FastifyInstance } from 'fastify'
import t, { type Test } from 'tap'
import { CookieJar } from 'tough-cookie'
import { type LoginSession, type LoginSessionStore, memoryStore, type SessionEndReason } from '../../plugin/index.js'
import { createShop } from '../support/app.js'
import { browser, COOKIE, type JarBrowser, type Reply, setCookies } from '../support/browser-jar.js'
import { randomId } from '../support/records.js'
import { aroundCalls } from '../support/stores.js'
import { VariantJar } from '../support/variant-jar.js'

const NAME = 'login-session'
const DOMAIN = 'shop.example'
const HOST_ONLY = { name: NAME }
const WITH_DOMAIN = { name: NAME, domain: DOMAIN }
/** The domain's own host, and one below it. */
const HOSTS = [DOMAIN, `www.${DOMAIN}`]

/** Counts what a request asks of its store. */
function counting (store: LoginSessionStore) {
  const calls: string[] = []
  const lookups: Array<readonly string[]> = []
  const counted = aroundCalls(store, async (method, call) => {
    calls.push(method)
    return await call()
  })
  const { find } = counted
  const withLookups: LoginSessionStore = { ...counted, find: async ids => { lookups.push(ids); return await find(ids) } }
  const forget = (): void => { calls.length = lookups.length = 0 }
  return { calls, lookups, forget, store: withLookups }
}

/** Both shops, before and after `cookie.domain` was changed, and a browser that has one cookie jar for both. */
async function changeOfDomain (t: Test, host: string, from: typeof HOST_ONLY, to: typeof HOST_ONLY) {
  const store = memoryStore()
  const ended: Array<[user: string | undefined, SessionEndReason]> = []
  const onSessionEnd = ({ userId }: LoginSession, reason: SessionEndReason): void => { ended.push([userId, reason]) }
  const [before, after] = [await createShop(t, { store, cookie: from }), await createShop(t, { store, cookie: to, onSessionEnd })]
  const jar = new VariantJar()
  await browser(before, { cookie: NAME, host }, jar).signIn('ada')
  const sent = (): string[] => jar.getCookiesSync(`https://${host}`).filter(({ key }) => key === NAME).map(({ value }) => value)
  return { before, after, jar, chrome: browser(after, { cookie: NAME, host }, jar), ended, sent }
}

const CHANGES = HOSTS.flatMap(host => [
  { host, what: `on ${host}, cookie.domain is set`, from: HOST_ONLY, to: WITH_DOMAIN },
  { host, what: `on ${host}, cookie.domain is no longer set`, from: WITH_DOMAIN, to: HOST_ONLY }
])

for (const { host, what, from, to } of CHANGES) {
  t.test(`${what}: who was signed in stays so`, async t => {
    const { chrome } = await changeOfDomain(t, host, from, to)
    t.equal(await chrome.user(), 'ada')
    t.equal(await chrome.accountStatus(), 200)
    t.strictSame(setCookies(await chrome.get('/')), [])
  })

  t.test(`${what}: signing out leaves no cookie and no session`, async t => {
    const { after, chrome, ended, sent } = await changeOfDomain(t, host, from, to)
    t.equal((await chrome.signOut()).statusCode, 200)
    t.strictSame(sent(), [])
    t.strictSame(ended, [['ada', 'signed-out']])
    t.strictSame(await after.loginSessions.list('ada'), [])
    t.equal(await chrome.user(), null)
  })

  t.test(`${what}: signing in again works, and leaves one cookie`, async t => {
    const { after, chrome, ended, sent } = await changeOfDomain(t, host, from, to)
    await chrome.signIn('bob')
    t.equal(await chrome.user(), 'bob')
    t.equal(sent().length, 1)
    t.strictSame(ended, [['ada', 'replaced']])
    t.strictSame(await after.loginSessions.list('ada'), [])
  })

  t.test(`${what}: signing in works where the old session is long over`, async t => {
    const { after, chrome, sent } = await changeOfDomain(t, host, from, to)
    await after.loginSessions.revokeAll('ada')
    await chrome.signIn('bob')
    t.equal(await chrome.user(), 'bob')
    t.equal(await chrome.user(), 'bob', 'and stays so')
    t.equal(sent().length, 1)
  })

  t.test(`${what}: a confirmation gives a new token that counts`, async t => {
    const { chrome } = await changeOfDomain(t, host, from, to)
    t.equal((await chrome.post('/confirm', { password: 'correct horse battery staple' })).statusCode, 200)
    for (let i = 0; i < 3; i++) t.equal(await chrome.user(), 'ada')
    await chrome.signOut()
    t.equal(await chrome.user(), null)
  })

  t.test(`${what}: two sessions, one of each; the first counts, and signing out ends both`, async t => {
    const { after, jar, chrome, ended, sent } = await changeOfDomain(t, host, from, to)
    const elsewhere = browser(after, { cookie: NAME, host }, new VariantJar())
    await elsewhere.signIn('bob')
    jar.setCookieSync(`${NAME}=${elsewhere.cookieValue()}; Path=/; Secure; HttpOnly${'domain' in to ? `; Domain=${DOMAIN}` : ''}`, `https://${host}`)
    t.equal(sent().length, 2)
    t.equal(await chrome.user(), 'ada', 'the older cookie is sent first')
    await chrome.signOut()
    t.strictSame(sent(), [])
    t.strictSame(ended.sort(), [['ada', 'signed-out'], ['bob', 'signed-out']])
    for (const user of ['ada', 'bob']) t.strictSame(await after.loginSessions.list(user), [])
    t.equal(await chrome.user(), null)
  })
}

t.test('a sibling site sets a cookie of our name, before and after ours', async t => {
  const app = await createShop(t, { cookie: HOST_ONLY })
  for (const first of [true, false]) {
    const jar = new VariantJar()
    const chrome = browser(app, { cookie: NAME }, jar)
    const plant = (): unknown => jar.setCookieSync(`${NAME}=planted.by-a-sibling; Domain=${DOMAIN}; Path=/; Secure`, `https://blog.${DOMAIN}`)
    if (first) plant()
    await chrome.signIn('ada')
    if (!first) plant()
    t.equal(await chrome.user(), 'ada')
    t.equal(await chrome.accountStatus(), 200)
    await chrome.signOut()
    t.equal(await chrome.user(), null)
    await chrome.signIn('bob')
    t.equal(await chrome.user(), 'bob')
  }
})

/** Each of these in the Cookie header, in this order. */
async function ask (app: FastifyInstance, values: string[], url = '/', method: 'GET' | 'POST' = 'GET', payload = {}): Promise<Reply> {
  return await app.inject({ method, url, headers: { cookie: values.map(value => `${COOKIE}=${value}`).join('; '), ...HTTPS }, ...(method === 'POST' && { payload }) })
}
const HTTPS = { host: DOMAIN, 'x-forwarded-proto': 'https' }
const userFor = async (app: FastifyInstance, values: string[]): Promise<string | null> => (await ask(app, values)).json().user

/** Values of cookies: of a live session, of one that has ended, and one that we never signed. */
async function values (app: FastifyInstance) {
  const live = async (user: string): Promise<string> => {
    const chrome = browser(app)
    await chrome.signIn(user)
    return chrome.cookieValue()!
  }
  const dead = async (): Promise<string> => {
    const chrome = browser(app)
    const { id, userId } = await chrome.signIn('eve')
    await app.loginSessions.revoke(userId, id)
    return chrome.cookieValue()!
  }
  return { live, dead, forged: encodeURIComponent(new Signer('a secret that nobody here has ever had').sign(randomId())) }
}

t.test('the first live one counts, whatever stands before it, and nothing is set or cleared', async t => {
  const app = await createShop(t)
  const { live, dead, forged } = await values(app)
  const [ada, bob, gone] = [await live('ada'), await live('bob'), await dead()]
  const ORDERS: Array<[string, string[], string | null]> = [
    ['forged before live', [forged, ada], 'ada'],
    ['live before forged', [ada, forged], 'ada'],
    ['dead before live', [gone, ada], 'ada'],
    ['live before dead', [ada, gone], 'ada'],
    ['two live', [ada, bob], 'ada'],
    ['two live, the other way round', [bob, ada], 'bob'],
    ['the same twice', [ada, ada], 'ada'],
    ['nothing before live', ['', ada], 'ada'],
    ['all at once', [forged, '', gone, bob, ada], 'bob']
  ]
  for (const [what, sent, user] of ORDERS) {
    const reply = await ask(app, sent)
    t.equal(reply.json().user, user, what)
    t.strictSame(setCookies(reply), [], what)
    t.equal((await ask(app, sent, '/account')).json().userId, user)
  }
})

t.test('one lookup of five at most, however many are sent', async t => {
  const { calls, lookups, forget, store } = counting(memoryStore())
  const app = await createShop(t, { store })
  const { live, dead, forged } = await values(app)
  const ada = await live('ada')
  const gone = await Promise.all(Array.from({ length: 6 }, dead))

  const COUNTS: Array<[string, string[], string | null, number]> = [
    ['one', [ada], 'ada', 1],
    ['two', [gone[0]!, ada], 'ada', 2],
    ['four that are over and a live one', [...gone.slice(0, 4), ada], 'ada', 5],
    ['five that are over and a live one', [...gone.slice(0, 5), ada], null, 5],
    ['the same ten times', Array<string>(10).fill(ada), 'ada', 1],
    ['twenty that we did not sign and a live one', [...Array.from({ length: 20 }, (_, i) => `${i}${forged}`), ada], 'ada', 1]
  ]
  for (const [what, sent, user, lookedUp] of COUNTS) {
    forget()
    t.equal(await userFor(app, sent), user, what)
    t.strictSame(calls, ['find'], what)
    t.equal(lookups.length, 1)
    t.ok(new Set(lookups[0]).size <= lookedUp, `${what}: ${new Set(lookups[0]).size} looked up`)
  }

  t.strictSame(setCookies(await ask(app, [...gone.slice(0, 5), ada], '/')), [], 'nothing is cleared where a live one may be left')
  t.not(setCookies(await ask(app, gone.slice(0, 4), '/')).length, 0)

  forget()
  t.equal(await userFor(app, [forged, forged]), null)
  t.strictSame(calls, [], 'what we did not sign is not looked up')
})

t.test('signing out ends all live ones, once each, and clears the cookie', async t => {
  const ended: Array<[string | undefined, SessionEndReason]> = []
  const app = await createShop(t, { onSessionEnd: ({ userId }, reason) => { ended.push([userId, reason]) } })
  const { live, dead, forged } = await values(app)
  const [ada, bob, gone] = [await live('ada'), await live('bob'), await dead()]
  ended.length = 0
  const reply = await ask(app, [forged, gone, ada, bob, ada], '/logout', 'POST')
  t.equal(reply.statusCode, 200)
  t.strictSame(ended.sort(), [['ada', 'signed-out'], ['bob', 'signed-out']])
  t.match(setCookies(reply).at(-1), new RegExp(`^${COOKIE}=;`))
  for (const value of [ada, bob]) t.equal(await userFor(app, [value]), null)
})

t.test('signing in ends all live ones, once each', async t => {
  const ended: Array<[string | undefined, SessionEndReason]> = []
  const app = await createShop(t, { onSessionEnd: ({ userId }, reason) => { ended.push([userId, reason]) } })
  const { live, dead, forged } = await values(app)
  const [ada, bob, gone] = [await live('ada'), await live('bob'), await dead()]
  ended.length = 0
  const reply = await ask(app, [forged, gone, ada, bob], '/login', 'POST', { user: 'carol' })
  t.equal(reply.statusCode, 200)
  t.strictSame(ended.sort(), [['ada', 'replaced'], ['bob', 'replaced']])
  t.match(setCookies(reply).at(-1), new RegExp(`^${COOKIE}=[^;]{100}`), 'the new cookie comes last')
  for (const value of [ada, bob]) t.equal(await userFor(app, [value]), null)
  t.equal((await app.loginSessions.list('carol')).length, 1)
})

t.test('a cookie with the prefix __Host- has no variant: it is never set or cleared with a domain', async t => {
  const app = await createShop(t)
  const { live, dead } = await values(app)
  const replies = [
    await ask(app, [await live('ada'), await live('bob')], '/login', 'POST', { user: 'carol' }),
    await ask(app, [await live('ada'), await live('bob')], '/logout', 'POST'),
    await ask(app, [await dead()])
  ]
  for (const line of replies.flatMap(setCookies)) {
    t.notMatch(line, /domain=/i)
    t.match(line, /; Secure/)
    t.match(line, /; Path=\//)
  }
})

t.test('while the store is away none of several cookies is cleared, and nobody knows who it is', async t => {
  const store = memoryStore()
  let away = false
  const app = await createShop(t, {
    store: aroundCalls(store, async (_method, call) => {
      if (away) throw new Error('connection refused')
      return await call()
    })
  })
  const { live, dead } = await values(app)
  const sent = [await dead(), await live('ada')]
  away = true
  const reply = await ask(app, sent, '/account')
  t.equal(reply.statusCode, 503)
  t.strictSame(setCookies(reply), [])
  away = false
  t.equal(await userFor(app, sent), 'ada')
})

// --- cookies that are not ours ---

/** Two apps on one host name, each with its own secret and store, and one cookie name: browsers ignore ports and most paths. */
async function neighbours (t: Test): Promise<[JarBrowser, JarBrowser, FastifyInstance, FastifyInstance]> {
  const [one, other] = [await createShop(t), await createShop(t, { secret: 'a secret of the other app on this host' })]
  const jar = new CookieJar(undefined, { prefixSecurity: 'strict', rejectPublicSuffixes: false })
  return [browser(one, {}, jar), browser(other, {}, jar), one, other]
}

t.test('an app clears no cookie of its neighbour', async t => {
  const [atOne, atOther, one, other] = await neighbours(t)
  await atOne.signIn('ada')
  const replies = [
    await atOther.get('/'), await atOther.get('/account'), await atOther.get('/data'), await atOther.get('/nowhere'),
    await atOther.signOut(), await atOther.post('/confirm', { password: 'x' })
  ]
  t.strictSame(replies.map(({ statusCode }) => statusCode), [200, 401, 200, 404, 200, 401])
  t.strictSame(replies.flatMap(setCookies), [])
  t.equal(await atOne.user(), 'ada')
  t.equal((await one.loginSessions.list('ada')).length, 1)

  await atOther.signIn('bob')
  t.equal(await atOther.user(), 'bob')
  t.equal(await atOne.user(), null, 'there is one cookie')
  t.strictSame(setCookies(await atOne.get('/')), [])
  t.equal(await atOther.user(), 'bob', 'which is the other app\'s now')
  t.equal((await other.loginSessions.list('bob')).length, 1)
})

t.test('a cookie of ours counts beside one of a neighbour\'s, in any order', async t => {
  const [atOne, atOther, one, other] = await neighbours(t)
  await atOne.signIn('ada')
  const ada = atOne.cookieValue()!
  await atOther.signIn('bob')
  const bob = atOther.cookieValue()!
  for (const sent of [[ada, bob], [bob, ada]]) {
    t.equal(await userFor(one, sent), 'ada')
    t.equal(await userFor(other, sent), 'bob')
  }
})

t.test('a host name that no cookie can have as its domain does not stand in the way of signing in and out', async t => {
  const app = await createShop(t, { cookie: HOST_ONLY })
  for (const host of ['my_app.test', 'shop.example.', 'a..b', '[::1]', 'x'.repeat(70) + '.example']) {
    const first = (await app.inject({ method: 'POST', url: '/login', payload: { user: 'ada' }, headers: { host } })) as unknown as Reply
    const cookie = (reply: Reply): string => setCookies(reply).at(-1)!.split(';')[0]!
    const again = (await app.inject({ method: 'POST', url: '/login', payload: { user: 'ada' }, headers: { host, cookie: cookie(first) } })) as unknown as Reply
    t.equal(again.statusCode, 200, host)
    const out = await app.inject({ method: 'POST', url: '/logout', headers: { host, cookie: cookie(again) } })
    t.equal(out.statusCode, 200, host)
    t.strictSame(await app.loginSessions.list('ada'), [])
  }
})

t.test('another app\'s cookie of this name, for the whole site, stays when somebody signs out here', async t => {
  const app = await createShop(t, { cookie: HOST_ONLY })
  const headers = { host: `www.${DOMAIN}` }
  const signedIn = (await app.inject({ method: 'POST', url: '/login', payload: { user: 'ada' }, headers })) as unknown as Reply
  const own = setCookies(signedIn).at(-1)!.split(';')[0]!
  const signOut = async (cookie: string) => setCookies((await app.inject({ method: 'POST', url: '/logout', headers: { ...headers, cookie } })) as unknown as Reply)
  const beside = await signOut(`${own}; ${NAME}=of-another-app`)
  t.equal(beside.length, 2)
  t.notMatch(beside.join('\n'), /Domain=/)
  t.match((await signOut(own)).join('\n'), new RegExp(`Domain=${DOMAIN}`), 'if it is ours alone, that for the whole site goes, too')
})

t.test('an address has no parent domains: only this host\'s cookie is cleared', async t => {
  const app = await createShop(t, { cookie: HOST_ONLY })
  for (const host of ['127.0.0.1', '[::1]:3000']) {
    const signedIn = (await app.inject({ method: 'POST', url: '/login', payload: { user: 'ada' }, headers: { host } })) as unknown as Reply
    const cookie = setCookies(signedIn).at(-1)!.split(';')[0]!
    const lines = setCookies((await app.inject({ method: 'POST', url: '/logout', headers: { host, cookie } })) as unknown as Reply)
    t.notMatch(lines.join('\n'), /Domain=/, host)
    t.match(lines.at(-1), /Max-Age=0/)
  }
})
