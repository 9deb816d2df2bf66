/**
 * What operators see: the list, its pages, the search, one user, the numbers.
 */
import t from 'tap'
import { loginSessionPages } from '../../../plugin/index.js'
import { keyOf } from '../../../plugin/sessions/key.js'
import { toNumbersView } from '../../../plugin/pages/admin/numbers.js'
import { SHIPPED } from '../../../plugin/pages/messages.js'
import { createTexts } from '../../../plugin/pages/texts.js'
import type { PageView } from '../../../plugin/pages/view-models.js'
import { createOverview, overviewStoreOf } from '../../../plugin/sessions/overview.js'
import { memoryStore } from '../../../plugin/stores/memory.js'
import { PASSWORD } from '../../support/app.js'
import type { JarBrowser, Reply } from '../../support/browser-jar.js'
import { after, createClock, DAY, MINUTE, NOW, SECOND } from '../../support/clock.js'
import { createOperatorShop, IPHONE, OPERATORS } from '../../support/operators.js'
import { answer, HTMX, PAGE, textOf } from '../../support/page.js'
import { aRecord, BINDING } from '../../support/records.js'
import { breakable } from '../../support/stores.js'

/** The users of the rows, from the top. */
const usersIn = ({ body }: Reply): string[] => [...body.matchAll(/<a class="ls-name"[^>]*><bdi>([^<]*)</g)].map(([, name]) => name!)

/** Where the link with this text leads; undefined: there is none. */
const linkIn = ({ body }: Reply, text: string): string | undefined =>
  new RegExp(`href="([^"]*)"[^>]*>${text}</a>`).exec(body)?.[1]?.replaceAll('&amp;', '&')

async function follow (jar: JarBrowser, reply: Reply, text: string): Promise<Reply> {
  const url = linkIn(reply, text)
  if (url === undefined) throw new Error(`no link ${text}`)
  return await jar.get(url)
}

t.test('all sessions, the newest sign-in first, in pages of 25 in both directions', async t => {
  const { root, store } = await createOperatorShop(t)
  for (let i = 0; i < 60; i++) {
    const createdAt = after(NOW, i * SECOND)
    await store.insert(aRecord({ userId: `user-${i}`, createdAt, lastActiveAt: createdAt }))
  }
  const newest = await root.get(OPERATORS)
  const names = (from: number, count: number): string[] => Array.from({ length: count }, (_, i) => `user-${from - i}`)
  t.strictSame(usersIn(newest), ['root', ...names(59, 24)])
  t.match(textOf(newest), '61 sessions')
  t.strictSame([linkIn(newest, 'Newer'), linkIn(newest, 'Latest')], [undefined, undefined])

  const second = await follow(root, newest, 'Older')
  t.strictSame(usersIn(second), names(35, 25))
  t.notMatch(second.body, 'ls-plots', 'the numbers are on the first page')
  const last = await follow(root, second, 'Older')
  t.strictSame(usersIn(last), names(10, 11))
  t.equal(linkIn(last, 'Older'), undefined)
  const back = await follow(root, last, 'Newer')
  t.strictSame(usersIn(back), usersIn(second))
  t.strictSame(usersIn(await follow(root, back, 'Newer')), usersIn(newest))
  t.strictSame(usersIn(await follow(root, last, 'Latest')), usersIn(newest))
})

t.test('a row leads to its user; the details say everything, and what users chose stays text', async t => {
  const { root, signIn } = await createOperatorShop(t)
  const evil = '<img src=x onerror=alert(1)>'
  const { session } = await signIn(evil, { userAgent: `${evil} ${IPHONE}` })
  const list = await root.get(OPERATORS)
  t.notMatch(list.body, '<img')
  t.match(list.body, `href="${OPERATORS}/user?screen=user&amp;user=${encodeURIComponent(evil).replaceAll('%20', '+').replaceAll('(', '%28').replaceAll(')', '%29')}"`)
  const user = await root.get(`${OPERATORS}/user?user=${encodeURIComponent(evil)}`)
  t.equal(user.statusCode, 200)
  t.notMatch(user.body, '<img')
  for (const fact of [`User id ${evil}`, `Session id ${session.id}`, `User agent ${evil}`, 'Keep me signed in No', 'Ends at the latest', '1 session', 'Sign out everywhere (1)']) t.match(textOf(user), fact)
  t.match(user.body, /<details [^>]* open>/)
  t.notMatch(list.body, /<details [^>]* open>/)
})

t.test('search by user, device, address, network and age, alone and together', async t => {
  const { root, signIn, clock } = await createOperatorShop(t, { idleTimeout: DAY })
  await signIn('ada', { ip: '203.0.113.9' })
  clock.advance(59 * MINUTE)
  await root.user()
  await signIn('ada', { userAgent: IPHONE, ip: '203.0.113.77' })
  await signIn('bob', { ip: '198.51.100.20' })
  const found = async (query: string): Promise<string> => {
    const reply = await root.get(`${OPERATORS}?${query}`)
    t.notMatch(reply.body, 'ls-plots')
    return `${usersIn(reply).join(' ')} | ${/class="ls-count">([^<]*)/.exec(reply.body)?.[1]}`
  }
  t.equal(await found('who=ada'), 'ada ada | 2 sessions')
  t.equal(await found('who=nobody'), ' | 0 sessions')
  t.equal(await found('kind=phone'), 'ada | 1 session')
  t.equal(await found('address=203.0.113.9'), 'ada | 1 session')
  t.equal(await found('address=203.0.113.0%2F24'), 'ada ada | 2 sessions')
  t.equal(await found('age=hour'), 'bob ada | 2 sessions')
  t.equal(await found('age=before-month'), ' | 0 sessions')
  t.equal(await found('who=ada&kind=desktop&address=203.0.113.0%2F24&age=day'), 'ada | 1 session')
  t.match(textOf(await root.get(`${OPERATORS}?kind=tv`)), 'No session matches.')
})

t.test('an address that cannot be read is an error beside its field, and finds nothing', async t => {
  const { root } = await createOperatorShop(t)
  const reply = await root.get(`${OPERATORS}?address=203.0.113`)
  t.strictSame(usersIn(reply), [])
  t.match(reply.body, /value="203.0.113" [^>]*aria-invalid="true" aria-describedby="login-sessions-address-error"/)
  t.match(textOf(reply), 'Write an address such as 203.0.113.7, or a network such as 203.0.113.0/24. IPv4: /8–/32. IPv6: /16–/128. Show all sessions 0 sessions')
  t.equal((await root.get(`${OPERATORS}/search/revoke?address=203.0.113`)).statusCode, 404)
})

t.test('a search says "more than 1,000" and does not count further', async t => {
  const { root, store } = await createOperatorShop(t)
  await Promise.all(Array.from({ length: 1001 }, async (_, i) => await store.insert(aRecord({ userId: `user-${i}` }))))
  const reply = await root.get(`${OPERATORS}?kind=desktop`)
  t.match(textOf(reply), 'More than 1,000 sessions')
  t.match(textOf(await root.get(`${OPERATORS}/search/revoke?kind=desktop`)), 'More than 1,000 sessions end. This device stays signed in.')
  t.equal((await answer(root, `${OPERATORS}/search/revoke?kind=desktop`, PASSWORD)).statusCode, 303)
  t.match(textOf(await root.get(OPERATORS)), 'Signed out 1,001 sessions.')
})

t.test('findUsers finds users by what was typed, and failing costs only that', async t => {
  let answer: (text: string) => unknown = text => text === 'ada@' ? ['ada', 'eve'] : []
  const { root, signIn } = await createOperatorShop(t, { admin: { findUsers: text => answer(text) as string[] } })
  for (const user of ['ada', 'bob', 'eve']) await signIn(user)
  const found = async (text: string): Promise<string[]> => usersIn(await root.get(`${OPERATORS}?who=${text}`))
  t.strictSame(await found('ada%40'), ['eve', 'ada'])
  t.strictSame(await found('bob'), ['bob'], 'an id is found, too')
  answer = () => Array.from({ length: 50 }, (_, i) => i === 49 ? 'eve' : `user-${i}`)
  t.notMatch(textOf(await root.get(`${OPERATORS}?who=x`)), 'users match', 'fifty are all searched')
  t.strictSame(await found('x'), ['eve'])
  answer = () => Array.from({ length: 60 }, (_, i) => i === 3 ? 'eve' : `user-${i}`)
  const many = await root.get(`${OPERATORS}?who=x`)
  t.strictSame(usersIn(many), ['eve'])
  t.match(textOf(many), 'More than 50 users match. These are the sessions of the first 50.')
  for (answer of [() => { throw new Error('directory away') }, () => 7, async () => { throw new Error('away') }]) {
    const failed = await root.get(`${OPERATORS}?who=ada`)
    t.match(textOf(failed), 'Users cannot be searched right now.')
    t.strictSame([failed.statusCode, usersIn(failed)], [200, []])
    t.equal((await root.get(`${OPERATORS}/search/revoke?who=ada`)).statusCode, 404)
  }
})

t.test('describeUsers names all users of a page at once; a missing or wrong answer leaves the id', async t => {
  let asked: string[][] = []
  const picture = 'data:image/svg+xml,x'
  let answer: unknown = new Map([['ada', { name: 'Ada Lovelace', detail: 'ada@example.com', picture }], ['bob', { name: ' ', detail: 7, picture: 'javascript:alert(1)' }]])
  const { root, signIn } = await createOperatorShop(t, { admin: { describeUsers: ids => { asked.push(ids); if (answer instanceof Error) throw answer; return answer as Map<string, never> } } })
  for (const user of ['ada', 'ada', 'bob']) await signIn(user)
  const list = await root.get(OPERATORS)
  t.strictSame(asked, [['bob', 'ada', 'root']])
  t.strictSame(usersIn(list), ['bob', 'Ada Lovelace', 'Ada Lovelace', 'root'])
  t.equal(list.body.split(`<img class="ls-picture" src="${picture}"`).length, 3)
  t.notMatch(list.body, 'javascript:')
  t.match(textOf(list), 'ada@example.com')
  t.match(textOf(await root.get(`${OPERATORS}/user?user=ada`)), 'Sessions of Ada Lovelace ada@example.com')
  answer = { ada: { name: 'Ada' } }
  t.strictSame(usersIn(await root.get(OPERATORS)), ['bob', 'Ada', 'Ada', 'root'])
  for (const wrong of [undefined, null, new Error('away')]) {
    answer = wrong
    t.strictSame(usersIn(await root.get(OPERATORS)), ['bob', 'ada', 'ada', 'root'])
  }
  asked = []
  await root.get(`${OPERATORS}?kind=tv`)
  t.strictSame(asked, [], 'nobody is asked about nobody')
})

t.test('the screen of a user without sessions, and of nobody', async t => {
  const { root } = await createOperatorShop(t)
  t.match(textOf(await root.get(`${OPERATORS}/user?user=ada`)), 'Sessions of ada User id ada 0 sessions No session matches.')
  for (const query of ['', '?user=', '?user=a&user=b']) t.equal((await root.get(`${OPERATORS}/user${query}`)).statusCode, 404, query)
})

t.test('a user with more than 1,000 sessions', async t => {
  const { root, store } = await createOperatorShop(t)
  await Promise.all(Array.from({ length: 1001 }, async () => await store.insert(aRecord())))
  t.match(textOf(await root.get(`${OPERATORS}/user?user=ada`)), 'More than 1,000 sessions')
})

t.test('the numbers: counted, kept for ten seconds, anew after an ending; estimated beyond 4,000 records', async t => {
  let size = 2
  const memory = memoryStore()
  const { root, signIn, clock, app, store } = await createOperatorShop(t, { store: { ...memory, size: async () => size } })
  const numbers = async (): Promise<string> => textOf(await root.get(`${OPERATORS}/numbers`, HTMX)).replace(/ Sessions by day.*As a table/, '')
  t.match(await numbers(), 'Live sessions 1 Users signed in 1')
  await signIn('ada')
  await app.loginSessions.list('ada')
  clock.advance(-MINUTE)
  t.match(await numbers(), 'Live sessions 1')
  clock.advance(MINUTE)
  t.match(await numbers(), /Live sessions 2 Users signed in 2.*All sessions were counted\./)
  for (let i = 0; i < 18; i++) {
    await store.insert(aRecord({ userId: `user-${i}`, createdAt: after(NOW, -MINUTE), device: { ...aRecord().device, os: `System ${i % 10}` } }))
  }
  size = 400_000
  clock.advance(MINUTE)
  const estimated = textOf(await root.get(OPERATORS))
  t.match(estimated, /Live sessions about 400,000 Users signed in about [\d,]+/)
  t.match(estimated, 'Estimated from a sample of 20 records. Sessions that have ended are not included.')
  t.match(estimated, 'About 400,000 sessions')
})

t.test('sessions that are bound to their device say so, and the numbers say how many; without one, nothing speaks of it', async t => {
  const { root, signIn, store, clock } = await createOperatorShop(t)
  await signIn('bob')
  t.notMatch((await root.get(OPERATORS)).body, /Bound to|ls-bound|ls-share/)

  await store.insert(aRecord({ createdAt: NOW, lastActiveAt: NOW, ip: null, binding: BINDING }))
  clock.advance(10 * SECOND)
  const list = textOf(await root.get(OPERATORS))
  t.match(list, 'Live sessions 3 Users signed in 3 Bound to their device 1 (33%)')
  t.match(list, /ada Windows computer · Chrome · Signed in .* ago · Bound to this device Details .* Bound to this device In another browser, a copy of its cookie soon stops working\. Ends at the latest/)
  t.match(textOf(await root.get(`${OPERATORS}/user?user=ada`)), / ago · Bound to this device Details .* Bound to this device In another browser/)
  t.notMatch(textOf(await root.get(`${OPERATORS}?who=bob`)), 'Bound')
})

t.test('the share of the sessions that are bound: a few are not none, almost all are not all, and estimates say so', async t => {
  const shown = (deviceBound: number, sessions: number, sample: number | null = null, language = 'en'): string | null => {
    const texts = createTexts(language, SHIPPED[language]!, 'UTC')
    const numbers = { at: NOW, sample, sessions, users: 1, deviceBound, byDay: [], byKind: [], bySystem: [] }
    const view = toNumbersView(numbers, { base: '', say: texts.say, texts } as unknown as PageView).deviceBound
    return view && `${view.sessions} (${view.share})`
  }
  t.equal(shown(0, 500), null)
  t.equal(shown(1234, 3335), '1,234 (37%)')
  t.equal(shown(2, 3), '2 (67%)')
  t.equal(shown(1, 500), '1 (0.2%)')
  t.equal(shown(499, 500), '499 (99%)')
  t.equal(shown(500, 500), '500 (100%)')
  t.equal(shown(100_000, 400_000, 2000), 'about 100,000 (25%)')
  t.equal(shown(1234, 3335, 2000, 'de'), 'etwa 1.234 (37\u00a0%)')
})

t.test('a plot has eight bars at most: clients choose the names of systems', async t => {
  const texts = createTexts('en', SHIPPED.en!, 'UTC')
  const bySystem = Array.from({ length: 12 }, (_, i) => ({ system: i === 1 ? null : `System ${i}`, sessions: 12 - i }))
  const numbers = { at: NOW, sample: null, sessions: 78, users: 1, deviceBound: 0, byDay: [], byKind: [{ kind: 'other' as const, sessions: 78 }], bySystem }
  const { plots } = toNumbersView(numbers, { base: '', say: texts.say, texts } as PageView)
  const bars = plots.map(({ bars }) => bars.map(({ label, value }) => `${label} ${value}`))
  t.strictSame(bars, [[], ['Others 78'], [
    'System 0 12', 'Unknown 11', 'System 2 10', 'System 3 9', 'System 4 8', 'System 5 7', 'System 6 6', 'Others 15'
  ]])
})

t.test('without htmx the URLs of fragments lead to the page', async t => {
  const { root } = await createOperatorShop(t)
  for (const path of ['/numbers', '/work']) {
    const reply = await root.get(OPERATORS + path)
    t.strictSame([reply.statusCode, reply.headers.location], [303, OPERATORS])
  }
  t.match((await root.get(`${OPERATORS}/list?who=root`)).body, '<!doctype html>')
  const fragment = await root.get(`${OPERATORS}/list?who=root`, HTMX)
  t.strictSame([fragment.headers['login-sessions'], usersIn(fragment)], ['fragment', ['root']])
  t.match((await root.get(`${OPERATORS}/user?user=root`)).body, 'href="/operators">Back to all sessions</a>')
})

t.test('nobody\'s session data, token or hash is shown', async t => {
  const { root, signIn, store } = await createOperatorShop(t)
  const { jar, session } = await signIn('ada')
  await jar.post('/data', { cart: ['a book that nobody may see'] })
  const [record] = await store.find([keyOf('ada', session.id)])
  const secrets = [...record!.tokens.map(({ hash }) => hash), 'a book that nobody may see', jar.cookieValue()!.slice(30, 60)]
  t.equal(record!.data.cart === undefined, false)
  for (const url of ['', '/user?user=ada', `/session/revoke?of=ada&session=${session.id}`, '/user/revoke?of=ada', '/search/revoke?who=ada', '/everyone/revoke']) {
    const { body } = await root.get(OPERATORS + url)
    t.strictSame(secrets.filter(secret => body.includes(secret)), [], url)
  }
})

t.test('it has the headers of the account page: private, no frames, no foreign scripts, Trusted Types', async t => {
  const { root } = await createOperatorShop(t, {
    async routes (app) { await app.register(loginSessionPages, { prefix: PAGE }) }
  })
  const ofPage = (reply: Reply): object => {
    const { 'content-length': length, date, ...headers } = reply.headers
    return headers
  }
  const [account, operators] = [await root.get(PAGE), await root.get(OPERATORS)]
  t.strictSame(ofPage(operators), ofPage(account))
  t.match(operators.headers['content-security-policy'], "require-trusted-types-for 'script'; trusted-types login-sessions")
  t.match(operators.headers['cache-control'], 'no-store')
  t.notMatch(operators.body, /<[^>]* style=|<script(?![^>]*src=)| on\w+=/)
})

t.test('what the page asks by itself does not keep the session active', async t => {
  const { root, app, clock } = await createOperatorShop(t)
  const lastActive = async () => (await app.loginSessions.list('root'))[0]!.lastActiveAt
  const before = await lastActive()
  clock.advance(2 * MINUTE)
  for (const path of ['/list', '/numbers', '/work']) await root.get(OPERATORS + path, HTMX)
  await app.loginSessions.settled()
  t.strictSame(await lastActive(), before)
  await root.get(OPERATORS)
  await app.loginSessions.settled()
  t.not((await lastActive()).getTime(), before.getTime())
})

t.test('a store that fails answers 503; a prefix of "/", a home of the host\'s and a context of its own work', async t => {
  const store = breakable(memoryStore())
  const { root } = await createOperatorShop(t, { store, admin: { homePath: '/admin' } })
  t.match((await root.get(`${OPERATORS}/user?user=root`)).body, 'href="/admin">Back to all sessions</a>')
  store.fail('listByUser')
  t.equal((await root.get(`${OPERATORS}/user?user=root`)).statusCode, 503)
})

t.test('an overview without sessions', async t => {
  const overview = createOverview({ store: overviewStoreOf(memoryStore())!, now: createClock().now })
  t.strictSame(await overview.page({}, 25, null), { sessions: [], newer: null, older: null })
})

t.test('where counting takes too long, the list and the question say how many are shown, and whether there are more', async t => {
  const { root, store } = await createOperatorShop(t, { store: { ...memoryStore(), countFound: async () => null } })
  for (let i = 0; i < 30; i++) await store.insert(aRecord({ userId: `user-${i}`, ip: i < 4 ? '198.51.100.9' : '203.0.113.9' }))
  const count = async (query: string): Promise<string | undefined> => /(?:More than )?[\d,]+ sessions?/.exec(textOf(await root.get(`${OPERATORS}?${query}`)))?.[0]
  t.equal(await count('address=203.0.113.0%2F24'), 'More than 25 sessions')
  t.equal(await count('address=198.51.100.9'), '4 sessions')
  t.equal(await count('address=192.0.2.1'), '0 sessions')
  const question = async (query: string): Promise<string> => textOf(await root.get(`${OPERATORS}/search/revoke?${query}`))
  t.match(await question('address=203.0.113.0%2F24'), 'More than 10 sessions end.')
  t.match(await question('address=198.51.100.9'), '4 sessions end.')
})
