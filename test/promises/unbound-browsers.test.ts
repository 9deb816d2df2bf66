/**
 * For a browser without device-bound sessions nothing changes when the host turns them on: the same journey on a server with
 * `deviceBound` and on one without it, byte for byte.
 */
import type { FastifyInstance } from 'fastify'
import t, { type Test } from 'tap'
import { memoryStore, requireLoginSession } from '../../plugin/index.js'
import { OLD_SECRET, PASSWORD, SECRET } from '../support/app.js'
import { browser, type JarBrowser, type Reply } from '../support/browser-jar.js'
import { createClock, DAY, HOUR, MINUTE, SECOND } from '../support/clock.js'
import { observed } from '../support/observed-store.js'
import { API, createShopWithPages, formOf, HTMX, PAGE, submit } from '../support/page.js'
import { aroundCalls, breakable } from '../support/stores.js'

const OFFER = 'secure-session-registration'

/** What a server and its store did for a request. */
interface Step {
  what: string
  /** Status, all other headers in their order, and body. Only the date is not compared. */
  answer: string
  /** Does the answer offer to bind the session? */
  isOffered: boolean
  /** The methods of the store that were called. */
  calls: string[]
  records: string
}

/** Random parts, which have capitals or digits, become their number and length, in the order in which a server first showed them. */
function createMask () {
  const numbers = new Map<string, number>()
  return (text: string): string => text.replace(/(?=[a-z_+/-]*[A-Z\d])[\w+/-]{22,}/g, random => {
    const number = numbers.get(random) ?? numbers.size
    numbers.set(random, number)
    return `<${number}: ${random.length}>`
  })
}

/** Everything that people do, with browsers that ignore the offer. */
async function journey (t: Test, deviceBound: boolean): Promise<Step[]> {
  const [clock, mask, steps, stored] = [createClock(), createMask(), [] as Step[], observed(memoryStore())]
  let calls: string[] = []
  const store = breakable(aroundCalls(stored, async (method, call) => { calls.push(method); return await call() }))
  const options = { store, deviceBound, now: clock.now, onSessionStart () {}, onSessionEnd () {}, maxSessionsPerUser: 3, touchEvery: MINUTE, routes }
  const before = await createShopWithPages(t, { ...options, secret: OLD_SECRET })
  const app = await createShopWithPages(t, { ...options, secret: [SECRET, OLD_SECRET] })
  const [laptop, phone, desk, old] = [browser(app), browser(app, { userAgent: 'curl/8' }), browser(app, { ip: '203.0.113.9' }), browser(before)]

  async function step (what: string, request: Promise<Reply>): Promise<Reply> {
    const reply = await request
    // Of two sessions of the same moment, the random id would decide which one is listed first, and which one has to go.
    clock.advance(SECOND)
    await app.loginSessions.settled()
    const { [OFFER]: offer, date: _now, ...headers } = reply.headers
    const answer = mask(JSON.stringify([reply.statusCode, reply.statusMessage, Object.entries(headers), reply.rawPayload.toString('latin1')]))
    steps.push({ what, answer, isOffered: offer !== undefined, calls, records: mask(await stored.everything()) })
    calls = []
    return reply
  }

  const answerForm = async (what: string, chrome: JarBrowser, url: string, password: string): Promise<Reply> =>
    await step(what, submit(chrome, formOf(await step(`the question of: ${what}`, chrome.get(url))), password))

  await step('a visitor looks', laptop.get('/'))
  await step('a visitor is refused', laptop.get('/account'))
  await step('a visitor gathers data', laptop.post('/data', { cart: ['book'] }))
  await step('a visitor opens the account page', laptop.get(PAGE))
  await step('a sign-in that is wrong', laptop.post('/login', { user: 7 }))
  await step('sign-in', laptop.post('/login', { user: 'ada' }))
  const { id } = (await step('sign-in with remember', phone.post('/login', { user: 'ada', remember: true }))).json()
  await step('sign-in of the old secret', old.post('/login', { user: 'ada', remember: true }))
  await step('another page', laptop.get('/'))
  await step('a guarded page', laptop.get('/account'))
  await step('a guarded page for a script', laptop.get('/account', { headers: { 'sec-fetch-mode': 'cors', 'sec-fetch-site': 'same-origin' } }))
  await step('data', laptop.post('/data', { cart: null, size: 'large' }))
  const page = await step('the account page', laptop.get(PAGE))
  for (const [, url] of page.body.matchAll(/"(\/account\/sessions\/assets\/[^"]+)"/g)) await step(`the file ${url!.split('/').at(-1)}`, laptop.get(url!))
  await step('the list as a fragment', laptop.get(`${PAGE}/list`, HTMX))
  await step('the API', laptop.get(API))
  const twin = browser(app)
  twin.forge(old.cookieValue()!)
  await step('a cookie of the old secret', twin.get('/'))
  clock.advance(2 * MINUTE)
  await step('a touch', phone.get('/account'))
  await answerForm('a wrong password', laptop, `${PAGE}/${id}/revoke`, 'wrong')
  await answerForm('the right password', laptop, `${PAGE}/${id}/revoke`, PASSWORD)
  await step('a confirmation', laptop.post('/confirm', { password: PASSWORD }))
  await step('the new token', laptop.get('/account'))
  clock.advance(HOUR / 2)
  await step('the API revokes others', laptop.post(`${API}/others/revoke`, { password: PASSWORD }))
  await step('one that was revoked', twin.get('/'))
  await step('from another site', laptop.post(`${API}/others/revoke`, { password: PASSWORD }, { headers: { 'sec-fetch-site': 'cross-site' } }))
  for (let count = 0; count < 4; count++) await step('sign-in beyond the limit', browser(app).post('/login', { user: 'ada' }))
  await step('sign-in as somebody else', desk.post('/login', { user: 'bob' }))
  await step('sign-in again', desk.post('/login', { user: 'ada', remember: true }))
  await step('a public answer', desk.get('/news'))
  await step('sign-in on a public answer', browser(app).get('/magic-link'))
  await step('an error of the host', desk.get('/broken'))
  await step('a sign-in before an error of the host', browser(app).get('/broken-link'))
  await step('no page', desk.get('/nothing'))
  store.fail()
  await step('an outage', desk.get('/'))
  await step('an outage, guarded', desk.get('/account'))
  await step('an outage at sign-in', browser(app).post('/login', { user: 'ada' }))
  store.recover()
  await step('a forged cookie', app.inject({ url: '/', headers: { cookie: '__Host-login-session=forged; __Host-login-session-bound=forged; __Host-login-session-demand=forged' } }))
  await step('sign-out', desk.signOut())
  await step('sign-out of nobody', desk.signOut())
  clock.advance(90 * DAY)
  await step('all has expired', laptop.get('/account'))
  return steps
}

function routes (app: FastifyInstance): void {
  app.get('/news', { onRequest: requireLoginSession }, async (_request, reply) => { reply.header('cache-control', 'public, max-age=60'); return { news: 1 } })
  app.get('/magic-link', async (request, reply) => { reply.header('cache-control', 'public'); return await request.startLoginSession('ada') })
  app.get('/broken', async () => { throw new Error('broken') })
  app.get('/broken-link', async request => { await request.startLoginSession('ada'); throw new Error('broken') })
}

t.test('for a browser that ignores the offer, a server that binds sessions answers, stores and asks its store the same', async t => {
  const [without, with_] = [await journey(t, false), await journey(t, true)]
  t.equal(with_.length, without.length)
  for (const [index, { what, isOffered, ...bound }] of with_.entries()) {
    const { what: _what, isOffered: never, ...unbound } = without[index]!
    t.strictSame(bound, unbound, what)
    const signsIn = /^(?:a )?sign-in/.test(what) && unbound.calls.includes('insert')
    t.strictSame([isOffered, never], [signsIn, false], `${what}: ${isOffered ? 'offered' : 'not offered'}`)
  }
  t.ok(with_.filter(({ isOffered }) => isOffered).length > 8)
})
