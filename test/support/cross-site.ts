/**
 * Every way in which a request can claim where it comes from, and one world of sessions to try them on.
 * @module
 */
import { idOf } from '../../plugin/sessions/key.js'
import type { FastifyInstance, InjectOptions } from 'fastify'
import type { Test } from 'tap'
import { PASSWORD } from './app.js'
import { browser, COOKIE, type JarBrowser, type Reply } from './browser-jar.js'
import { API, createShopWithPages, formOf, PAGE } from './page.js'
import { type ObservedStore, observed } from './observed-store.js'

/** Of `Sec-Fetch-Site`; undefined: not sent. Node joins a header that comes twice. */
export const SITES = [undefined, 'same-origin', 'none', 'same-site', 'cross-site', 'same-origin, same-origin', 'Same-Origin', ''] as const

/** Of `Origin`; the shop's own is the second. */
export const ORIGINS = [
  undefined, 'https://shop.example', 'http://shop.example', 'https://shop.example:8443', 'null', 'https://evil.example', 'shop.example'
] as const

/** Whose form token is sent. */
export const TOKENS = ['good', 'missing', 'forged', 'of another session', 'of another user', 'of the session before'] as const

/** Of `Content-Type`, and how the body is written. */
export const TYPES = [
  ['application/x-www-form-urlencoded', 'form'],
  ['multipart/form-data; boundary=x', 'parts'],
  ['text/plain', 'json'],
  ['application/json', 'json'],
  ['application/json; charset=utf-8', 'json'],
  [undefined, 'json'],
  ['application/;json', 'json']
] as const

export const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'] as const

export const ROUTES = ['page: list', 'page: one', 'page: others', 'API: list', 'API: one', 'API: others'] as const

/** One request of the matrix. */
export interface Claim {
  route: typeof ROUTES[number]
  method: typeof METHODS[number]
  site: typeof SITES[number]
  origin: typeof ORIGINS[number]
  token: typeof TOKENS[number]
  type: typeof TYPES[number]
}

/** Ada at a browser that signed in twice, her phone and her tablet, and Bob. */
export interface World {
  app: FastifyInstance
  store: ObservedStore
  laptop: JarBrowser
  /** Sends this request with Ada's cookie and the right password: all but the claim is in order. */
  send(claim: Claim, more?: InjectOptions): Promise<Reply>
  /** Whose sessions live: "laptop", "phone", "tablet", "bob". */
  living(): Promise<string>
  /** All sign in anew. */
  begin(): Promise<void>
}

export async function createWorld (t: Test): Promise<World> {
  const store = observed()
  const app = await createShopWithPages(t, { store })
  let laptop = browser(app)
  let names = new Map<string, string>()
  let phone = ''
  let tokens: Record<string, string | undefined> = {}

  async function begin (): Promise<void> {
    await Promise.all(['ada', 'bob'].map(user => app.loginSessions.revokeAll(user)))
    laptop = browser(app)
    const [second, third, bobs] = [browser(app), browser(app), browser(app)]
    const tokenOf = async (one: JarBrowser): Promise<string> => formOf(await one.get(`${PAGE}/others/revoke`)).fields.csrf!
    await second.signIn('ada').then(({ id }) => { phone = id })
    await laptop.signIn('ada')
    tokens = { forged: 'AAAAAAAA-AAAAAAAAAAAAAAAAAAAAAAAAAAA', 'of the session before': await tokenOf(laptop), 'of another session': await tokenOf(second) }
    const signedIn = [await laptop.signIn('ada'), { id: phone }, await third.signIn('ada'), await bobs.signIn('bob')]
    names = new Map(signedIn.map(({ id }, index) => [id, ['laptop', 'phone', 'tablet', 'bob'][index]!]))
    Object.assign(tokens, { good: await tokenOf(laptop), 'of another user': await tokenOf(bobs) })
  }

  await begin()
  return {
    app,
    store,
    get laptop () { return laptop },
    begin,
    living: async () => (await store.records()).map(({ _id }) => names.get(idOf(_id))).sort().join(' '),
    send: (claim, more = {}) => app.inject({ ...more, ...requestOf(claim, phone, tokens[claim.token]), headers: { ...headersOf(claim, laptop), ...more.headers } })
  }
}

function headersOf ({ site, origin, type: [type] }: Claim, laptop: JarBrowser): Record<string, string> {
  return {
    host: 'shop.example',
    'x-forwarded-proto': 'https',
    cookie: `${COOKIE}=${laptop.cookieValue()}`,
    ...(site !== undefined && { 'sec-fetch-site': site }),
    ...(origin !== undefined && { origin }),
    ...(type !== undefined && { 'content-type': type })
  }
}

function requestOf ({ route, method, type: [, format] }: Claim, phone: string, csrf: string | undefined): InjectOptions {
  const [where, what] = route.split(': ') as ['page' | 'API', 'list' | 'one' | 'others']
  const path = { list: '', one: `/${phone}/revoke`, others: '/others/revoke' }[what]
  return {
    method,
    url: `${where === 'page' ? PAGE : API}${path}`,
    payload: written({ password: PASSWORD, ...(csrf !== undefined && { csrf }) }, format)
  }
}

/** The same fields as a form, as the parts of one, or as JSON. */
function written (fields: Record<string, string>, format: 'form' | 'parts' | 'json'): string {
  if (format === 'form') return new URLSearchParams(fields).toString()
  if (format === 'json') return JSON.stringify(fields)
  const parts = Object.entries(fields).map(([name, value]) => `--x\r\ncontent-disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`)
  return `${parts.join('')}--x--\r\n`
}
