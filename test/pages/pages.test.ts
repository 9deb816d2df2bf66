import { writeFileSync } from 'node:fs'
import t from 'tap'
import { PASSWORD_LENGTH } from '../../plugin/confirmation/password.js'
import { createAssets } from '../../plugin/pages/assets.js'
import { PASSWORD } from '../support/app.js'
import { browser, setCookies } from '../support/browser-jar.js'
import { createClock, MINUTE } from '../support/clock.js'
import { answer, createShopWithPages, endMeanwhile, formOf, HTMX, PAGE, submit, textOf } from '../support/page.js'

const SAFARI = 'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.4 Safari/605.1.15'
const FIREFOX = 'Mozilla/5.0 (X11; Linux x86_64; rv:149.0) Gecko/20100101 Firefox/149.0'

t.test('the list shows every valid session in words, this device first and the others by last activity', async t => {
  const clock = createClock()
  const app = await createShopWithPages(t, { now: clock.now })
  const [firefox, safari, chrome] = [browser(app, { userAgent: FIREFOX, ip: '203.0.113.9' }), browser(app, { userAgent: SAFARI }), browser(app)]
  await chrome.signIn('ada')
  await firefox.signIn('ada', { newAccount: true })
  clock.advance(5 * MINUTE)
  await safari.signIn('ada', { newAccount: true })
  await browser(app).signIn('bob')

  const page = textOf(await chrome.get(PAGE))

  t.match(page, /3 sessions/)
  t.match(page, /Windows computer This device Chrome · Last active: active now Details.*Mac Safari · Last active: just now.*Linux computer Firefox · Last active: 5 minutes ago Details Browser Firefox 149 Operating system Linux IP address 203\.0\.113\.9/)
})

t.test('every row but this device\'s has a button with a name of its own, and "all others" carries their number', async t => {
  const app = await createShopWithPages(t)
  const [chrome, safari, firefox] = [browser(app), browser(app, { userAgent: SAFARI }), browser(app, { userAgent: FIREFOX })]
  for (const one of [chrome, safari, firefox]) await one.signIn('ada')

  const { body } = await chrome.get(PAGE)

  const labels = [...body.matchAll(/aria-label="(Sign out [^"]+)"/g)].map(([, label]) => label)
  t.equal(labels.length, 2)
  t.equal(new Set(labels).size, 2)
  t.match(body, 'Sign out of all other sessions (2)')
})

t.test('without other sessions there is nothing to sign out', async t => {
  const app = await createShopWithPages(t)
  const chrome = browser(app)
  await chrome.signIn('ada')

  const page = textOf(await chrome.get(PAGE))

  t.match(page, 'You are not signed in anywhere else.')
  t.notMatch(page, 'Sign out of all')
})

t.test('signing one out asks for the password, does it, and says what happened once', async t => {
  const app = await createShopWithPages(t)
  const [chrome, safari, firefox] = [browser(app), browser(app, { userAgent: SAFARI }), browser(app, { userAgent: FIREFOX })]
  await chrome.signIn('ada')
  const { id } = await safari.signIn('ada')
  await firefox.signIn('ada')
  const before = chrome.cookieValue()

  const question = await chrome.get(`${PAGE}/${id}/revoke`)
  t.match(textOf(question), 'Sign out Mac (Safari)?')
  t.match(question.body, 'autocomplete="current-password"')
  t.match(question.body, `maxlength="${PASSWORD_LENGTH}"`, 'the field takes no more than is checked')
  const reply = await submit(chrome, formOf(question), PASSWORD)

  t.equal(reply.statusCode, 303)
  t.equal(reply.headers.location, PAGE)
  t.not(chrome.cookieValue(), before, 'the confirmed browser has a new token')
  t.match(textOf(await chrome.get(PAGE)), 'Signed out Mac (Safari).')
  t.notMatch(textOf(await chrome.get(PAGE)), 'Signed out Mac (Safari).')
  t.equal(await safari.user(), null)
  t.equal(await firefox.user(), 'ada')
})

t.test('looking at the page without reading it does not use up the message', async t => {
  const app = await createShopWithPages(t)
  const [chrome, safari] = [browser(app), browser(app, { userAgent: SAFARI })]
  await chrome.signIn('ada')
  await safari.signIn('ada')
  await answer(chrome, `${PAGE}/others/revoke`, PASSWORD)

  await chrome.get(PAGE, { method: 'HEAD' })

  t.match(textOf(await chrome.get(PAGE)), 'Signed out one other session.')
})

t.test('signing out all others keeps this one', async t => {
  const app = await createShopWithPages(t)
  const [chrome, safari, firefox, bobs] = [browser(app), browser(app), browser(app), browser(app)]
  for (const one of [chrome, safari, firefox]) await one.signIn('ada')
  await bobs.signIn('bob')

  t.match(textOf(await chrome.get(`${PAGE}/others/revoke`)), '2 other sessions end.')
  await answer(chrome, `${PAGE}/others/revoke`, PASSWORD)

  t.match(textOf(await chrome.get(PAGE)), 'Signed out 2 other sessions.')
  t.same([await chrome.user(), await safari.user(), await firefox.user(), await bobs.user()], ['ada', null, null, 'bob'])
})

t.test('a wrong password changes nothing, and the form says so', async t => {
  const app = await createShopWithPages(t)
  const [chrome, safari] = [browser(app), browser(app, { userAgent: SAFARI })]
  await chrome.signIn('ada')
  const { id } = await safari.signIn('ada')
  const before = chrome.cookieValue()

  for (const url of [`${PAGE}/${id}/revoke`, `${PAGE}/others/revoke`]) {
    const reply = await answer(chrome, url, 'wrong')
    t.equal(reply.statusCode, 422)
    t.match(textOf(reply), 'Wrong password.')
    t.match(reply.body, /aria-describedby="login-sessions-error" aria-invalid="true"/)
    t.notMatch(reply.body, 'wrong"', 'what was typed is not echoed')
  }
  t.equal(await safari.user(), 'ada')
  t.equal(chrome.cookieValue(), before)
})

t.test('an empty password is asked for again and counts as no attempt', async t => {
  const app = await createShopWithPages(t)
  const [chrome, safari] = [browser(app), browser(app)]
  await chrome.signIn('ada')
  const { id } = await safari.signIn('ada')

  for (let i = 0; i < 6; i++) {
    const reply = await answer(chrome, `${PAGE}/${id}/revoke`)
    t.equal(reply.statusCode, 422)
    t.match(textOf(reply), 'Enter your password.')
  }
  t.equal((await answer(chrome, `${PAGE}/${id}/revoke`, PASSWORD)).statusCode, 303)
})

t.test('after five wrong passwords the form says how long it is locked', async t => {
  const app = await createShopWithPages(t)
  const [chrome, safari] = [browser(app), browser(app)]
  await chrome.signIn('ada')
  const { id } = await safari.signIn('ada')

  for (let i = 0; i < 5; i++) await answer(chrome, `${PAGE}/${id}/revoke`, 'wrong')
  const reply = await answer(chrome, `${PAGE}/${id}/revoke`, PASSWORD)

  t.equal(reply.statusCode, 429)
  t.equal(reply.headers['retry-after'], '900')
  t.match(textOf(reply), 'Try again in 15 minutes.')
  t.equal(await safari.user(), 'ada')
})

t.test('users without a password see the list and why the actions are off', async t => {
  const app = await createShopWithPages(t)
  const [chrome, safari] = [browser(app), browser(app)]
  await chrome.signIn('guest')
  const { id } = await safari.signIn('guest')

  const page = await chrome.get(PAGE)
  t.match(textOf(page), 'your account has none')
  t.notMatch(page.body, `${id}/revoke`)

  const question = await chrome.get(`${PAGE}/${id}/revoke`)
  t.match(textOf(question), 'your account has none')
  t.notMatch(question.body, 'type="submit"')
  t.equal((await submit(chrome, formOf(question), 'anything')).statusCode, 409)
  t.equal(await safari.user(), 'guest')
})

t.test('without verifyPassword the confirmation is a plain question', async t => {
  const app = await createShopWithPages(t, { verifyPassword: undefined as never })
  const [chrome, safari] = [browser(app), browser(app)]
  await chrome.signIn('ada')
  const { id } = await safari.signIn('ada')

  const question = await chrome.get(`${PAGE}/${id}/revoke`)
  t.notMatch(question.body, 'type="password"')
  t.equal((await submit(chrome, formOf(question))).statusCode, 303)
  t.equal(await safari.user(), null)
})

t.test('foreign, unknown and ended sessions answer the same, to questions and to answers', async t => {
  const app = await createShopWithPages(t)
  const [chrome, safari, bobs] = [browser(app), browser(app), browser(app)]
  await chrome.signIn('ada')
  const ended = await safari.signIn('ada')
  await safari.signOut()
  const foreign = await bobs.signIn('bob')
  const { fields } = formOf(await chrome.get(`${PAGE}/others/revoke`))

  for (const get of [true, false]) {
    const replies = await Promise.all([foreign.id, ended.id, 'AAAAAAAAAAAAAAAAAAAAAA', '{"$ne":1}', 'others%00'].map(id => {
      const url = `${PAGE}/${encodeURIComponent(id)}/revoke`
      return get ? chrome.get(url) : submit(chrome, { action: url, fields }, PASSWORD)
    }))
    for (const reply of replies) {
      t.equal(reply.statusCode, 404)
      t.equal(reply.body, replies[0]!.body)
    }
  }
  t.equal(await bobs.user(), 'bob')
})

t.test('signing out a session that ends in the same moment is no error', async t => {
  const app = await createShopWithPages(t)
  const [chrome, safari] = [browser(app), browser(app)]
  await chrome.signIn('ada')
  const session = await safari.signIn('ada')
  endMeanwhile(app, session)
  const question = formOf(await chrome.get(`${PAGE}/others/revoke`))

  t.equal((await submit(chrome, { ...question, action: `${PAGE}/${session.id}/revoke` }, PASSWORD)).statusCode, 303)
  t.match(textOf(await chrome.get(PAGE)), 'That session has ended already.')
})

t.test('one\'s own session is signed out without a password, and lands on the sign-in page', async t => {
  const app = await createShopWithPages(t)
  const chrome = browser(app)
  const { id } = await chrome.signIn('ada')

  const reply = await answer(chrome, `${PAGE}/${id}/revoke`)

  t.equal(reply.statusCode, 303)
  t.equal(reply.headers.location, '/login')
  t.equal(chrome.cookie(), undefined)

  const { id: next } = await chrome.signIn('ada')
  const question = formOf(await chrome.get(`${PAGE}/${next}/revoke`))
  t.equal((await submit(chrome, question, undefined, HTMX)).headers['hx-redirect'], '/login')
})

t.test('strangers are sent to the sign-in page, never into a fragment', async t => {
  const app = await createShopWithPages(t)
  const stranger = browser(app)

  for (const url of [PAGE, `${PAGE}/`, `${PAGE}/others/revoke`, `${PAGE}/AAAAAAAAAAAAAAAAAAAAAA/revoke`]) {
    const reply = await stranger.get(url)
    t.equal(reply.statusCode, 303)
    t.equal(reply.headers.location, '/login')
    const fragment = await stranger.get(url, HTMX)
    t.equal(fragment.headers['hx-redirect'], '/login')
    t.equal(fragment.body, '')
  }
})

t.test('htmx gets fragments of the same URLs: the list, the dialog, the changed list with its announcement', async t => {
  const app = await createShopWithPages(t)
  const [chrome, safari] = [browser(app), browser(app, { userAgent: SAFARI })]
  await chrome.signIn('ada')
  const { id } = await safari.signIn('ada')

  const list = await chrome.get(PAGE, HTMX)
  t.match(list.body, /^<div class="ls-top"/)
  t.match(list.headers.vary, /HX-Request/)
  t.match((await chrome.get(PAGE, { headers: { ...HTMX.headers, 'hx-history-restore-request': 'true' } })).body, /^<!doctype/)
  t.match((await chrome.get(PAGE, { headers: { ...HTMX.headers, 'hx-request-type': 'full' } })).body, /^<!doctype/)
  t.equal(list.headers['login-sessions'], 'fragment')
  const dialog = await chrome.get(`${PAGE}/${id}/revoke`, HTMX)
  t.match(dialog.body, /^<dialog/)
  const wrong = await submit(chrome, formOf(dialog), 'wrong', HTMX)
  t.equal(wrong.statusCode, 422)
  t.match(wrong.body, /^<dialog/)
  t.strictSame([dialog, wrong].map(({ headers }) => headers['login-sessions']), ['question', 'question'], 'only questions may take the place of the dialog')
  const changed = await submit(chrome, formOf(dialog), PASSWORD, HTMX)
  t.equal(changed.statusCode, 200)
  t.equal(changed.headers['login-sessions'], 'fragment')
  t.match(changed.body, /<hx-partial ls-hx-target="\[data-ls-part=status\]"[^>]*>Signed out Mac \(Safari\)\.</)
  t.equal(setCookies(changed).length, 1)
})

t.test('a boosted link of the host\'s loads the page whole: its answer would take the place of the host\'s body only', async t => {
  const app = await createShopWithPages(t, {
    routes (app) {
      app.get('/profile', async (_request, reply) => (await reply.renderLoginSessions()).html)
    }
  })
  const chrome = browser(app)
  const { id } = await chrome.signIn('ada')
  const boosted = { headers: { ...HTMX.headers, 'hx-boosted': 'true' } }

  for (const url of [PAGE, `${PAGE}?sessions=all`, `${PAGE}/list`, `${PAGE}/${id}/revoke`, '/profile?tab=1']) {
    const reply = await chrome.get(url, boosted)
    t.equal(reply.statusCode, 200, url)
    t.equal(reply.headers['hx-redirect'], url)
  }
  t.equal((await chrome.get(`http://evil.example${PAGE}`, boosted)).headers['hx-redirect'], PAGE)
  const form = formOf(await chrome.get(`${PAGE}/${id}/revoke`))
  t.match((await chrome.get(PAGE)).body, /<head>[^]*<meta name="turbo-visit-control" content="reload">[^]*<\/head>/, 'Turbo reads this')
  t.equal((await submit(chrome, form, undefined, boosted)).headers.location, '/login', 'a form is answered as without htmx')
})

t.test('a failure reaches htmx as a line in the region for problems', async t => {
  const app = await createShopWithPages(t)
  const chrome = browser(app)
  await chrome.signIn('ada')

  const reply = await chrome.get(`${PAGE}/AAAAAAAAAAAAAAAAAAAAAA/revoke`, HTMX)

  t.equal(reply.statusCode, 404)
  t.equal(reply.headers['hx-retarget'], '[data-ls-part=problem]')
  t.equal(textOf(reply), 'That session has ended already.')
})

t.test('forms without a token, or with that of another session, change nothing', async t => {
  const app = await createShopWithPages(t)
  const [chrome, safari, bobs] = [browser(app), browser(app), browser(app)]
  await chrome.signIn('ada')
  const { id } = await safari.signIn('ada')
  await bobs.signIn('bob')
  const action = `${PAGE}/${id}/revoke`
  const foreign = formOf(await bobs.get(`${PAGE}/others/revoke`)).fields.csrf!

  for (const url of [action, `${PAGE}/others/revoke`]) {
    for (const csrf of ['', foreign, 'AAAAAAAA-AAAAAAAAAAAAAAAAAAAAAAAAAAA']) {
      const reply = await submit(chrome, { action: url, fields: { csrf } }, PASSWORD)
      t.equal(reply.statusCode, 403)
      t.match(textOf(reply), 'This form has expired.')
    }
  }
  t.equal((await chrome.post(action, undefined, { payload: '', headers: { 'content-type': 'application/x-www-form-urlencoded' } })).statusCode, 403)
  t.equal((await chrome.post(action)).statusCode, 415, 'JSON goes to the API')
  t.equal(await safari.user(), 'ada')
})

t.test('requests from other sites are refused, with a right token too', async t => {
  const app = await createShopWithPages(t)
  const [chrome, safari] = [browser(app), browser(app)]
  await chrome.signIn('ada')
  const { id } = await safari.signIn('ada')
  const form = formOf(await chrome.get(`${PAGE}/${id}/revoke`))

  const foreign = [{ 'sec-fetch-site': 'cross-site' }, { 'sec-fetch-site': 'same-site' }, { origin: 'https://evil.example' }, { origin: 'null' }]
  for (const headers of foreign) t.equal((await submit(chrome, form, PASSWORD, { headers })).statusCode, 403)
  t.equal(await safari.user(), 'ada')
})

t.test('pages are private: not kept, not framed, nothing inline', async t => {
  const app = await createShopWithPages(t)
  const chrome = browser(app)
  await chrome.signIn('ada')

  const { headers, body } = await chrome.get(PAGE)

  t.equal(headers['cache-control'], 'no-store')
  t.match(headers['content-security-policy'], /default-src 'none'.*frame-ancestors 'none'/)
  t.equal(headers['x-content-type-options'], 'nosniff')
  t.equal(headers['referrer-policy'], 'same-origin')
  t.equal(headers['cross-origin-opener-policy'], 'same-origin')
  t.equal(headers['cross-origin-resource-policy'], 'same-origin')
  t.notMatch(body, / style=| on\w+=|<style|<script(?! type="module" src)/)
})

t.test('the page\'s own files need no sign-in and may be kept for good', async t => {
  const app = await createShopWithPages(t)
  const chrome = browser(app)
  await chrome.signIn('ada')
  const { body } = await chrome.get(PAGE)
  const urls = [...body.matchAll(/(?:href|src)="([^"]+\/assets\/[^"]+)"/g)].map(([, url]) => url!)

  t.equal(urls.length, 3)
  // A set that grows while it is read: the modules that a script imports have a fingerprint in it.
  const files = new Set(urls)
  for (const url of files) {
    const file = await app.inject(url)
    t.equal(file.statusCode, 200)
    t.equal(file.headers['cache-control'], 'public, max-age=31536000, immutable', `${url}: the fingerprint is that of the file`)
    if (!url.includes('htmx.esm')) for (const [, name] of file.body.matchAll(/ from '\.\/([^']+)'/g)) files.add(`${PAGE}/assets/${name}`)
    t.equal((await app.inject({ url: `http://shop.example${url}` })).statusCode, 200)
    // A rolling deployment: the page of one server, the file of another. And a stranger may invent any version.
    for (const other of [url.replace(/\?.*/, ''), `${url}0`, `${url}&v=1`, url.replace('?v=', '?w=')]) {
      const answer = await app.inject(other)
      t.equal(answer.headers['cache-control'], 'no-cache', other)
      t.equal((await app.inject({ url: other, headers: { 'if-none-match': String(answer.headers.etag) } })).statusCode, 304)
    }
  }
  t.equal(files.size, 7)
  t.equal((await app.inject(`${PAGE}/assets/../package.json`)).statusCode, 404)
})

t.test('only the file may be kept under its fingerprint: no cache stores what a hook of the host, or an error, answers instead', async t => {
  const app = await createShopWithPages(t, {
    async before (app) {
      app.addHook('onRequest', async ({ headers }, reply) => {
        if (headers['x-refuse'] !== undefined) return await reply.code(Number(headers['x-refuse'])).send('Try again later')
      })
      app.addHook('preHandler', async ({ headers }) => { if (headers['x-fail'] !== undefined) throw new Error('failed') })
      app.addHook('onSend', async ({ headers }, { statusCode }) => { if (headers['x-fail-late'] !== undefined && statusCode === 200) throw new Error('failed') })
    }
  })
  const chrome = browser(app)
  await chrome.signIn('ada')
  const url = /src="([^"]+\/assets\/[^"]+)"/.exec((await chrome.get(PAGE)).body)![1]!
  const answer = async (headers: Record<string, string>) => {
    const { statusCode, headers: { 'cache-control': caching } } = await app.inject({ url, headers })
    return [statusCode, caching]
  }
  const { etag } = (await app.inject(url)).headers
  const kept = 'public, max-age=31536000, immutable'

  t.strictSame(await answer({}), [200, kept])
  t.strictSame(await answer({ range: 'bytes=0-9' }), [206, kept])
  t.strictSame(await answer({ 'if-none-match': String(etag) }), [304, kept])
  t.strictSame(await answer({ range: 'bytes=99999999-' }), [416, 'no-store'])
  for (const status of ['429', '503', '200']) t.strictSame(await answer({ 'x-refuse': status }), [Number(status), 'no-store'])
  for (const name of ['x-fail', 'x-fail-late']) t.strictSame(await answer({ [name]: '' }), [500, 'no-store'], name)
})

t.test('what a user agent says is text, in every place it reaches', async t => {
  const app = await createShopWithPages(t)
  const hostile = '<script>alert(1)</script>/1.0 "><img src=x onerror=alert(1)>'
  const [chrome, other] = [browser(app), browser(app, { userAgent: hostile, ip: '<b>' })]
  await chrome.signIn('ada')
  const { id } = await other.signIn('ada')

  const urls = [PAGE, `${PAGE}/${id}/revoke`, `${PAGE}/${id}/not-you`, `${PAGE}/others/revoke`]
  for (const url of urls) t.notMatch((await chrome.get(url)).body, /<script>alert|<img src=x/)
})

t.test('the page works at the root, twice, and beside a host\'s own view and form parsers', async t => {
  const { default: formbody } = await import('@fastify/formbody')
  const { loginSessionPages } = await import('../../plugin/index.js')
  const app = await createShopWithPages(t, {
    async routes (app) {
      await app.register(formbody)
      await app.register(loginSessionPages, { prefix: '/second', signInPath: '/second-login', timeZone: 'Europe/Berlin' })
      await app.register(async scope => {
        await scope.register(loginSessionPages, { prefix: '/nested' })
      }, { prefix: '/deep' })
    }
  })
  const chrome = browser(app)
  await chrome.signIn('ada')

  t.match((await chrome.get('/second')).body, 'GMT+1')
  t.match((await chrome.get('/deep/nested')).body, '/deep/nested/assets/')
  t.equal((await browser(app).get('/second')).headers.location, '/second-login')
})

t.test('it can be all that a server has', async t => {
  const { default: Fastify } = await import('fastify')
  const { default: loginSessions, loginSessionPages, memoryStore } = await import('../../plugin/index.js')
  const app = Fastify()
  t.teardown(() => app.close())
  await app.register(loginSessions, { secret: 'x'.repeat(32), store: memoryStore() })
  await app.register(loginSessionPages, { prefix: '/' })
  app.post('/login', async request => await request.startLoginSession('ada'))
  const [chrome, other] = [browser(app), browser(app)]
  await chrome.signIn('ada')
  const { id } = await other.signIn('ada')

  t.match((await chrome.get('/')).body, `href="/${id}/revoke"`)
  t.equal((await answer(chrome, `/${id}/revoke`)).headers.location, '/')
})

t.test('while the password cannot be checked, the page says so, and no attempt is counted', async t => {
  let broken = true
  const app = await createShopWithPages(t, { verifyPassword: () => password => { if (broken) throw new Error('users are away'); return password === PASSWORD } })
  const [chrome, safari] = [browser(app), browser(app)]
  await chrome.signIn('ada')
  const { id } = await safari.signIn('ada')

  for (let i = 0; i < 6; i++) t.equal((await answer(chrome, `${PAGE}/${id}/revoke`, PASSWORD)).statusCode, 503)
  t.equal(await safari.user(), 'ada')
  broken = false
  t.equal((await answer(chrome, `${PAGE}/${id}/revoke`, PASSWORD)).statusCode, 303)
})

t.test('devices that tell little have names all the same', async t => {
  const app = await createShopWithPages(t)
  const chrome = browser(app)
  await chrome.signIn('ada')
  for (const userAgent of ['', 'curl/8.5.0', 'Mozilla/5.0 (X11; Linux x86_64)', 'Mozilla/5.0 (Nintendo 3DS; U; ; en) Version/1.7412.EU']) await browser(app, { userAgent }).signIn('ada')

  const page = textOf(await chrome.get(PAGE))

  t.match(page, /Unknown device.*/)
  t.match(page, / curl /)
  t.match(page, / Linux computer Last active/)
})

t.test('a host replaces one template and keeps the rest', async t => {
  const templates = t.testdir({ 'layout.eta': '<html><h1>The shop</h1><%~ include(\'./footer\') %><%~ it.body %></html>', 'footer.eta': '<p>Made with care</p>' })
  const app = await createShopWithPages(t, { pages: { templates } })
  const chrome = browser(app)
  await chrome.signIn('ada')

  t.match(textOf(await chrome.get(PAGE)), /^The shop Made with care Where you are signed in .*This device/)
  t.match(textOf(await chrome.get(`${PAGE}/others/revoke`)), /^The shop Made with care Sign out of all other sessions\?/)
})

t.test('when the store is away the page says so with 503 and keeps the cookie', async t => {
  const { memoryStore } = await import('../../plugin/index.js')
  const store = memoryStore()
  const app = await createShopWithPages(t, { store })
  const chrome = browser(app)
  await chrome.signIn('ada')
  store.listByUser = async () => { throw new Error('gone fishing') }
  const listFails = await chrome.get(PAGE)
  t.equal(listFails.statusCode, 503)
  t.equal(listFails.headers['retry-after'], '2')
  t.match(textOf(listFails), 'Sessions cannot be reached right now.')
  t.notMatch(listFails.body, 'fishing')
  t.ok(chrome.cookie())
})

t.test('a message waits while the list cannot be shown, and while the page is only fetched ahead', async t => {
  const { memoryStore } = await import('../../plugin/index.js')
  const store = memoryStore()
  const app = await createShopWithPages(t, { store })
  const [chrome, safari] = [browser(app), browser(app, { userAgent: SAFARI })]
  await chrome.signIn('ada')
  await safari.signIn('ada')
  await answer(chrome, `${PAGE}/others/revoke`, PASSWORD)

  const { listByUser } = store
  store.listByUser = async () => { throw new Error('gone fishing') }
  t.equal((await chrome.get(PAGE)).statusCode, 503)
  store.listByUser = listByUser
  await chrome.get(PAGE, { headers: { 'sec-purpose': 'prefetch' } })

  t.match(textOf(await chrome.get(PAGE)), 'Signed out one other session.')
})

t.test('people see where they are signed in also while nobody can tell whether they have a password', async t => {
  const logs: string[] = []
  const app = await createShopWithPages(t, { logs, verifyPassword: () => { throw new Error('users are away') } })
  const [chrome, safari] = [browser(app), browser(app, { userAgent: SAFARI })]
  await chrome.signIn('ada')
  await safari.signIn('ada')

  const page = await chrome.get(PAGE)

  t.equal(page.statusCode, 200)
  t.match(textOf(page), /Windows computer.*Mac/)
  t.ok(logs.some(line => line.includes('users are away')))
  t.equal((await chrome.get(`${PAGE}/others/revoke`)).statusCode, 503, 'the question asks again')
})

t.test('advice that cannot be followed is not given', async t => {
  const app = await createShopWithPages(t)
  const [chrome, guest] = [browser(app), browser(app)]
  await chrome.signIn('ada')
  await guest.signIn('guest')

  t.match(textOf(await chrome.get(PAGE)), 'then change your password')
  t.notMatch(textOf(await guest.get(PAGE)), 'then change your password')
})

t.test('all others cannot be signed out when there are none, and a locked form asks for no password', async t => {
  const app = await createShopWithPages(t)
  const chrome = browser(app)
  await chrome.signIn('ada')

  const question = await chrome.get(`${PAGE}/others/revoke`)
  t.match(textOf(question), 'You are not signed in anywhere else.')
  t.notMatch(question.body, 'type="submit"')

  const { id } = await browser(app).signIn('ada')
  for (let i = 0; i < 5; i++) await answer(chrome, `${PAGE}/${id}/revoke`, 'wrong')
  const locked = await chrome.get(`${PAGE}/${id}/revoke?sessions=all`)
  t.match(textOf(locked), 'Try again in 15 minutes.')
  t.notMatch(locked.body, 'type="password"')
  t.match(locked.body, `href="${PAGE}?sessions=all">Back to your sessions`)
})

t.test('a system is named with the version that says something', async t => {
  const app = await createShopWithPages(t)
  const chrome = browser(app)
  await chrome.signIn('ada')
  const hinted = {
    'sec-ch-ua': '"Chromium";v="149", "Google Chrome";v="149", "Not_A Brand";v="24"',
    'sec-ch-ua-full-version-list': '"Chromium";v="149.0.7827.55", "Google Chrome";v="149.0.7827.55", "Not_A Brand";v="24.0.0.0"',
    'sec-ch-ua-platform': '"Windows"',
    'sec-ch-ua-platform-version': '"15.0.0"'
  }
  await browser(app).post('/login', { user: 'ada' }, { headers: hinted })
  await browser(app, { userAgent: 'Mozilla/5.0 (iPhone; CPU iPhone OS 18_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/26.1 Mobile/15E148 Safari/604.1' }).signIn('ada')

  const page = textOf(await chrome.get(PAGE))

  t.match(page, 'Browser Chrome 149.0.7827.55 Operating system Windows 11')
  t.match(page, 'Browser Safari 26.1 Operating system iOS 26.1')
})

// --- the files of the pages ---

const FILES = { 'login-sessions.css': 'a {}', 'login-sessions.js': 'a()', 'times.js': 'b()', 'dialog.js': 'd()', 'section.js': 'e()', 'before-htmx.js': 'c()', 'htmx.esm.min.js': 'htmx' }

t.test('a file\'s URL changes with its content', async t => {
  const directory = t.testdir(FILES)
  const before = createAssets(directory).urls('/base')
  writeFileSync(`${directory}/login-sessions.css`, 'b {}')
  const after = createAssets(directory).urls('/base')

  t.match(before.stylesheet, /^\/base\/login-sessions\.css\?v=[0-9a-f]{12}$/)
  t.not(after.stylesheet, before.stylesheet)
  t.equal(after.script, before.script)
})

t.test('a checkout without htmx does not start, and says what to run', async t => {
  const { 'htmx.esm.min.js': missing, ...rest } = FILES
  t.throws(() => createAssets(t.testdir(rest)), { code: 'FST_LOGIN_SESSION_OPTION', message: /npm run htmx/ })
})
