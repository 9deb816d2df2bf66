/**
 * What a person does with a login, from signing in to signing out: all of it must work beside other software.
 * @module
 */
import type { FastifyInstance } from 'fastify'
import type { Test } from 'tap'
import { PASSWORD, type ShopOptions } from './app.js'
import { browser, type BrowserOptions, clearsCookie } from './browser-jar.js'
import { API, createShopWithPages, formOf, HTMX, PAGE, submit } from './page.js'

/** When a host registers other software: before the plugin, or after it and before all routes. */
export type Order = 'before' | 'between'

export const ORDERS: readonly Order[] = ['before', 'between']

/** A shop with pages and API, beside what `add` registers. */
export async function shopBeside (
  t: Test, order: Order, add: (app: FastifyInstance) => unknown, options: ShopOptions = {}
): Promise<FastifyInstance> {
  return await createShopWithPages(t, { ...options, [order]: async (app: FastifyInstance) => { await add(app) } })
}

/**
 * Signs in on two devices, keeps data, opens the account page with its files, its fragments and the API, signs one device out
 * by the page's form and the other one by the shop's route.
 *
 * @param app a shop with pages and API; only its `inject` is used
 */
export async function journey (t: Test, app: Pick<FastifyInstance, 'inject'>, options: BrowserOptions = {}): Promise<void> {
  const [laptop, phone] = [browser(app, options), browser(app, options)]
  t.equal(await laptop.accountStatus(), 401, 'a visitor is not let in')
  await laptop.signIn('grace')
  const { id } = await phone.signIn('grace')
  t.equal(await laptop.accountStatus(), 200)
  t.equal((await laptop.post('/data', { cart: ['book'] })).statusCode, 200)
  t.match((await laptop.get('/data')).json(), { cart: ['book'] })

  const page = await laptop.get(PAGE)
  t.equal(page.statusCode, 200)
  t.match(page.headers['cache-control'], 'no-store')
  const files = [...page.body.matchAll(/"(\/account\/sessions\/assets\/[^"]+)"/g)].map(([, url]) => url!)
  t.equal(files.length, 3)
  for (const url of files) {
    const file = await laptop.get(url)
    t.equal(file.statusCode, 200, url)
    t.match(file.headers['cache-control'], 'immutable')
  }
  t.match(await laptop.get(`${PAGE}/list`, HTMX), { statusCode: 200, headers: { 'login-sessions': 'fragment' } })
  const question = await laptop.get(`${PAGE}/${id}/revoke`, HTMX)
  t.equal(question.headers['login-sessions'], 'question')
  t.match(await submit(laptop, formOf(question), PASSWORD), { statusCode: 303, headers: { location: PAGE } })
  t.equal(await phone.user(), null, 'the page has signed the phone out')

  const { sessions } = (await laptop.get(API)).json()
  t.equal(sessions.length, 1)
  t.ok(sessions[0].current)
  t.equal(await laptop.user(), 'grace')
  t.ok(clearsCookie(await laptop.signOut()))
  t.equal(await laptop.accountStatus(), 401)
}
