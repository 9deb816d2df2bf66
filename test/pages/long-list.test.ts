import type { FastifyInstance } from 'fastify'
import t, { type Test } from 'tap'
import { PASSWORD } from '../support/app.js'
import { browser, type JarBrowser, type Reply } from '../support/browser-jar.js'
import { createClock, MINUTE } from '../support/clock.js'
import { answer, createShopWithPages, formOf, HTMX, PAGE, submit, textOf } from '../support/page.js'

/** A hundred sessions of ada's, one a minute, the first of them this browser's. */
async function createLongList (t: Test, count = 100): Promise<{ app: FastifyInstance, chrome: JarBrowser }> {
  const clock = createClock()
  const app = await createShopWithPages(t, { now: clock.now, touchEvery: 30 * MINUTE, idleTimeout: 300 * MINUTE })
  const chrome = browser(app)
  await chrome.signIn('ada', { remember: true })
  for (let i = 1; i < count; i++) {
    clock.advance(MINUTE)
    await browser(app, { ip: `203.0.113.${i}` }).signIn('ada', { remember: true })
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
  t.match(all.body, `hx-get="${PAGE}?sessions=all"`, 'and after being brought up to date')

  const changed = await submit(chrome, formOf(await chrome.get(url, HTMX)), PASSWORD, HTMX)
  t.equal(addresses(changed).length, 11)

  t.equal((await answer(chrome, `${PAGE}/others/revoke?sessions=all`, PASSWORD)).headers.location, `${PAGE}?sessions=all`)
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
