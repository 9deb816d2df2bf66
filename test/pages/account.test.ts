import type { FastifyInstance } from 'fastify'
import t, { type Test } from 'tap'
import { loginSessionPages, requireLoginSession } from '../../plugin/index.js'
import { memoryStore } from '../../plugin/stores/memory.js'
import { createShop, PASSWORD } from '../support/app.js'
import { browser, type JarBrowser, type Reply } from '../support/browser-jar.js'
import { createClock, MINUTE } from '../support/clock.js'
import { answer, createShopWithPages, formOf, HTMX, PAGE, submit, textOf } from '../support/page.js'
import { aRecord } from '../support/records.js'
import { breakable } from '../support/stores.js'

// --- the question before something ends ---

const PASSWORD_FIELD = /<input[^>]*type="password"/

t.test('signing out this device needs no password, neither of users without one nor of users who are locked out', async t => {
  const app = await createShopWithPages(t)
  for (const [user, wrong] of [['ada', 0], ['eve', 5], ['guest', 0]] as const) {
    const [laptop, phone] = [browser(app), browser(app)]
    const { id } = await laptop.signIn(user)
    await phone.signIn(user)
    for (let i = 0; i < wrong; i++) await laptop.post('/confirm', { password: 'wrong' })
    const question = await laptop.get(`${PAGE}/${id}/revoke`)
    t.notMatch(question.body, PASSWORD_FIELD, user)
    t.match(question.body, /<button[^>]*type="submit"/, user)
    t.equal((await submit(laptop, formOf(question))).statusCode, 303, user)
    t.equal(await laptop.user(), null, user)
    t.equal(await phone.user(), user)
  }
})

t.test('an error that nobody can correct in the form is an error page, and not asked again', async t => {
  const store = breakable(memoryStore())
  const app = await createShopWithPages(t, { store })
  const [laptop, phone] = [browser(app), browser(app)]
  await laptop.signIn('ada')
  await phone.signIn('ada')
  const form = formOf(await laptop.get(`${PAGE}/others/revoke`))
  store.fail('takeAttempt')
  const reply = await submit(laptop, form, PASSWORD)
  t.equal(reply.statusCode, 503)
  t.notMatch(reply.body, PASSWORD_FIELD)
  t.match(textOf(reply), /unavailable|try again/i)
  store.recover()
  t.equal(await phone.user(), 'ada')
})

// --- a long list ---

const PHONE = { browser: 'Chrome', browserVersion: '149', os: 'Android', osVersion: '16', kind: 'phone', model: null } as const

/** The user agent of a phone like no other: equal ones would be one group. */
const phoneNumber = (i: number): string =>
  `Mozilla/5.0 (Linux; Android 16; Phone ${i}) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/149.0.0.0 Mobile Safari/537.36`

/** A hundred sessions of ada's, one a minute, the first of them this browser's. */
async function createLongList (t: Test, count = 100): Promise<{ app: FastifyInstance, chrome: JarBrowser }> {
  const clock = createClock()
  const app = await createShopWithPages(t, { now: clock.now, touchEvery: 30 * MINUTE, idleTimeout: 300 * MINUTE })
  const chrome = browser(app)
  await chrome.signIn('ada', { remember: true })
  for (let i = 1; i < count; i++) {
    clock.advance(MINUTE)
    await browser(app, { ip: `203.0.113.${i}`, userAgent: phoneNumber(i) }).signIn('ada', { remember: true })
  }
  return { app, chrome }
}

const addresses = ({ body }: Reply): string[] => [...body.matchAll(/<bdi>((?:203\.0\.113|198\.51\.100)\.\d+)<\/bdi>/g)].map(([, ip]) => ip!)

t.test('a long list begins with this device and the nine last active, and says how many there are', async t => {
  const { chrome } = await createLongList(t)

  const page = await chrome.get(PAGE)

  t.strictSame(addresses(page), ['198.51.100.7', ...Array.from({ length: 9 }, (_, i) => `203.0.113.${99 - i}`)])
  t.match(textOf(page), '10 of 100 sessions')
  t.match(textOf(page), 'Show all 100')
  t.match(textOf(page), 'Sign out of all other sessions (99)')
})

t.test('all of them are one click away, with and without htmx', async t => {
  const { chrome } = await createLongList(t)
  const { body } = await chrome.get(PAGE)
  const [, link] = /href="([^"]+)" data-ls-part="show-all"/.exec(body)!

  for (const options of [{}, HTMX]) {
    const all = await chrome.get(link!, options)
    t.equal(addresses(all).length, 100)
    t.match(textOf(all), '100 sessions')
    t.notMatch(textOf(all), 'Show all')
  }
})

t.test('a list that was shown whole stays whole after signing one out', async t => {
  const { chrome } = await createLongList(t, 12)
  const all = await chrome.get(`${PAGE}?sessions=all`)
  const [url] = /\/account\/sessions\/[\w-]{22}\/revoke\?sessions=all/.exec(all.body)!
  t.match(all.body, `hx-get="${PAGE}/list?sessions=all"`, 'and after being brought up to date')

  const changed = await submit(chrome, formOf(await chrome.get(url, HTMX)), PASSWORD, HTMX)
  t.equal(addresses(changed).length, 11)

  t.equal((await answer(chrome, `${PAGE}/others/revoke?sessions=all`, PASSWORD)).headers.location, `${PAGE}?sessions=all`)
})

t.test('of more than a thousand sessions, the thousand last active are shown, this device first, and the page says so', async t => {
  const store = memoryStore()
  const clock = createClock()
  const app = await createShopWithPages(t, { store, now: clock.now, maxSessionsPerUser: null })
  const chrome = browser(app)
  await chrome.signIn('ada')
  clock.advance(MINUTE)
  for (let i = 0; i < 1001; i++) await store.insert(aRecord({ lastActiveAt: clock.now(), device: { ...PHONE, model: `Model ${i}` } }))

  const first = await chrome.get(PAGE)
  t.match(textOf(first), '10 of 1002 sessions')
  t.match(textOf(first), 'Sign out of all other sessions (1001)')
  const all = await chrome.get(`${PAGE}?sessions=all`)
  t.match(textOf(all), '1000 of 1002 sessions')
  t.notMatch(textOf(all), 'Show all')
  t.equal(all.body.match(/<li class="ls-row/g)!.length, 1000)
  t.match(all.body, /<ul class="ls-rows"[^>]*>\s*<li class="ls-row ls-current"/)
})

t.test('a locked session without others is told that it is locked', async t => {
  const app = await createShopWithPages(t)
  const chrome = browser(app)
  await chrome.signIn('ada')
  t.match(textOf(await chrome.get(`${PAGE}/others/revoke`)), 'You are not signed in anywhere else.')
  for (let i = 0; i < 5; i++) await chrome.post('/confirm', { password: 'wrong' })
  t.match(textOf(await chrome.get(`${PAGE}/others/revoke`)), 'Too many failed attempts.')
})

t.test('ten are no long list', async t => {
  const { chrome } = await createLongList(t, 10)

  t.notMatch(textOf(await chrome.get(PAGE)), 'Show all')
})

t.test('two sign-ins of one browser in the same minute have buttons of different names', async t => {
  const app = await createShopWithPages(t)
  const chrome = browser(app)
  await chrome.signIn('ada')
  for (let i = 0; i < 3; i++) await browser(app).signIn('ada')

  const labels = [...(await chrome.get(PAGE)).body.matchAll(/aria-label="(Sign out [^"]+)"/g)].map(([, label]) => label)

  t.equal(new Set(labels).size, 3)
})

// --- the section in a page of the host ---

const SAFARI = 'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.4 Safari/605.1.15'

/** A shop whose profile page shows the section, and whose people come back to it. */
async function createShopWithProfile (t: Test): Promise<FastifyInstance> {
  return await createShop(t, {
    async routes (app) {
      await app.register(loginSessionPages, { prefix: PAGE, homePath: '/profile?tab=security#sessions' })
      app.get('/profile', { onRequest: requireLoginSession }, async (_request, reply) => {
        const { html, head } = await reply.renderLoginSessions()
        return reply.type('text/html').send(`<html><head>${head}</head><body><h1>Your profile</h1>${html}</body></html>`)
      })
      app.get('/open', async (_request, reply) => reply.renderLoginSessions())
    }
  })
}

t.test('the section stands in the host\'s own page, below its heading, with all that it needs', async t => {
  const app = await createShopWithProfile(t)
  const [chrome, safari] = [browser(app), browser(app, { userAgent: SAFARI })]
  await chrome.signIn('ada')
  await safari.signIn('ada')

  const reply = await chrome.get('/profile')

  t.match(textOf(reply), /^Your profile Where you are signed in .*Windows computer This device.*Mac /)
  t.match(reply.body, '<h2 data-ls-part="title"')
  t.equal(reply.headers['cache-control'], 'no-store')
  const urls = [...reply.body.matchAll(/(?:href|src)="([^"]+\/assets\/[^"]+)"/g)].map(([, url]) => url!)
  t.equal(urls.length, 3)
  for (const url of urls) t.equal((await app.inject(url)).statusCode, 200, url)
})

t.test('without JavaScript people come back to the host\'s page, which says what happened, once', async t => {
  const app = await createShopWithProfile(t)
  const [chrome, safari] = [browser(app), browser(app, { userAgent: SAFARI })]
  await chrome.signIn('ada')
  const { id } = await safari.signIn('ada')

  const question = await chrome.get(`${PAGE}/${id}/revoke`)
  t.match(question.body, 'href="/profile?tab=security#sessions">Cancel')
  t.equal((await submit(chrome, formOf(question), PASSWORD)).headers.location, '/profile?tab=security#sessions')

  t.match(textOf(await chrome.get('/profile?tab=security')), 'Signed out Mac (Safari).')
  t.notMatch(textOf(await chrome.get('/profile?tab=security')), 'Signed out Mac (Safari).')
})

t.test('the whole of a long list comes back to the host\'s page, too', async t => {
  const app = await createShopWithProfile(t)
  const chrome = browser(app)
  await chrome.signIn('ada')
  for (let i = 0; i < 11; i++) await browser(app, { userAgent: SAFARI }).signIn('ada')

  t.match((await chrome.get('/profile?tab=security')).body, 'href="/profile?tab=security&amp;sessions=all#sessions"')
  const all = await chrome.get('/profile?tab=security&sessions=all')
  t.equal(all.body.match(/<li class="ls-row/g)!.length, 12)
  const [, id] = /\/([\w-]{22})\/revoke\?sessions=all/.exec(all.body)!
  t.equal((await answer(chrome, `${PAGE}/${id}/revoke?sessions=all`, PASSWORD)).headers.location, '/profile?tab=security&sessions=all#sessions')
})

t.test('nobody signed in, nothing rendered', async t => {
  const app = await createShopWithProfile(t)

  const reply = await browser(app).get('/open')

  t.equal(reply.statusCode, 401)
  t.equal(reply.json().code, 'FST_LOGIN_SESSION_REQUIRED')
})

t.test('a host that would have its page kept is overruled', async t => {
  const app = await createShop(t, {
    async routes (app) {
      await app.register(loginSessionPages, { prefix: PAGE })
      app.get('/profile', async (_request, reply) => (await reply.header('cache-control', 'public, max-age=60').renderLoginSessions()).html)
    }
  })
  const chrome = browser(app)
  await chrome.signIn('ada')

  t.equal((await chrome.get('/profile')).headers['cache-control'], 'no-store')
})

t.test('a host that says how long its page may be kept is left alone', async t => {
  const app = await createShop(t, {
    async routes (app) {
      await app.register(loginSessionPages, { prefix: PAGE })
      app.get('/profile', async (_request, reply) => (await reply.header('cache-control', 'private, no-store').renderLoginSessions({ headingLevel: 3 })).html)
    }
  })
  const chrome = browser(app)
  await chrome.signIn('ada')

  const reply = await chrome.get('/profile')

  t.equal(reply.headers['cache-control'], 'private, no-store')
  t.match(reply.body, '<h3 data-ls-part="title"')
})

t.test('a heading has a level from 1 to 6, and a misspelt choice is told', async t => {
  const app = await createShopWithPages(t, {
    routes (app) {
      app.post('/profile', async (request, reply) => await reply.renderLoginSessions(request.body as never))
    }
  })
  const chrome = browser(app)
  await chrome.signIn('ada')
  for (const [choices, message] of [
    [{ headingLevel: 9 }, /reply\.renderLoginSessions: headingLevel must be 1 to 6, not 9/], [{ headingLevel: '2' }, /must be 1 to 6, not '2'/],
    [{ headinglevel: 2 }, /did you mean headingLevel\?/]
  ] as const) {
    t.match((await chrome.post('/profile', choices)).json(), { statusCode: 500, message })
  }
  t.match((await chrome.post('/profile', { headingLevel: 6 })).json().html, /<h6 /)
})
