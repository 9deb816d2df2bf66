/**
 * Sessions that are bound to the browser that signed in.
 */
import t, { type Test } from 'tap'
import type { FastifyInstance } from 'fastify'
import { requireDeviceBinding } from '../../../plugin/index.js'
import { createShop, type ShopOptions } from '../../support/app.js'
import { browser, setCookies, type JarBrowser } from '../../support/browser-jar.js'
import { createClock } from '../../support/clock.js'
import { softwareDevice } from '../../support/software-device.js'

const MINUTE = 60_000

async function boundShop (t: Test, options: ShopOptions = {}) {
  const clock = createClock()
  const app = await createShop(t, { deviceBound: true, now: clock.now, routes, ...options })
  return { app, clock }
}

function routes (app: FastifyInstance): void {
  app.all('/transfer', { onRequest: requireDeviceBinding() }, async () => ({ sent: true }))
}

/** A browser that is bound, with the first use of its bound cookie behind it. */
async function boundBrowser (app: FastifyInstance, clock: ReturnType<typeof createClock>): Promise<JarBrowser> {
  const owner = browser(app, { device: softwareDevice() })
  await owner.signIn('ada')
  await owner.accountStatus()
  await app.loginSessions.settled()
  clock.advance(MINUTE)
  return owner
}

t.test('a browser that can be bound is, and stays signed in', async t => {
  const { app, clock } = await boundShop(t)
  const owner = await boundBrowser(app, clock)
  t.equal(await owner.accountStatus(), 200)
  const [session] = await app.loginSessions.list('ada')
  t.equal(session!.deviceBound, true)
})

t.test('a copied cookie is refused when the proof that came with it is over', async t => {
  const { app, clock } = await boundShop(t)
  const owner = await boundBrowser(app, clock)
  const thief = owner.twin()
  t.equal(await thief.accountStatus(), 200)
  clock.advance(10 * MINUTE)
  t.equal(await thief.accountStatus(), 401)
  t.equal(await thief.user(), null)
  t.equal(setCookies(await thief.get('/')).length >= 0, true)
})

t.test('a sensitive route refuses it at once', async t => {
  const { app, clock } = await boundShop(t)
  const owner = await boundBrowser(app, clock)
  const thief = owner.twin()
  const sent = await thief.post('/transfer')
  t.equal(sent.statusCode, 307)
  t.equal(sent.headers.location, './transfer')
  t.equal((await thief.post('/transfer')).statusCode, 401)
  t.equal((await owner.post('/transfer')).statusCode, 307)
  clock.advance(1)
  t.equal((await owner.post('/transfer')).statusCode, 200)
  t.equal((await owner.post('/transfer')).statusCode, 307)
})
