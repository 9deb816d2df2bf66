/**
 * The list: its order, its groups, what is new, and what a row shows.
 */
import t, { type Test } from 'tap'
import type { Device } from '../../plugin/client/device.js'
import { loginSessionPages, memoryStore } from '../../plugin/index.js'
import { toEntries } from '../../plugin/pages/account/entries.js'
import { browserMark, deviceMark } from '../../plugin/pages/device-mark.js'
import { SHIPPED } from '../../plugin/pages/messages.js'
import { createTexts } from '../../plugin/pages/texts.js'
import { toLoginSession } from '../../plugin/sessions/login-session.js'
import type { LoginSessionRecord } from '../../plugin/sessions/record.js'
import { createShop } from '../support/app.js'
import { browser, type Reply } from '../support/browser-jar.js'
import { after, createClock, DAY, HOUR, MINUTE, NOW } from '../support/clock.js'
import { createShopWithPages, HTMX, PAGE, textOf } from '../support/page.js'
import { aRecord, BINDING } from '../support/records.js'

const texts = createTexts('en', SHIPPED.en!, 'UTC')
const DESKTOP: Device = { browser: 'Chromium', browserVersion: '149', os: 'Linux', osVersion: null, kind: 'desktop', model: null }
const IPHONE: Device = { browser: 'Safari', browserVersion: '26.1', os: 'iOS', osVersion: '26.1', kind: 'phone', model: 'iPhone' }

// --- order, groups, and what is new ---

/** A session that was last active `active` ms before NOW. */
const session = (active: number, changes: Partial<LoginSessionRecord> = {}) => toLoginSession(aRecord({ lastActiveAt: after(NOW, -active), ...changes }))
const newSince = (age: number): Partial<LoginSessionRecord> => ({ newDevice: true, createdAt: after(NOW, -age) })
const current = session(0, { device: DESKTOP })

t.test('this device is first, then new ones by their sign-in, then the others by their last activity', async t => {
  const [oldest, newest] = [session(5 * MINUTE, { ...newSince(3 * DAY), device: IPHONE }), session(DAY, newSince(2 * DAY))]
  const [phone, mac] = [session(0, { device: IPHONE }), session(HOUR, { device: { ...DESKTOP, os: 'macOS' } })]

  const entries = toEntries(current, [phone, oldest, mac, newest], NOW, texts)

  t.strictSame(entries.map(({ sessions }) => sessions.map(({ id }) => id)), [current, newest, oldest, phone, mac].map(({ id }) => [id]))
  t.strictSame(entries.map(({ isNew }) => isNew), [false, true, true, false, false])
})

t.test('a session is new for exactly seven days, and only on a device that was new', async t => {
  for (const [changes, isNew] of [
    [newSince(0), true], [newSince(7 * DAY), true], [newSince(7 * DAY + 1), false], [{ createdAt: NOW }, false]
  ] as const) {
    t.equal(toEntries(current, [session(0, changes)], NOW, texts)[1]!.isNew, isNew)
  }
  t.notOk(toEntries(session(0, newSince(0)), [], NOW, texts)[0]!.isNew, 'this device is never new')
})

t.test('new ones of equal devices are a group of their own, where the latest of their sign-ins would be', async t => {
  const [first, second, tablet] = [session(MINUTE, newSince(3 * HOUR)), session(HOUR, newSince(HOUR)), session(0, { ...newSince(2 * HOUR), device: { ...IPHONE, os: 'iPadOS', kind: 'tablet', model: 'iPad' } })]
  const known = session(2 * HOUR, {})

  const entries = toEntries(current, [tablet, first, second, known], NOW, texts)

  t.strictSame(entries.slice(1).map(({ sessions }) => sessions.map(({ id }) => id)), [[first, second], [tablet], [known]].map(group => group.map(({ id }) => id)))
  t.strictSame(entries.map(({ isNew }) => isNew), [false, true, true, false])
})

t.test('equal devices are one group, which stands where the last active of them would', async t => {
  const phones = [session(MINUTE, { device: IPHONE }), session(DAY, { device: { ...IPHONE, browserVersion: '18' } })] as const
  const others = [
    session(HOUR, { device: { ...IPHONE, browser: 'Firefox' } }), session(2 * HOUR, { device: { ...IPHONE, kind: 'tablet' } }),
    session(3 * HOUR, { device: { ...IPHONE, model: 'iPod' } })
  ] as const
  const [fresh] = [session(MINUTE, { device: IPHONE, ...newSince(DAY) })]

  const entries = toEntries(session(0, { device: IPHONE }), [phones[0], fresh, ...others, phones[1]], NOW, texts)

  t.strictSame(entries.slice(1).map(({ sessions }) => sessions.map(({ id }) => id)), [[fresh!.id], phones.map(({ id }) => id), ...others.map(({ id }) => [id])])
})

// --- marks ---

t.test('systems and browsers have marks of their own', async t => {
  const cases: Array<[Partial<Device>, string]> = [
    [{ kind: 'desktop', os: 'Windows' }, 'windows'], [{ kind: 'desktop', os: 'macOS' }, 'mac'], [{ kind: 'desktop', os: 'ChromeOS' }, 'chromebook'],
    [{ kind: 'desktop', os: 'Ubuntu' }, 'linux'], [{ kind: 'desktop', os: null }, 'computer'],
    [{ kind: 'phone', os: 'iOS' }, 'iphone'], [{ kind: 'phone', os: 'Android' }, 'android-phone'], [{ kind: 'phone', os: 'KaiOS' }, 'phone'],
    [{ kind: 'tablet', os: 'iPadOS' }, 'ipad'], [{ kind: 'tablet', os: 'Android' }, 'android-tablet'], [{ kind: 'tablet', os: 'Windows' }, 'tablet'],
    [{ kind: 'tv', os: 'Android' }, 'tv'], [{ kind: 'program', os: null }, 'program'], [{ kind: 'other', os: 'PlayStation' }, 'device'],
    [{ kind: 'unknown', os: null }, 'unknown']
  ]
  for (const [device, mark] of cases) t.equal(deviceMark({ ...DESKTOP, ...device }), mark)
  t.strictSame(['Chromium', 'Firefox', 'Safari', 'Edge', 'Opera GX', 'Samsung Internet', 'Vivaldi'].map(browserMark),
    ['chrome', 'firefox', 'safari', 'edge', 'opera', 'samsung', 'globe'])
})

/** The templates draw something of its own for each. */
t.test('no two devices, and no two browsers, have the same drawing', async t => {
  const kinds: Array<Partial<Device>> = [
    { os: 'Windows' }, { os: 'macOS' }, { os: 'ChromeOS' }, {}, { os: null }, { kind: 'phone', os: 'iOS' }, { kind: 'phone', os: 'Android' }, { kind: 'phone', os: 'KaiOS' },
    { kind: 'tablet', os: 'iPadOS' }, { kind: 'tablet', os: 'Android' }, { kind: 'tablet', os: null }, { kind: 'tv' }, { kind: 'program' }, { kind: 'other' }, { kind: 'unknown' }
  ]
  const browsers = ['Chrome', 'Firefox', 'Safari', 'Edge', 'Opera', 'Samsung Internet', 'Vivaldi']
  const page = await listOf(t, [...kinds, ...browsers.map(browser => ({ browser }))].map(device => ({ device: { ...DESKTOP, ...device } })), { headers: {}, url: `${PAGE}?sessions=all` })
  const drawings = (name: string): string[] => [...page.body.matchAll(new RegExp(`<svg class="${name}"[^>]*>(.*?)</svg>`, 'g'))].map(([, drawing]) => drawing!)

  t.equal(new Set(drawings('ls-mark')).size, kinds.length)
  t.equal(new Set(drawings('ls-browser')).size, browsers.length)
  t.notOk([...drawings('ls-mark'), ...drawings('ls-browser')].some(drawing => drawing === '' || drawing.includes('undefined')))
})

// --- the page ---

/** The page of ada, who has these sessions elsewhere, last active one minute after the other. */
async function listOf (
  t: Test, records: Array<Partial<LoginSessionRecord>>, { url = PAGE, headers = {}, pages = {} }: { url?: string, headers?: Record<string, string>, pages?: object } = {}
): Promise<Reply> {
  const store = memoryStore()
  const app = await createShopWithPages(t, { store, pages })
  for (const [i, record] of records.entries()) await store.insert(aRecord({ lastActiveAt: after(NOW, -(i + 1) * MINUTE), ...record }))
  const chrome = browser(app)
  await chrome.signIn('ada')
  return await chrome.get(url, { headers })
}

t.test('a row begins with what people call the thing, and keeps the rest in its details', async t => {
  const page = await listOf(t, [{
    device: { ...DESKTOP, browser: 'Samsung Internet', os: 'Android', osVersion: '16', kind: 'phone', model: 'SM-S918B' }, ip: '8.8.8.8', formerIp: { ip: '10.0.0.1', until: NOW }
  }], { pages: { locate: () => 'Norway' } })

  t.match(textOf(page), 'Android phone Samsung Internet · Norway · Last active: 1 minute ago Details Browser Samsung Internet 149 Operating system Android 16 Model SM-S918B ' +
    'IP address 8.8.8.8 · Norway Also used from 10.0.0.1 · Local network Last active Jan 1, 2100')
  t.match(page.body, 'aria-label="Phone (Android)"')
  t.match(page.body, /aria-label="Details of Android phone \(Samsung Internet\), last active Jan 1, 2100, 11:59\sAM UTC"/)
})

t.test('a session that is bound to its device says so, in words, in its row and its details; the others say nothing of it', async t => {
  const page = await listOf(t, [{ device: IPHONE, ip: null, binding: BINDING }, { device: DESKTOP, ip: null, binding: { key: BINDING.key, challengedAt: NOW } }])

  t.match(textOf(page), 'iPhone Safari · Last active: 1 minute ago · Bound to this device Details Browser Safari 26.1 Operating system iOS 26.1 ')
  t.match(textOf(page), / Bound to this device In another browser, a copy of its cookie soon stops working\. Sign out .*Linux computer/)
  t.strictSame(page.body.match(/Bound to this device/g)?.length, 2, 'not the one whose browser has not used its key yet')
  t.match(page.body, '<svg class="ls-bound" viewBox="0 0 24 24" aria-hidden="true"')

  const group = await listOf(t, [{ device: IPHONE, binding: BINDING }, { device: IPHONE }])
  t.match(textOf(group), / iPhone Safari · Last active: 1 minute ago 2 sessions .*1 minute ago · Bound to this device Details/, 'in a group, the row says it')
  t.strictSame(group.body.match(/class="ls-bound"/g)?.length, 1)
})

t.test('a program, a model and a device of which little is known say nothing twice', async t => {
  const nothing: Device = { browser: null, browserVersion: null, os: null, osVersion: null, kind: 'unknown', model: null }
  const text = textOf(await listOf(t, [{ device: { ...nothing, browser: 'curl', browserVersion: '8.5', kind: 'program' } }, { device: IPHONE }, { device: nothing, ip: null }]))
  t.match(text, / curl Last active: 1 minute ago Details Browser curl 8\.5 IP address/)
  t.match(text, / iPhone Safari · Last active: 2 minutes ago Details Browser Safari 26\.1 Operating system iOS 26\.1 IP address/)
  t.match(text, / Unknown device Last active: 3 minutes ago Details Last active/)
})

t.test('a new device is marked, sorted up, and asks "Not you?"; people who cannot sign it out are not asked', async t => {
  const recently = { ...newSince(2 * HOUR), lastActiveAt: after(NOW, -HOUR), device: IPHONE }
  const page = await listOf(t, [{}, recently])
  t.match(textOf(page), /This device .* iPhone Safari · Last active: 1 hour ago New · Not you\? Details .* Windows computer/)
  t.strictSame(page.body.match(/data-ls-part="not-you"/g)?.length, 1)
  const [, id] = /href="\/account\/sessions\/([\w-]{22})\/not-you" data-ls-part="not-you" data-ls-session="\1"\s+aria-label="Not you\? iPhone \(Safari\), signed in Jan 1/.exec(page.body)!
  t.match(page.body, `ls-hx-get="${PAGE}/${id}/not-you" ls-hx-target="[data-ls-part=dialog]"`)

  const store = memoryStore()
  const app = await createShopWithPages(t, { store })
  await store.insert(aRecord({ userId: 'guest', ...recently }))
  const guest = browser(app)
  await guest.signIn('guest')
  const guests = textOf(await guest.get(PAGE))
  t.match(guests, 'New Details')
  t.notMatch(guests, 'Not you?')
})

t.test('equal devices are one entry, which says how many they are and where, and opens', async t => {
  const places: Record<string, string> = { '8.8.8.1': 'Oslo', '8.8.8.2': 'Bergen', '8.8.8.3': 'Molde', '8.8.8.4': 'Bodø' }
  const seven = [1, 2, 1, 3, 4, 1].map(last => ({ device: DESKTOP, ip: `8.8.8.${last}` }))
  const locate = (ip: string) => places[ip]
  const page = await listOf(t, [...seven, { device: DESKTOP, ip: null }, { device: IPHONE, ip: null }], { pages: { locate } })

  const [, key, group] = /<li class="ls-group">\s*<details data-ls-details="(group-[\w-]{12})">([^]*?)<\/ul>/.exec(page.body)!
  t.match(textOf(page), /Linux computer Chromium · Oslo · Bergen · Molde … · Last active: 1 minute ago 7 sessions/)
  t.equal(group!.match(/data-ls-part="revoke"/g)!.length, 7, 'each can be signed out by itself')
  t.match(textOf(page), '9 sessions')
  t.equal((/Linux computer.*iPhone/.exec(textOf(page)) ?? []).length, 1)

  const two = await listOf(t, [{ device: DESKTOP, ip: '8.8.8.1' }, { device: DESKTOP, ip: '8.8.8.2' }], { pages: { locate } })
  t.match(two.body, key!, 'the group is called the same, whatever its sessions are')
  t.match(textOf(two), 'Chromium · Oslo · Bergen · Last active')
})

t.test('no two buttons of a list have the same name, in groups neither', async t => {
  const { body } = await listOf(t, [{ device: DESKTOP, lastActiveAt: NOW }, { device: DESKTOP, lastActiveAt: NOW }, { device: DESKTOP, lastActiveAt: NOW, ...newSince(0) }])
  const labels = [...body.matchAll(/aria-label="((?:Sign out|Details|Not you)[^"]+)"/g)].map(([, label]) => label)
  t.equal(labels.length, 8)
  t.equal(new Set(labels).size, 8)

  const once = { device: DESKTOP, ...newSince(HOUR) }
  const together = await listOf(t, [once, once])
  t.strictSame(together.body.match(/aria-label="Not you\?[^"]+"/g)?.map(label => label.includes(' (2)')), [false, true], 'of one sign-in time, but last active at two')
})

t.test('a group begins with its ten last active sessions, and asks for no other places; "Show all" brings the rest', async t => {
  const asked = new Set<string>()
  const pages = { locate: (ip: string) => { asked.add(ip); return null } }
  const macs = Array.from({ length: 12 }, (_, i) => ({ device: { ...DESKTOP, os: 'macOS' }, ip: `8.8.8.${i}` }))
  const records = [{ device: IPHONE, ip: null }, { device: IPHONE, ip: null }, ...macs]
  const rowsOf = ({ body }: Reply): number => body.match(/data-ls-part="revoke"/g)!.length

  const first = await listOf(t, records, { pages })
  t.equal(rowsOf(first), 12)
  t.match(textOf(first), '13 of 15 sessions')
  t.match(textOf(first), / Mac Chromium .* 12 sessions .*Show all 15$/)
  t.strictSame([...asked], macs.slice(0, 10).map(({ ip }) => ip))
  t.notMatch(first.body, 'data-ls-revealed')

  const all = await listOf(t, records, { pages, url: `${PAGE}?sessions=all` })
  t.equal(rowsOf(all), 14)
  t.match(textOf(all), / 15 sessions/)
  t.notMatch(textOf(all), 'Show all')
  t.equal(asked.size, 12)
  t.equal(all.body.match(/data-ls-revealed/g)?.length, 1)
  t.equal(all.body.slice(0, all.body.indexOf('data-ls-revealed')).match(/<li class="ls-row/g)!.length, 14, 'the eleventh row of the group is the first new one')

  const both = await listOf(t, [...macs, ...Array.from({ length: 9 }, (_, i) => ({ device: { ...IPHONE, model: `iPhone ${i}` } }))], { url: `${PAGE}?sessions=all` })
  t.strictSame([...both.body.matchAll(/data-ls-revealed>[^]*?ls-name">([^<]+)/g)].map(([, name]) => name), ['iPhone 8'], 'whole entries come first')
})

t.test('the script finds each link, button and summary of a list again', async t => {
  const store = memoryStore()
  const app = await createShopWithPages(t, { store, pages: { passwordPath: '/password' } })
  for (const user of ['ada', 'guest']) {
    for (let i = 0; i < 14; i++) await store.insert(aRecord({ userId: user, device: i < 2 ? DESKTOP : { ...IPHONE, model: `iPhone ${i}` }, ...i === 2 && newSince(0) }))
    const chrome = browser(app)
    await chrome.signIn(user)
    const { body } = await chrome.get(PAGE, HTMX)
    const elements = body.match(/<(?:a|button)\s[^>]*>/g)!
    t.match(body, user === 'guest' ? 'data-ls-part="set-password"' : 'data-ls-part="revoke-others"')
    t.strictSame(elements.filter(element => !element.includes('data-ls-part="')), [], user)
    t.equal(body.match(/<summary/g)!.length, body.match(/<details [^>]*data-ls-details="[^"]+">\s*<summary/g)!.length)
  }
})

t.test('ten entries are shown, however many sessions they have; the rest is marked when it comes', async t => {
  const phones = Array.from({ length: 12 }, (_, i) => ({ device: { ...IPHONE, model: `iPhone ${i}` } }))
  const records = [{ device: DESKTOP }, { device: DESKTOP }, { device: DESKTOP }, ...phones, { device: DESKTOP }]
  const first = await listOf(t, records)
  t.match(textOf(first), '13 of 17 sessions')
  t.match(textOf(first), 'Show all 17')
  t.notMatch(first.body, 'data-ls-revealed')

  const all = await listOf(t, records, { url: `${PAGE}?sessions=all` })
  t.match(textOf(all), / 17 sessions/)
  t.strictSame([...all.body.matchAll(/data-ls-revealed>[^]*?ls-name">([^<]+)/g)].map(([, name]) => name), ['iPhone 8'])

  const groupIsEleventh = await listOf(t, [...phones.slice(0, 9), { device: DESKTOP }, { device: DESKTOP }], { url: `${PAGE}?sessions=all` })
  t.match(groupIsEleventh.body, '<li class="ls-group" data-ls-revealed>')
})

t.test('a session that starts while the list is read is counted', async t => {
  const store = memoryStore()
  const app = await createShopWithPages(t, { store })
  const chrome = browser(app)
  await chrome.signIn('ada')
  const { listByUser } = store
  store.listByUser = async () => []
  t.match(textOf(await chrome.get(PAGE)), / 1 session .*This device/, 'this device is there, also if the list does not have it yet')
  store.listByUser = listByUser
})

t.test('only this device: one calm sentence, and nothing to press', async t => {
  const page = await listOf(t, [])
  t.match(page.body, /<p class="ls-alone"><svg class="ls-check"[^>]* aria-hidden="true"/)
  t.notMatch(page.body, /role="button"/)
  t.match(page.body, /<details class="ls-details"/)
})

t.test('a host replaces the row, the group and the marks, each by a file', async t => {
  const templates = t.testdir({
    'row.eta': '<li><%= it.session.title %> / <%= it.session.browserVersion %><% if (it.session.deviceBound) { %> <%~ include(\'./device-bound\', it) %><% } %></li>', 'device-bound.eta': '(<%= it.say(\'deviceBound\') %>)', 'marks.eta': '[<%= it.mark %>]', 'details.eta': 'more'
  })
  const store = memoryStore()
  const app = await createShop(t, { store, async routes (app) { await app.register(loginSessionPages, { prefix: PAGE, templates }) } })
  const clock = createClock()
  for (const device of [IPHONE, DESKTOP, DESKTOP]) await store.insert(aRecord({ device, lastActiveAt: clock.now(), ...device === IPHONE && { binding: BINDING } }))
  const chrome = browser(app)
  await chrome.signIn('ada')
  const text = textOf(await chrome.get(PAGE, HTMX))
  t.match(text, /Windows computer \/ Chrome 149 .*iPhone \/ Safari 26\.1 \(Bound to this device\)/)
  t.match(text, '[linux] Linux computer [chrome] Chromium')
})
