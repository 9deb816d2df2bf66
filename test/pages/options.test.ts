import { fileURLToPath } from 'node:url'
import Fastify from 'fastify'
import t from 'tap'
import loginSessions, { loginSessionApi, loginSessionPages, memoryStore } from '../../plugin/index.js'
import { createShop, PASSWORD, SECRET } from '../support/app.js'
import { browser } from '../support/browser-jar.js'
import { createShopWithPages, formOf, HTMX, PAGE, submit, textOf } from '../support/page.js'

const inGerman = { headers: { 'accept-language': 'de-AT,de;q=0.9,en;q=0.5' } }

t.test('wrong options stop the boot and say what to write', async t => {
  const boot = (options: object) => createShopWithPages(t, { pages: options as never })
  const refused = (options: object, message: RegExp) => t.rejects(boot(options), { code: 'FST_LOGIN_SESSION_OPTION', message })

  await refused({ signInPath: 'https://evil.example/' }, /signInPath: '\/login'/)
  await refused({ signInPath: '//evil.example/' }, /signInPath must be a path of this site/)
  await refused({ homePath: 'account' }, /homePath: '\/account#sessions'/)
  await refused({ passwordPath: 7 }, /passwordPath: '\/account\/password'/)
  await refused({ returnTo: '' }, /returnTo must be the name of a query parameter, not '': write returnTo: 'returnTo'/)
  await refused({ returnTo: 5 }, /returnTo must be the name of a query parameter, not 5/)
  await refused({ accountName: 'ada' }, /accountName: userId => users\.emailOf\(userId\)/)
  await refused({ locate: {} }, /locate: ip => countryOf\(ip\)/)
  await refused({ language: 7 }, /language must be a tag or a function of the request, not 7: write language: 'de'/)
  await refused({ language: '' }, /language must be a tag or a function of the request, not ''/)
  await refused({ language: 'ger' }, /there are no texts for language "ger": the languages are en, de/)
  await refused({ texts: 'de' }, /texts must be an object, not 'de': write texts: \{ en: \{ title: 'Your sessions' \} \}/)
  await refused({ texts: null }, /texts must be an object, not null/)
  await refused({ texts: { en: { titel: '' } } }, /there is no text texts\.en\.titel/)
  await refused({ timeZone: 'Mars/Olympus' }, /timeZone must be an IANA name or a function of the request, not 'Mars\/Olympus': write timeZone: 'Europe\/Berlin'/)
  await refused({ timeZone: null }, /timeZone must be an IANA name/)
  await refused({ templates: '/nowhere/at/all' }, /templates must be a directory/)
  await refused({ templates: fileURLToPath(import.meta.url) }, /templates must be a directory/)
  await refused({ templates: t.testdir({ 'layuot.eta': '', 'part.eta': '' }) }, /no file in .* replaces a template: give it the name of a shipped one, such as layout\.eta/)
  await refused({ templates: 5 }, /templates must be a directory that exists, not 5: write templates: '/)
  await refused({ signinPath: '/x' }, /unknown option pages: signinPath \(did you mean signInPath\?\): the options of pages are prefix, publicPrefix, contentSecurityPolicy, locate, language, texts, timeZone, templates, signInPath, returnTo, passwordPath, forgotPasswordPath, accountName, homePath$/)
  await refused({ prefix: undefined }, /prefix is missing: write prefix: '\/account\/sessions'/)
  await t.rejects(createShop(t, { routes: app => app.register(loginSessionApi, { prefix: '/x', password: true } as never) }), { message: /unknown option api: password: the options of api are prefix$/ })
})

t.test('a branch whose own prefix links cannot be made of stops the boot, too', async t => {
  const boot = (prefix: string, outer: string) => createShop(t, {
    routes: app => app.register(async branch => { await branch.register(loginSessionPages, { prefix }) }, { prefix: outer })
  })
  await t.rejects(boot('/sessions', '/:tenant'), { message: /not '\/sessions' below '\/:tenant': write/ })
  await t.rejects(boot('/', '/branch/'), { message: /not '\/' below '\/branch\/': write/ }, 'links would have two slashes')
  await boot('/sessions', '/branch/')
})

t.test('the page is in the reader\'s language, dates included, and says so to caches and readers aloud', async t => {
  const app = await createShopWithPages(t)
  const chrome = browser(app)
  await chrome.signIn('ada')

  const german = await chrome.get(PAGE, inGerman)

  t.match(german.body, '<html lang="de" dir="ltr">')
  t.equal(german.headers['content-language'], 'de')
  t.match(german.headers.vary, /Accept-Language/)
  t.match(german.body, />1\. Jän\. 2100, /, 'as in Austria')
  t.match(german.body, 'lang="de" dir="ltr" aria-label')
  t.match(german.body, 'data-ls-locale="de-AT"', 'for the times that the script writes')
  t.match((await chrome.get(PAGE, { headers: { 'accept-language': 'ar' } })).body, '<html lang="ar" dir="rtl">')
  t.match((await chrome.get(PAGE)).body, '<html lang="en" dir="ltr">')
})

t.test('questions, errors and what happened are in the reader\'s language, too', async t => {
  const app = await createShopWithPages(t, { pages: { texts: { sv: { askOthers: 'Logga ut alla andra?', passwordWrong: 'Fel lösenord.', gone: 'Den är redan avslutad.', signedOutOthers: 'Utloggad.' } } } })
  const chrome = browser(app)
  await chrome.signIn('ada')
  await browser(app).signIn('ada')
  const swedish = { headers: { 'accept-language': 'sv-FI' } }

  const question = await chrome.get(`${PAGE}/others/revoke`, swedish)
  t.match(textOf(question), 'Logga ut alla andra?')
  t.match(textOf(await submit(chrome, formOf(question), 'wrong', swedish)), 'Fel lösenord.')
  t.match(textOf(await chrome.get(`${PAGE}/nobody/revoke`, swedish)), 'Den är redan avslutad.')
  t.equal((await submit(chrome, formOf(question), PASSWORD, swedish)).statusCode, 303)
  t.match(textOf(await chrome.get(PAGE, swedish)), 'Utloggad.')
})

t.test('the host picks the language and the zone, for all or by request', async t => {
  const fixed = await createShopWithPages(t, { pages: { language: 'de', timeZone: 'Asia/Tokyo' } })
  const chosen = await createShopWithPages(t, {
    pages: {
      language: request => request.loginSession?.userId === 'aiko' ? 'ja' : null,
      timeZone: request => request.loginSession?.userId === 'aiko' ? 'Asia/Tokyo' : 'Mars/Olympus'
    }
  })
  const [one, aiko, ada] = [browser(fixed), browser(chosen), browser(chosen)]
  await one.signIn('ada')
  await aiko.signIn('aiko')
  await ada.signIn('ada')

  t.match((await one.get(PAGE)).body, /lang="de".*GMT\+9/s)
  t.match((await aiko.get(PAGE, inGerman)).body, /lang="ja"/)
  t.match((await aiko.get(PAGE)).body, /JST|GMT\+9/)
  t.match((await ada.get(PAGE, inGerman)).body, /lang="de".*UTC/s, 'where the host says nothing that is known')
})

t.test('any text can be said otherwise', async t => {
  const app = await createShopWithPages(t, { pages: { texts: { en: { title: 'Your <devices>', signOutOthers: 'Leave {count} places' } } } })
  const chrome = browser(app)
  await chrome.signIn('ada')
  await browser(app).signIn('ada')

  const page = await chrome.get(PAGE)

  t.match(textOf(page), 'Your <devices>')
  t.match(textOf(page), 'Leave 1 places')
  t.notMatch(page.body, '<devices>', 'and stays text')
})

t.test('strangers are sent to sign in, with the way back if the host wants to know it', async t => {
  const app = await createShopWithPages(t, { pages: { signInPath: '/login?from=sessions', returnTo: 'next', homePath: '/profile' } })
  const stranger = browser(app)

  t.equal((await stranger.get(`${PAGE}?sessions=all`)).headers.location, '/login?from=sessions&next=%2Faccount%2Fsessions%3Fsessions%3Dall')
  t.equal((await stranger.get(PAGE, HTMX)).headers['hx-redirect'], '/login?from=sessions&next=%2Fprofile', 'a fragment is no place to come back to')
  t.equal((await stranger.post(`${PAGE}/others/revoke`)).headers.location, '/login?from=sessions&next=%2Fprofile', 'nor is a deed')
})

t.test('the way to the password is linked where the text advises it', async t => {
  const app = await createShopWithPages(t, { pages: { passwordPath: '/account/password' } })
  const [chrome, guest] = [browser(app), browser(app)]
  await chrome.signIn('ada')
  await guest.signIn('guest')

  t.match((await chrome.get(PAGE)).body, '<a href="/account/password">Change your password</a>')
  t.match((await guest.get(PAGE)).body, '<a href="/account/password" data-ls-part="set-password">Set a password</a>')
  t.notMatch((await guest.get(PAGE)).body, 'Change your password</a>')
})

t.test('the form tells password managers whose password it is, if it can', async t => {
  const app = await createShopWithPages(t, {
    pages: { accountName: async userId => { if (userId === 'eve') throw new Error('users are away'); return userId === 'ada' ? 'ada@"example.com' : null } }
  })
  const fieldOf = async (user: string) => {
    const [chrome, other] = [browser(app), browser(app)]
    await chrome.signIn(user)
    await other.signIn(user)
    const { statusCode, body } = await chrome.get(`${PAGE}/others/revoke`)
    t.equal(statusCode, 200)
    return /<input[^>]*autocomplete="username"[^>]*>/.exec(body)?.[0]
  }

  t.match(await fieldOf('ada'), 'value="ada@&quot;example.com"')
  t.equal(await fieldOf('bob'), undefined)
  t.equal(await fieldOf('eve'), undefined)
})

t.test('a place is shown beside a public address, and the list comes without it when it cannot be told', async t => {
  const logs: string[] = []
  const app = await createShopWithPages(t, { logs, pages: { locate: ip => { if (ip === '9.9.9.9') throw new Error('no table'); return 'Norway' } } })
  const [chrome, there, nowhere] = [browser(app, { ip: '192.168.1.4' }), browser(app, { ip: '8.8.8.8' }), browser(app, { ip: '9.9.9.9' })]
  for (const one of [chrome, there, nowhere]) await one.signIn('ada')

  const page = textOf(await chrome.get(PAGE))

  t.match(page, '192.168.1.4 · Local network')
  t.match(page, '8.8.8.8 · Norway')
  t.match(page, '9.9.9.9')
  t.ok(logs.some(line => line.includes('locate failed')))
})

t.test('where no addresses are kept, none are shown, nor asked about', async t => {
  const app = await createShopWithPages(t, { ip: 'none', pages: { locate: () => { t.fail('there is nothing to locate'); return null } } })
  const [chrome, other] = [browser(app), browser(app, { ip: '8.8.8.8' })]
  await chrome.signIn('ada')
  await other.signIn('ada')

  t.notMatch((await chrome.get(PAGE)).body, /8\.8\.8\.8|198\.51\.100/)
})

t.test('a language or zone that comes as a promise is not waited for: one warning each says so, and its failure harms nothing', async t => {
  const logs: string[] = []
  const late = async (): Promise<string> => { throw new Error('users are away') }
  const app = await createShopWithPages(t, { logs, pages: { language: late as any, timeZone: late as any } })
  const chrome = browser(app)
  await chrome.signIn('ada')
  for (let visits = 0; visits < 2; visits++) t.match(textOf(await chrome.get(PAGE)), /Where you are signed in/)
  const warnings = logs.map(line => JSON.parse(line)).map(({ msg }) => msg).filter(msg => msg.includes('promise'))
  t.match(warnings, [/language returned a promise.* must answer synchronously/, /timeZone returned a promise.* must answer synchronously/])
  t.equal(warnings.length, 2)
})

t.test('a language or zone that the host cannot tell costs nobody the page, nor the page that tells of an error', async t => {
  const logs: string[] = []
  const app = await createShopWithPages(t, {
    logs,
    pages: { language: () => { throw new Error('no user') }, timeZone: () => 7 as never }
  })
  const chrome = browser(app)
  await chrome.signIn('ada')

  t.match((await chrome.get(PAGE, inGerman)).body, /lang="de".*UTC/s)
  t.equal((await chrome.get(`${PAGE}/nobody/revoke`, inGerman)).statusCode, 404)
  t.ok(logs.some(line => line.includes('login sessions: language failed')))
})

t.test('many languages and zones do not pile up', async t => {
  const zones = Intl.supportedValuesOf('timeZone').slice(0, 250)
  let next = 0
  const app = await createShopWithPages(t, { pages: { timeZone: () => zones[next++ % zones.length]! } })
  const chrome = browser(app)
  await chrome.signIn('ada')

  for (let i = 0; i < 250; i++) t.equal((await chrome.get(`${PAGE}/others/revoke`)).statusCode, 200)
})

t.test('the way back is told in the query, whatever else the path has', async t => {
  const app = await createShopWithPages(t, { pages: { returnTo: 'next', signInPath: '/login?a=b#form' } })

  t.equal((await browser(app).get(PAGE)).headers.location, '/login?a=b&next=%2Faccount%2Fsessions#form')
})

t.test('the way back never leads to another site', async t => {
  const app = Fastify({ routerOptions: { ignoreDuplicateSlashes: true } })
  t.teardown(() => app.close())
  await app.register(loginSessions, { secret: SECRET, store: memoryStore() })
  await app.register(loginSessionPages, { prefix: '/', returnTo: 'next' })

  t.equal((await app.inject('//evil.example/revoke')).headers.location, '/login?next=%2Fevil.example%2Frevoke')
})
