import t from 'tap'
import type { HTTPMethods } from 'fastify'
import { browser } from '../support/browser-jar.js'
import { type Claim, createWorld, METHODS, ORIGINS, ROUTES, SITES, TOKENS, TYPES } from '../support/cross-site.js'
import { API, createShopWithPages, PAGE } from '../support/page.js'
import { observed } from '../support/observed-store.js'

/** MATRIX=full tries all 98,784; otherwise those are left out of which others tell as much. */
const FULL = process.env.MATRIX === 'full'

const ALL = 'bob laptop phone tablet'
const AFTERWARDS = { list: ALL, one: 'bob laptop tablet', others: 'bob laptop' }

const isSafe = (method: Claim['method']): boolean => method === 'GET' || method === 'HEAD'

/** Does it come from a page of ours, by what the browser says? */
const isOwn = ({ site, origin }: Claim): boolean =>
  site === undefined ? origin === undefined || origin === 'https://shop.example' : site === 'same-origin' || site === 'none'

/** Is its body read, by its type? */
const isReadable = ({ route, type: [type] }: Claim): boolean =>
  route.startsWith('page') ? type === 'application/x-www-form-urlencoded' : type?.startsWith('application/json') === true

/** The rule. What answer must this request get, and whose sessions must live afterwards? */
function rule (claim: Claim): [status: number | 'refused', living: string] {
  const { route, method, token } = claim
  const [where, what] = route.split(': ') as ['page' | 'API', 'list' | 'one' | 'others']
  if (isSafe(method) && (what === 'list' || where === 'page')) return [200, ALL]
  if (method !== 'POST' || what === 'list') return ['refused', ALL]
  if (!isOwn(claim)) return [403, ALL]
  if (!isReadable(claim)) return [415, ALL]
  if (where === 'page' && token !== 'good') return [403, ALL]
  return [where === 'page' ? 303 : 200, AFTERWARDS[what]]
}

/**
 * Of other methods: everything from our own page with a form, JSON and nothing, and to look from anywhere. Of a POST: each type with
 * the good token, and with a forged one where tokens are read; the other tokens only where the body is read, too.
 */
function isTelling (claim: Claim): boolean {
  const { route, method, token, type: [type] } = claim
  if (method !== 'POST') return token === 'good' && (isOwn(claim) ? isPlain(type) : isSafe(method) && type === undefined)
  if (token === 'good') return true
  if (token === 'forged' && /^page: o/.test(route)) return true
  return isReadable(claim) && (/^page: o/.test(route) || (token === 'forged' && !route.endsWith('list')))
}

const isPlain = (type: string | undefined): boolean => type === undefined || /^application\/(?:x-www-form-urlencoded|json)$/.test(type)

function * claims (route: Claim['route']): Generator<Claim> {
  for (const method of METHODS) {
    for (const token of TOKENS) {
      for (const type of TYPES) {
        for (const site of SITES) {
          for (const origin of ORIGINS) yield { route, method, site, origin, token, type }
        }
      }
    }
  }
}

for (const route of ROUTES) {
  t.test(`${route}: of all claims of where a request comes from, exactly those of this site have an effect`, async t => {
    const world = await createWorld(t)
    const wrong: string[] = []
    let [tried, done] = [0, 0]
    let before = await world.store.everything()
    for (const claim of claims(route)) {
      if (!FULL && !isTelling(claim)) continue
      const [status, living] = rule(claim)
      const { statusCode } = await world.send(claim)
      const after = await world.store.everything()
      tried++
      const answered = status === 'refused' ? statusCode >= 400 && statusCode < 500 : statusCode === status
      const changed = after !== before
      const lives = changed ? await world.living() : ALL
      if (!answered || lives !== living || changed !== (living !== ALL)) wrong.push(`${JSON.stringify(claim)}: ${statusCode}, then lived ${lives}${changed ? ', and something was written' : ''}`)
      if (!changed) continue
      done++
      await world.begin()
      before = await world.store.everything()
    }
    t.strictSame(wrong.slice(0, 10), [], `${wrong.length} of ${tried} were wrong`)
    t.equal(done > 0, !route.endsWith('list'), 'the matrix has deeds in it, where there are any')
  })
}

t.test('no header and no parameter turns one method into another', async t => {
  const world = await createWorld(t)
  const before = await world.store.everything()
  const query = '_method=POST&method=POST&X-HTTP-Method-Override=POST'
  const names = ['x-http-method-override', 'x-http-method', 'x-method-override', 'x-original-method', 'x-method', 'method', 'hx-method']
  const wrong: string[] = []
  for (const route of ROUTES) {
    for (const method of METHODS.filter(method => method !== 'POST')) {
      for (const type of TYPES) {
        const claim: Claim = { route, method, site: 'same-origin', origin: 'https://shop.example', token: 'good', type }
        await world.send(claim, { query, headers: Object.fromEntries(names.map(name => [name, 'POST'])) })
        if (await world.store.everything() !== before) wrong.push(`${method} ${route} ${type[0]}`)
      }
    }
  }
  // And none turns a POST to the list into a deed.
  for (const override of ['DELETE', 'PUT', 'PATCH']) {
    for (const route of ['page: list', 'API: list'] as const) {
      await world.send({ route, method: 'POST', site: undefined, origin: undefined, token: 'good', type: TYPES[0] }, { query: `_method=${override}`, headers: Object.fromEntries(names.map(name => [name, override])) })
      if (await world.store.everything() !== before) wrong.push(`POST as ${override} ${route}`)
    }
  }
  t.strictSame(wrong, [])
})

t.test('no route of the plugin\'s or the shop\'s changes anything when it is only looked at', async t => {
  const store = observed()
  const routes = new Map<string, HTTPMethods[]>()
  const app = await createShopWithPages(t, {
    store,
    before: app => app.addHook('onRoute', ({ url, method }) => { routes.set(url, [...routes.get(url) ?? [], method].flat()) })
  })
  const [laptop, phone] = [browser(app), browser(app)]
  const own = await laptop.signIn('ada')
  const { id } = await phone.signIn('ada')
  await laptop.post('/data', { cart: ['book'] })
  t.ok([PAGE, `${PAGE}/:id/revoke`, `${PAGE}/others/revoke`, `${PAGE}/list`, `${PAGE}/assets/login-sessions.js`, API, `${API}/:id/revoke`, `${API}/others/revoke`, '/logout'].every(url => routes.has(url)), 'all are known')

  const before = await store.everything()
  const wrong: string[] = []
  const modes = [{}, { 'hx-request': 'true' }, { 'sec-fetch-site': 'cross-site', origin: 'https://evil.example' }, { 'sec-fetch-site': 'same-origin' }, { 'sec-purpose': 'prefetch' }]
  for (const url of routes.keys()) {
    for (const fill of [id, own.id, 'others', 'unknown']) {
      for (const headers of modes) {
        for (const method of ['GET', 'HEAD'] as const) {
          const path = `${url.replace(':id', fill).replace('*', 'times.js')}?sessions=all&confirm=true&password=x`
          const { statusCode } = await laptop.twin().get(path, { method, headers })
          if (statusCode >= 500 || await store.everything() !== before) wrong.push(`${method} ${path} ${JSON.stringify(headers)}: ${statusCode}`)
        }
      }
    }
  }
  t.strictSame(wrong, [])
  t.strictSame([await laptop.user(), await phone.user()], ['ada', 'ada'])
})
