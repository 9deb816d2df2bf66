import type { FastifyInstance, InjectOptions } from 'fastify'
import t, { type Test } from 'tap'
import { MOST_WAITING } from '../../plugin/confirmation/turns.js'
import { coreOf } from '../../plugin/core.js'
import type { LoginSession } from '../../plugin/index.js'
import { keyOf } from '../../plugin/sessions/key.js'
import { MOST_TOKENS } from '../../plugin/sessions/tokens.js'
import { mongoStore } from '../../plugin/stores/mongo.js'
import { createShop, PASSWORD, verifyPassword } from '../support/app.js'
import { browser, type JarBrowser, type Reply } from '../support/browser-jar.js'
import { createClock, MINUTE } from '../support/clock.js'
import { parallel, turns } from '../support/gate.js'
import { type Database, database } from '../support/mongo.js'
import { API, createShopWithPages, formOf, HTMX, PAGE, submit } from '../support/page.js'
import { onBothStores } from '../support/stores.js'

// --- the lock ---

const SERVERS = 3

/** Every way to a password check, for a browser whose forms carry this token. */
const WAYS: Array<[what: string, go: (browser: JarBrowser, target: string, csrf: string, password: string, options?: InjectOptions) => Promise<Reply>]> = [
  ['the page', (browser, target, csrf, password, options) => submit(browser, { action: `${PAGE}/${target}/revoke`, fields: { csrf } }, password, options)],
  ['htmx', (browser, target, csrf, password, options = {}) => submit(browser, { action: `${PAGE}/${target}/revoke`, fields: { csrf } }, password, { ...options, headers: { ...HTMX.headers, ...options.headers } })],
  ['the page, all others', (browser, _target, csrf, password, options) => submit(browser, { action: `${PAGE}/others/revoke`, fields: { csrf } }, password, options)],
  ['the API', (browser, target, _csrf, password, options) => browser.post(`${API}/${target}/revoke`, { password }, options)],
  ['the API, all others', (browser, _target, _csrf, password, options) => browser.post(`${API}/others/revoke`, { password }, options)],
  ['a route of the shop\'s', (browser, _target, _csrf, password, options) => browser.post('/confirm', { password }, options)]
]

/** What a thief may say of where they are; each a different one for each index. */
const GAMES: Array<[header: string, value: (index: number) => string]> = [
  ['x-forwarded-for', index => `203.0.113.${index}`],
  ['x-forwarded-for', index => `10.0.0.${index}, 203.0.113.9, 127.0.0.1`],
  ['x-forwarded-for', index => `<script>${index}</script>`],
  ['forwarded', index => `for="[2001:db8::${index}]:80";proto=https`],
  ['x-real-ip', index => `2001:db8::${index}`],
  ['cf-connecting-ip', index => `198.51.100.${index}`],
  ['user-agent', index => `Mozilla/5.0 (X11; Linux x86_64; rv:${index}.0) Gecko/20100101 Firefox/${index}.0`],
  ['accept-language', index => ['de', 'fr', 'ja', 'ar', ''][index % 5]!],
  ['x-request-id', index => `request-${index}`]
]

/** Three servers over one collection, each with a client of its own, and what all of them have been asked. */
async function setup (t: Test, db: Database, check: (password: string) => boolean | Promise<boolean> = password => password === PASSWORD) {
  const clock = createClock()
  const collection = db.collection()
  const checked: string[] = []
  const servers = await parallel(SERVERS, async () => await createShopWithPages(t, {
    now: clock.now,
    store: mongoStore((await db.connect(t)).db(collection.dbName).collection(collection.collectionName)),
    verifyPassword: () => async password => { checked.push(password); return await check(password) }
  }))
  /** The same browser, at each of the servers. */
  const everywhere = (one: JarBrowser): JarBrowser[] => servers.map(server => {
    const there = browser(server)
    there.forge(one.cookieValue()!)
    return there
  })
  const laptop = browser(servers[0]!)
  const session = await laptop.signIn('ada')
  const target = (await browser(servers[1]!).signIn('ada')).id
  const csrf = formOf(await laptop.get(`${PAGE}/${target}/revoke`)).fields.csrf!
  const documentOf = async (id: string) => await collection.findOne({ _id: keyOf('ada', id) as any })
  return { clock, servers: servers as [FastifyInstance, FastifyInstance, FastifyInstance], checked, everywhere, laptop, session, target, csrf, documentOf }
}

/** Locks this browser's confirmation. */
async function lock (laptop: JarBrowser): Promise<void> {
  for (let i = 0; i < 5; i++) await laptop.post('/confirm', { password: `wrong ${i}` })
}

const statusOf = ({ statusCode }: Reply): number => statusCode
const lockedOf = ({ statusCode, headers }: Reply) => [statusCode, headers['retry-after']]
const count = (all: unknown[], one: unknown): number => all.filter(each => each === one).length

/** Of those that one server has at a time, one is checked and ten wait, which learn of the lock. The others are asked to come back. */
function tellsLockOrBusy (t: Test, replies: Reply[], servers: number): void {
  const refused = replies.flatMap(({ headers }) => headers['retry-after'] ?? [])
  const busy = count(refused, '2')
  t.ok(busy <= replies.length - servers * (1 + MOST_WAITING))
  t.equal(count(refused, '900'), refused.length - busy)
}

const db = await database(t)

t.test('of fifty wrong passwords at once, over three servers and every route, with as many addresses, five are looked at', async t => {
  const { clock, checked, everywhere, laptop, session, target, csrf, documentOf } = await setup(t, db)
  const replies = await parallel(50, index => {
    const [header, value] = GAMES[index % GAMES.length]!
    const [, go] = WAYS[index % WAYS.length]!
    return go(everywhere(laptop)[index % SERVERS]!, target, csrf, `wrong ${index}`, { remoteAddress: `192.0.2.${index}`, headers: { [header]: value(index) } })
  })

  t.equal(checked.length, 5)
  t.strictSame(replies.map(statusOf).sort(), [...Array(5).fill(422), ...Array(45).fill(429)])
  tellsLockOrBusy(t, replies, SERVERS)
  t.strictSame((await documentOf(session.id))?.confirmation, { failures: 5, total: 5, lockedUntil: new Date(clock.now().getTime() + 15 * MINUTE) })
  t.ok(await documentOf(target), 'nothing was ended')
})

t.test('the lock holds on every route of every server, for the right password too, for fifteen minutes to the millisecond', async t => {
  const { clock, checked, everywhere, laptop, session, target, csrf, documentOf } = await setup(t, db)
  await lock(laptop)
  const tryAll = async (): Promise<unknown[]> => await Promise.all(everywhere(laptop).flatMap(there => WAYS.map(async ([, go]) => lockedOf(await go(there, target, csrf, PASSWORD)))))

  t.strictSame(await tryAll(), Array(SERVERS * WAYS.length).fill([429, '900']))
  clock.advance(15 * MINUTE - 1)
  t.strictSame(await tryAll(), Array(SERVERS * WAYS.length).fill([429, '1']))
  t.equal(checked.length, 5, 'no password was looked at meanwhile')
  t.ok(await documentOf(target))
  clock.advance(1)
  t.equal((await everywhere(laptop)[2]!.post('/confirm', { password: PASSWORD })).statusCode, 200)
  t.strictSame((await documentOf(session.id))?.confirmation, { failures: 0, at: clock.now() })
})

t.test('no address, browser or language that a thief names gets another password looked at', async t => {
  const { checked, everywhere, laptop, session, documentOf } = await setup(t, db)
  await lock(laptop)
  const before = await documentOf(session.id)
  for (const [header, value] of GAMES) {
    const replies = await parallel(50, index => everywhere(laptop)[index % SERVERS]!.post('/confirm', { password: PASSWORD }, { remoteAddress: `192.0.2.${index}`, headers: { [header]: value(index) } }))
    t.strictSame(replies.map(statusOf), Array(50).fill(429), header)
  }
  t.equal(checked.length, 5)
  t.strictSame(await documentOf(session.id), before, 'nor does it prolong the lock')
})

t.test('the token before a rotation and the one after it share their attempts', async t => {
  const { checked, everywhere, laptop } = await setup(t, db)
  const former = everywhere(laptop)
  t.equal((await laptop.post('/confirm', { password: PASSWORD })).statusCode, 200)
  const newest = everywhere(laptop)
  t.not(former[0]!.cookieValue(), newest[0]!.cookieValue())

  const statuses: number[] = []
  for (let i = 0; i < 8; i++) statuses.push(statusOf(await [former, newest][i % 2]![i % SERVERS]!.post('/confirm', { password: 'wrong' })))
  t.strictSame(statuses, [422, 422, 422, 422, 422, 429, 429, 429])
  t.equal(checked.length, 1 + 5)
})

t.test('a session\'s lock is its own: other sessions of the user, signing in, and all that needs no password go on', async t => {
  const { servers, laptop, target, documentOf } = await setup(t, db)
  const [phone, bobs] = [browser(servers[1]), browser(servers[2])]
  await phone.signIn('ada')
  await bobs.signIn('bob')
  await lock(laptop)

  t.strictSame([await laptop.user(), await laptop.accountStatus()], ['ada', 200])
  for (const url of [PAGE, API, `${PAGE}/${target}/revoke`, '/data']) t.equal((await laptop.get(url)).statusCode, 200, url)
  t.equal((await laptop.post('/data', { cart: ['book'] })).statusCode, 200)
  t.strictSame((await laptop.get('/data')).json(), { cart: ['book'] })
  for (const other of [phone, bobs]) t.equal((await other.post('/confirm', { password: PASSWORD })).statusCode, 200)
  t.equal((await phone.post(`${API}/${target}/revoke`, { password: PASSWORD })).statusCode, 200)
  t.notOk(await documentOf(target))

  const tablet = browser(servers[2])
  await tablet.signIn('ada')
  t.equal((await tablet.post('/confirm', { password: PASSWORD })).statusCode, 200, 'a new session begins without the lock')
  t.equal((await laptop.post('/confirm', { password: PASSWORD })).statusCode, 429, 'which goes on meanwhile')
  t.equal((await laptop.signOut()).statusCode, 200)
  await laptop.signIn('ada')
  t.equal((await laptop.post('/confirm', { password: PASSWORD })).statusCode, 200, 'and ends with its session')
})

t.test('a person without a session adds to nobody\'s count', async t => {
  const { servers, checked, session, target, csrf, documentOf } = await setup(t, db)
  const before = [await documentOf(session.id), await documentOf(target)]
  const strangers = await parallel(60, index => WAYS[index % WAYS.length]![1](browser(servers[index % SERVERS]!), target, csrf, 'wrong'))
  t.ok(strangers.map(statusOf).every(status => status === 401 || status === 303))
  const bobs = browser(servers[0])
  await bobs.signIn('bob')
  for (const id of [target, session.id]) t.equal((await bobs.post(`${API}/${id}/revoke`, { password: 'wrong' })).statusCode, 404)
  t.strictSame([await documentOf(session.id), await documentOf(target)], before)
  t.strictSame(checked, [])
})

t.test('four wrong ones are forgiven by a right one, on whichever server, and a lock that is over is forgotten', async t => {
  const { clock, everywhere, laptop, session, documentOf } = await setup(t, db)
  let hands = everywhere(laptop)
  for (let round = 0; round < 4; round++) {
    const wrong = await parallel(4, index => hands[(round + index) % SERVERS]!.post('/confirm', { password: 'wrong' }))
    t.strictSame(wrong.map(statusOf), Array(4).fill(422))
    const last = hands[round % SERVERS]!
    t.equal((await last.post('/confirm', { password: PASSWORD })).statusCode, 200)
    hands = everywhere(last)
  }
  await lock(hands[0]!)
  clock.advance(15 * MINUTE)
  for (let i = 0; i < 5; i++) t.equal((await hands[i % SERVERS]!.post('/confirm', { password: 'wrong' })).statusCode, 422)
  t.equal((await hands[1]!.post('/confirm', { password: PASSWORD })).statusCode, 429, 'five more lock again')
  t.equal((await documentOf(session.id))?.confirmation.failures, 5)
})

t.test('checks that fail are counted for nobody, however many at once: the next right password is taken', async t => {
  let broken = true
  const { checked, everywhere, laptop, session, documentOf } = await setup(t, db, async password => {
    await turns(1)
    if (broken) throw new Error('users are away')
    return password === PASSWORD
  })
  const replies = await parallel(50, index => everywhere(laptop)[index % SERVERS]!.post('/confirm', { password: 'wrong' }))
  t.ok(checked.length >= 5)
  t.equal(count(replies.map(statusOf), 503), checked.length, 'whoever was looked at is told that it could not be done')
  t.equal(count(replies.map(statusOf), 503) + count(replies.map(statusOf), 429), 50, 'who found no turn is told to come back')
  t.strictSame((await documentOf(session.id))?.confirmation, { failures: 0, total: 0 })
  broken = false
  for (let i = 0; i < 4; i++) t.equal((await everywhere(laptop)[i % SERVERS]!.post('/confirm', { password: 'wrong' })).statusCode, 422)
  t.equal((await laptop.post('/confirm', { password: PASSWORD })).statusCode, 200)
})

t.test('wrong ones among failing checks still lock at five, whatever the order in which they end', async t => {
  const { checked, everywhere, laptop } = await setup(t, db, async password => {
    await turns(Number(password.split(' ')[1]))
    if (password.startsWith('broken')) throw new Error('users are away')
    return false
  })
  const hands = everywhere(laptop)
  const replies: Reply[] = []
  for (let round = 0; round < 12; round++) {
    replies.push(...await parallel(3, index => hands[index]!.post('/confirm', { password: `${index === round % 3 ? 'broken' : 'wrong'} ${(round * 7 + index * 3) % 5}` })))
  }
  t.equal(count(replies.map(statusOf), 422), 5)
  t.equal(checked.filter(password => password.startsWith('wrong')).length, 5)
  t.equal((await laptop.post('/confirm', { password: PASSWORD })).statusCode, 429)
})

t.test('fifty right ones at once end unlocked, with new tokens that all work', async t => {
  const { clock, checked, everywhere, laptop, session, documentOf, servers } = await setup(t, db)
  const hands = everywhere(laptop)
  const replies = await parallel(50, index => hands[index % SERVERS]!.twin().post('/confirm', { password: PASSWORD }))
  const statuses = replies.map(statusOf)
  t.comment(`${count(statuses, 200)} were taken, ${count(statuses, 429)} were asked to come back`)
  t.equal(count(statuses, 200) + count(statuses, 429), 50)
  t.equal(count(statuses, 200), checked.length)
  const brought = replies.flatMap(({ headers }) => headers['set-cookie'] ?? [])
  t.equal(brought.length, Math.min(count(statuses, 200), MOST_TOKENS - 1), 'there is room for so many')
  for (const line of brought) {
    const holder = browser(servers[0])
    holder.forge(line.split(/[=;]/)[1]!)
    t.equal(await holder.user(), 'ada')
  }
  t.strictSame((await documentOf(session.id))?.confirmation, { failures: 0, at: clock.now() })
  t.equal(await coreOf(servers[1], '').lockedFor(session satisfies Pick<LoginSession, 'id' | 'userId'>), 0)
  for (let i = 0; i < 4; i++) t.equal((await hands[i % SERVERS]!.post('/confirm', { password: 'wrong' })).statusCode, 422, 'no attempt was used up')
  t.equal((await hands[2]!.post('/confirm', { password: PASSWORD })).statusCode, 200)
})

// --- right passwords at the same moment ---

await onBothStores(t, async (t, makeStore) => {
  t.test('eight right passwords at the same moment, on two servers, are all taken', async t => {
    const store = makeStore()
    const [one, other] = await parallel(2, () => createShop(t, { store }))
    const laptop = browser(one!)
    await laptop.signIn('ada')
    const elsewhere = browser(other!)
    elsewhere.forge(laptop.cookieValue()!)
    const statuses = (await parallel(8, index => [laptop, elsewhere][index % 2]!.post('/confirm', { password: PASSWORD }))).map(({ statusCode }) => statusCode)
    t.strictSame(statuses, Array(8).fill(200))
  })

  t.test('fifty wrong ones at the same moment, on two servers, reach five checks, and lock', async t => {
    const store = makeStore()
    let checks = 0
    const counting = (userId: string) => async (password: string) => { checks++; return await (await verifyPassword(userId))!(password) }
    const [one, other] = await parallel(2, () => createShop(t, { store, verifyPassword: counting }))
    const laptop = browser(one!)
    await laptop.signIn('ada')
    const elsewhere = browser(other!)
    elsewhere.forge(laptop.cookieValue()!)
    const replies = await parallel(50, index => [laptop, elsewhere][index % 2]!.post('/confirm', { password: 'wrong' }))
    t.equal(checks, 5)
    t.strictSame(replies.map(({ statusCode }) => statusCode).sort(), [...Array(5).fill(422), ...Array(45).fill(429)])
    tellsLockOrBusy(t, replies, 2)
  })

  t.test('the page can tell a lock before a password is typed', async t => {
    const clock = createClock()
    const app = await createShop(t, { store: makeStore(), now: clock.now })
    const laptop = browser(app)
    const session = await laptop.signIn('ada')
    t.equal(await coreOf(app, '').lockedFor(session), 0)
    for (let i = 0; i < 5; i++) await laptop.post('/confirm', { password: 'wrong' })
    clock.advance(MINUTE)
    t.equal(await coreOf(app, '').lockedFor(session), 14 * MINUTE)
    await app.loginSessions.revokeAll('ada')
    t.equal(await coreOf(app, '').lockedFor(session), 0)
  })
})
