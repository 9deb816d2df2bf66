/**
 * Scenes of the Back button after a login is over, in words that every browser engine understands: `pages/e2e/back.test.ts`
 * plays them in Chromium, `npm run engines` in three engines.
 * @module
 */
import type { AddressInfo } from 'node:net'
import Fastify, { type FastifyInstance } from 'fastify'
import loginSessions, { loginSessionPages, memoryStore } from '../../plugin/index.js'
import { PAGE } from './page.js'

/** A page in a browser profile that nobody has used. */
export interface BackPage {
  /** Opens this path, and resolves when its page has been loaded. */
  open(path: string): Promise<void>
  /** Clicks what the selector finds, and resolves when the page that it leads to has been loaded. */
  click(selector: string): Promise<void>
  /** Presses Back, and resolves when the page before is there: restored, or loaded again. */
  back(): Promise<void>
  /** The value of a JavaScript expression. */
  evaluate(expression: string): Promise<unknown>
}

export interface BackShop {
  app: FastifyInstance
  url: string
  /** `Clear-Site-Data` headers of all responses so far. */
  clearSiteData: unknown[]
  close(): Promise<void>
}

/** Of a form. */
export const formHeaders = { 'content-type': 'application/x-www-form-urlencoded' }

/** What is shown to signed-in people only. */
const SECRET_OF = (user: string): string => `The balance of ${user} is 1234.`

/**
 * A small bank: a public page, where one signs in, and two private pages with a button to sign out. No page needs a script.
 * @param https by default it speaks plain http
 */
export async function serveBackShop (https: { key: string, cert: string } | null = null): Promise<BackShop> {
  const app: FastifyInstance = https === null ? Fastify({ forceCloseConnections: true }) : Fastify({ https, forceCloseConnections: true }) as never
  const clearSiteData: unknown[] = []
  await app.register(loginSessions, { secret: 'a secret of the bank, 32 or more characters', store: memoryStore(), verifyPassword: () => password => password !== 'wrong' })
  await app.register(loginSessionPages, { prefix: PAGE, signInPath: '/sign-in' })
  app.addContentTypeParser('application/x-www-form-urlencoded', { parseAs: 'string' }, (_request, body, done) => { done(null, Object.fromEntries(new URLSearchParams(body as string))) })
  app.addHook('onResponse', async (_request, reply) => {
    const header = reply.getHeader('clear-site-data')
    if (header !== undefined) clearSiteData.push(header)
  })

  app.get('/sign-in', async (_request, reply) => reply.type('text/html').send(html('Sign in', ['ada', 'bob'].map(user =>
    `<form method="post" action="/sign-in"><button id="${user}" name="user" value="${user}">I am ${user}</button></form>`).join('') + '<a id="about" href="/about">About us</a>')))
  app.get('/about', async (_request, reply) => reply.type('text/html').send(html('About us', '')))
  app.post<{ Body: { user: string } }>('/sign-in', async (request, reply) => {
    await request.startLoginSession(request.body.user)
    return reply.redirect('/private', 303)
  })
  for (const [path, other] of [['/private', '/details'], ['/details', '/private']] as const) {
    app.get(path, async ({ loginSession }, reply) => {
      if (loginSession === null) return reply.redirect('/sign-in', 303)
      return reply.type('text/html').header('cache-control', 'no-store').send(html('Your account', `<p>${SECRET_OF(loginSession.userId)}</p>
        <a id="other" href="${other}">More</a> <a id="change" href="/sign-in">Somebody else</a> <a id="list" href="${PAGE}">Your sessions</a>
        <form method="post" action="/sign-out"><button id="leave">Sign out</button></form>`))
    })
  }
  app.post('/sign-out', async (request, reply) => {
    await request.endLoginSession()
    return reply.redirect('/sign-in', 303)
  })

  await app.listen({ port: 0, host: 'localhost' })
  const { port } = app.server.address() as AddressInfo
  return { app, url: `http${https === null ? '' : 's'}://localhost:${port}`, clearSiteData, close: () => app.close() }
}

const html = (title: string, body: string): string =>
  `<!doctype html><html lang="en"><head><title>${title}</title></head><body><h1>${title}</h1>${body}</body></html>`

/** After each Back nothing private may be shown. */
export const BACK_SCENES: Record<string, (page: BackPage, shop: BackShop) => Promise<void>> = {
  async 'signed out on the page where one had landed after signing in' (page) {
    await page.open('/sign-in')
    await page.click('#ada')
    await page.click('#leave')
    await page.back()
  },

  async 'signed out on the second of two private pages' (page) {
    await page.open('/sign-in')
    await page.click('#ada')
    await page.click('#other')
    await page.click('#leave')
    await page.back()
    await page.back()
  },

  async 'signed out from elsewhere, which the next request has shown' (page, { app }) {
    await page.open('/sign-in')
    await page.click('#ada')
    await app.loginSessions.revokeAll('ada')
    await page.click('#other')
    await page.back()
  },

  async 'signed out by the question about this device' (page, { app }) {
    await page.open('/sign-in')
    await page.click('#ada')
    await page.click('#list')
    const [{ id } = { id: '' }] = await app.loginSessions.list('ada')
    await page.open(`${PAGE}/${id}/revoke`)
    await page.click('main form button[type=submit]')
    await page.back()
    await page.back()
    await page.back()
  },

  async 'somebody else has signed in' (page) {
    await page.open('/sign-in')
    await page.click('#ada')
    await page.click('#change')
    await page.click('#bob')
    await page.back()
    await page.back()
  }
}

/** Plays a scene. @returns what was private in the pages to which Back has led: nothing */
export async function playBackScene (name: string, page: BackPage, shop: BackShop): Promise<string[]> {
  const seen: string[] = []
  await BACK_SCENES[name]!({
    ...page,
    async back () {
      await page.back()
      const text = String(await page.evaluate('document.body.innerText'))
      seen.push(.../The balance of ada is 1234\.|This device|Last active|active now/.exec(text) ?? [])
    }
  }, shop)
  return seen
}

/** Does this browser restore pages that may be kept? If not, the scenes show little. */
export async function restoresPages (page: BackPage): Promise<boolean> {
  await page.open('/sign-in')
  await page.evaluate('window.left = true')
  await page.click('#about')
  await page.back()
  return await page.evaluate('window.left === true') === true
}
