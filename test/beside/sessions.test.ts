/**
 * Beside other makers of sessions and tokens. The titles are the rows of README's table "Beside other software". Plugins that
 * keep their data in `request.session` are in `request/session-plugins`.
 */
import { createRequire } from 'node:module'
import secureSession from '@fastify/secure-session'
import type { FastifyInstance, FastifyPluginCallback, FastifyRequest } from 'fastify'
import t from 'tap'
import { browser, COOKIE, setCookies } from '../support/browser-jar.js'
import { journey, ORDERS, shopBeside } from '../support/journey.js'

// Its own types declare `request.user`, and so do the example's.
const jwt: FastifyPluginCallback<{ secret: string }> = createRequire(import.meta.url)('@fastify/jwt')

interface WithJwt { jwtVerify(): Promise<void>, user: { sub: string } }

t.test('@fastify/jwt: works in any order; its tokens outlive a sign-out', async t => {
  for (const order of ORDERS) {
    const app = await shopBeside(t, order, app => app.register(jwt, { secret: 'the secret of the tokens' }), {
      routes (app) {
        const { jwt } = app as FastifyInstance & { jwt: { sign(payload: object): string } }
        app.post('/token', async request => ({ token: jwt.sign({ sub: request.loginSession?.userId }) }))
        app.get('/by-token', async request => {
          const own = request as FastifyRequest & WithJwt
          await own.jwtVerify()
          return { token: own.user.sub, session: request.loginSession?.userId ?? null }
        })
      }
    })
    const chrome = browser(app)
    await chrome.signIn('ada')
    const { token } = (await chrome.post('/token')).json()
    const withToken = { headers: { authorization: `Bearer ${token}` } }
    t.strictSame((await chrome.get('/by-token', withToken)).json(), { token: 'ada', session: 'ada' })
    t.equal((await chrome.get('/by-token')).statusCode, 401, 'a session is no token')
    await chrome.signOut()
    t.strictSame((await chrome.get('/by-token', withToken)).json(), { token: 'ada', session: null }, 'nor is a token a session')
    await journey(t, app)
  }
})

interface WithOauth { oauth: { get(key: string): string, set(key: string, value: string): void } }

t.test('@fastify/secure-session: works in any order with a `sessionName` and a `cookieName` of its own', async t => {
  for (const order of ORDERS) {
    const options = { key: Buffer.alloc(32), sessionName: 'oauth', cookieName: 'oauth', cookie: { path: '/' } }
    const app = await shopBeside(t, order, app => app.register(secureSession, options), {
      routes (app) {
        app.post('/begin', async request => { (request as never as WithOauth).oauth.set('state', 'x'); return {} })
        app.get('/state', async request => ({ state: (request as never as WithOauth).oauth.get('state') ?? null }))
        app.post('/both', async request => {
          (request as never as WithOauth).oauth.set('state', 'y')
          return await request.startLoginSession('ada')
        })
      }
    })
    const chrome = browser(app)
    await chrome.post('/begin')
    await chrome.signIn('ada')
    t.strictSame((await chrome.get('/state')).json(), { state: 'x' })
    const names = setCookies(await chrome.post('/both')).map(line => line.split('=')[0])
    t.ok(names.includes(COOKIE) && names.includes('oauth'), 'both on one response')
    t.equal(await chrome.user(), 'ada')
    await chrome.signOut()
    t.strictSame((await chrome.get('/state')).json(), { state: 'y' })
    await journey(t, app)
  }
})
