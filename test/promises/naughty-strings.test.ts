import { keyOf } from '../../plugin/sessions/key.js'
import { isIP } from 'node:net'
import fc from 'fast-check'
import type { FastifyInstance } from 'fastify'
import t from 'tap'
import { PASSWORD } from '../support/app.js'
import { browser, type JarBrowser, type Reply, setCookies } from '../support/browser-jar.js'
import { foreignMarkup, shapesOf } from '../support/markup.js'
import { inHeader, inPath, NAUGHTY } from '../support/naughty.js'
import { API, createShopWithPages, formOf, HTMX, PAGE, submit } from '../support/page.js'
import { observed } from '../support/observed-store.js'

/** Headers that any request may carry without becoming another one. */
const PASSIVE = [
  'user-agent', 'x-forwarded-for', 'forwarded', 'x-real-ip', 'accept', 'accept-language', 'accept-encoding', 'referer', 'sec-ch-ua', 'sec-ch-ua-mobile', 'sec-ch-ua-platform',
  'sec-ch-ua-platform-version', 'sec-ch-ua-model', 'sec-ch-ua-full-version-list', 'sec-ch-ua-form-factors', 'hx-target', 'hx-trigger', 'hx-current-url', 'sec-fetch-dest', 'sec-fetch-user', 'sec-purpose', 'if-none-match', 'range'
]
/** Headers that decide how a request is answered. */
const ACTIVE = [
  'host', 'origin', 'sec-fetch-site', 'sec-fetch-mode', 'content-type', 'x-forwarded-host', 'x-forwarded-proto', 'hx-request', 'hx-request-type', 'hx-boosted', 'hx-history-restore-request', 'cookie'
]
const HARMLESS = 'Mozilla/5.0 (Linux; Android 14; Pixel 9) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/149.0.0.0 Mobile Safari/537.36'

/** Everything of a session that people and scripts can look at: the list, its fragment, the question, the dialog. */
async function views (reader: JarBrowser, id: string): Promise<string[]> {
  const replies = [await reader.get(PAGE), await reader.get(PAGE, HTMX), await reader.get(`${PAGE}/${id}/revoke`), await reader.get(`${PAGE}/${id}/revoke`, HTMX)]
  return replies.map(({ body }) => body)
}

/** Pages of a browser that names nothing odd, of every kind that follows. */
async function ownShapes (app: FastifyInstance): Promise<Set<string>> {
  const [reader, other] = [browser(app), browser(app, { userAgent: HARMLESS, ip: '10.0.0.1' })]
  await reader.signIn('shape')
  const pages = [...await views(reader, (await reader.signIn('shape')).id)]
  for (const userAgent of [HARMLESS, 'curl/8.5.0', 'x', 'Mozilla/5.0 (SMART-TV; Linux; Tizen 2.4.0) SamsungBrowser/1.1', 'Mozilla/5.0 (iPad; CPU OS 12_2 like Mac OS X) Version/12.1 Safari/604.1', 'Mozilla/5.0 (PlayStation 4 3.11)']) {
    pages.push(...await views(reader, (await browser(app, { userAgent }).signIn('shape')).id))
  }
  const { id } = await other.signIn('shape')
  const form = formOf(await reader.get(`${PAGE}/${id}/revoke`))
  pages.push((await submit(reader, form, 'wrong')).body, (await submit(reader, form, 'wrong', HTMX)).body, (await reader.get(`${PAGE}/unknown/revoke`)).body)
  pages.push((await submit(reader, form, PASSWORD, HTMX)).body)
  const last = await browser(app).signIn('shape')
  await submit(reader, formOf(await reader.get(`${PAGE}/${last.id}/revoke`)), PASSWORD)
  pages.push((await reader.get(PAGE)).body)
  return shapesOf(...pages)
}

const isHtml = (reply: Reply): boolean => String(reply.headers['content-type']).includes('text/html')

t.test('whatever a browser calls itself and wherever it says it is: pages show it as text, JSON as it came, and only an address is kept', async t => {
  const store = observed()
  const app = await createShopWithPages(t, { store })
  const known = await ownShapes(app)
  const wrong: string[] = []
  const must = (right: boolean, text: string, what: unknown): void => { if (!right) wrong.push(`${JSON.stringify(text.slice(0, 60))}: ${String(what)}`) }

  for (const [index, text] of NAUGHTY.entries()) {
    const user = `user ${index}`
    const value = inHeader(text)
    const reader = browser(app)
    await reader.signIn(user)
    const told = { 'user-agent': value, 'x-forwarded-for': value, forwarded: value, 'sec-ch-ua': `"Chromium";v="149", "${value}";v="149"`, 'sec-ch-ua-model': `"${value}"`, 'sec-ch-ua-platform': `"${value}"` }
    const signIn = await browser(app).post('/login', { user }, { headers: told })
    must(signIn.statusCode === 200, text, `sign-in ${signIn.statusCode}`)
    const { id } = signIn.json()

    for (const page of await views(reader, id)) must(foreignMarkup(page, known).length === 0, text, foreignMarkup(page, known))
    const listed = (await reader.get(API)).json().sessions.find((one: { id: string }) => one.id === id)
    must(listed.userAgent === value.slice(0, 512), text, listed.userAgent)
    const [record] = await store.find([keyOf(user, id)])
    must(record!.ip === null || isIP(record!.ip) !== 0, text, record!.ip)
    // The name in "… has been signed out", once at once and once on the next page.
    const form = formOf(await reader.get(`${PAGE}/${id}/revoke`))
    const done = await submit(reader, form, PASSWORD, index % 2 === 0 ? HTMX : {})
    const after = index % 2 === 0 ? done : await reader.get(PAGE)
    must(after.statusCode === 200 && foreignMarkup(after.body, known).length === 0, text, foreignMarkup(after.body, known))
    await app.loginSessions.revokeAll(user)
  }
  t.strictSame(wrong.slice(0, 10), [], `${wrong.length} were wrong`)
})

t.test('no header, path or query makes a route fail, write, or answer with anything but our own markup', async t => {
  const store = observed()
  const app = await createShopWithPages(t, { store, pages: { returnTo: 'returnTo' } })
  const known = await ownShapes(app)
  const laptop = browser(app)
  const { id } = await laptop.signIn('ada')
  const signedIn = laptop.twin()
  const before = await store.everything()
  const wrong: string[] = []
  let tried = 0

  async function check (what: string, reply: Reply): Promise<void> {
    tried++
    const markup = isHtml(reply) ? foreignMarkup(reply.body, known) : []
    const { location = '/', 'hx-redirect': redirect = '/' } = reply.headers
    const leaves = [location, redirect].some(url => !/^\/(?![/\\])/.test(String(url)) || new URL(String(url), 'https://shop.example').searchParams.get('returnTo')?.startsWith('//'))
    const odd = setCookies(reply).filter(line => !line.startsWith('__Host-login-session=;'))
    if (reply.statusCode >= 500 || markup.length > 0 || leaves || odd.length > 0) wrong.push(`${what}: ${reply.statusCode} ${markup.join(' ')} ${location} ${odd.join(' ')}`)
    // Comparing all records at each request would take longer than the requests.
    if (tried % 50 === 0 && await store.everything() !== before) wrong.push(`${what}: something was written`)
  }

  const ROUTES: Array<['GET' | 'POST', string]> = [
    ['GET', PAGE], ['GET', `${PAGE}/${id}/revoke`], ['GET', `${PAGE}/others/revoke`], ['POST', `${PAGE}/others/revoke`], ['POST', `${PAGE}/${id}/revoke`],
    ['GET', API], ['POST', `${API}/others/revoke`], ['GET', '/'], ['GET', '/account'], ['GET', '/data'], ['GET', '/nowhere']
  ]
  for (const [index, text] of NAUGHTY.entries()) {
    const value = inHeader(text)
    const passive = Object.fromEntries(PASSIVE.map(name => [name, value]))
    for (const reader of [signedIn.twin(), browser(app)]) {
      for (const [offset, [method, url]] of ROUTES.entries()) {
        if (offset % 2 === index % 2) await check(`${method} ${url} ${text}`, await reader.get(url, { method, headers: passive }))
      }
      const [method, url] = ROUTES[index % ROUTES.length]!
      for (const name of ACTIVE) await check(`${method} ${url} ${name}: ${text}`, await reader.get(url, { method, headers: { [name]: value } }))
      const path = inPath(text)
      for (const place of [`${PAGE}/${path}`, `${PAGE}?sessions=${path}&${path}=all`, `${PAGE}/assets/${path}`, `${API}/${path}`, `/${path}`]) await check(`GET ${place}`, await reader.get(place))
    }
  }
  t.equal(await store.everything(), before, 'nothing was written')
  t.strictSame(wrong.slice(0, 10), [], `${wrong.length} of ${tried} were wrong`)
})

t.test('naughty ids are answered like unknown, foreign and ended ones, to the letter', async t => {
  const store = observed()
  const app = await createShopWithPages(t, { store })
  const laptop = browser(app)
  await laptop.signIn('ada')
  const foreign = await browser(app).signIn('bob')
  const ended = await browser(app).signIn('ada')
  await app.loginSessions.revoke('ada', ended.id)
  const { csrf } = formOf(await laptop.get(`${PAGE}/others/revoke`)).fields as { csrf: string }
  const before = await store.everything()

  const answers = async (id: string): Promise<unknown[]> => {
    const replies = [
      await laptop.get(`${PAGE}/${id}/revoke`), await laptop.get(`${PAGE}/${id}/revoke`, HTMX),
      await submit(laptop, { action: `${PAGE}/${id}/revoke`, fields: { csrf } }, PASSWORD), await laptop.post(`${API}/${id}/revoke`, { password: PASSWORD })
    ]
    return replies.map(({ statusCode, headers, body }) => [statusCode, { ...headers, date: undefined }, body])
  }
  const unknown = await answers('AAAAAAAAAAAAAAAAAAAAAA')
  t.strictSame(unknown.map(answer => (answer as [number])[0]), [404, 404, 404, 404])
  const long = inPath('x'.repeat(100))
  for (const id of [foreign.id, ended.id, `${ended.id}%00`, '%00', '%20', `${foreign.id}%20`, '[$ne]', '%7B%22$gt%22:%22%22%7D', '$where', long]) t.strictSame(await answers(id), unknown, id)
  const wrong: string[] = []
  for (const text of NAUGHTY) {
    // Clients fold dots away; "others" is a route of its own, and longer ones are none.
    if (['', '.', '..', 'others'].includes(text) || Buffer.from(text).length > 100) continue
    if (JSON.stringify(await answers(inPath(text))) !== JSON.stringify(unknown)) wrong.push(text)
  }
  t.strictSame(wrong, [])
  t.equal(await store.everything(), before)
})

t.test('an id of no characters, and one that is longer than any, are no session', async t => {
  const app = await createShopWithPages(t)
  const laptop = browser(app)
  await laptop.signIn('ada')
  for (const id of ['', 'x'.repeat(101), 'x'.repeat(10_000)]) {
    for (const reply of [await laptop.get(`${PAGE}/${id}/revoke`), await laptop.post(`${API}/${id}/revoke`, { password: PASSWORD })]) {
      t.ok([404, 414].includes(reply.statusCode), `${id.length} characters: ${reply.statusCode}`)
    }
  }
})

t.test('what is kept of a forwarded address is an address or nothing, whatever its shape', async t => {
  const store = observed()
  const app = await createShopWithPages(t, { store })
  const part = fc.oneof(fc.ipV4(), fc.ipV6(), fc.constantFrom(...NAUGHTY).map(inHeader), fc.string(), fc.constantFrom('unknown', '_hidden', '"[::1]:80"', '1.2.3.4:80', 'for=1.2.3.4'))
  const address = fc.tuple(fc.array(part, { maxLength: 4 }), fc.constantFrom(',', ', ', ' ', ';', '%')).map(([parts, joint]) => parts.join(joint))
  await fc.assert(fc.asyncProperty(address, fc.constantFrom('x-forwarded-for', 'forwarded', 'x-real-ip'), async (value, name) => {
    const reply = await browser(app).post('/login', { user: 'ada' }, { headers: { [name]: value } })
    const { id, ip } = reply.json()
    const [record] = await store.find([keyOf('ada', id)])
    await app.loginSessions.revokeAll('ada')
    return reply.statusCode === 200 && record?.ip === ip && (ip === null || isIP(ip) !== 0)
  }), { numRuns: Number(process.env.NAUGHTY_RUNS ?? 500) })
})
