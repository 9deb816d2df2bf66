/**
 * A thief who copies all cookies of a bound session, again and again, at any moment: random sequences of what he, the owner and the
 * operators do, against the few rules that say what each may get.
 *
 * More of them, from a random seed: `INTERLEAVINGS=5000 npx tap test/promises/stolen-cookies.test.ts --disable-coverage`.
 */
import fc, { type Arbitrary } from 'fast-check'
import type { FastifyInstance } from 'fastify'
import t from 'tap'
import { memoryStore, requireDeviceBinding } from '../../plugin/index.js'
import type { LoginSessionRecord } from '../../plugin/sessions/record.js'
import type { LoginSessionStore } from '../../plugin/sessions/store.js'
import { createShop, PASSWORD } from '../support/app.js'
import { COOKIE, type Reply } from '../support/browser-jar.js'
import { DAY, MINUTE, NOW, SECOND } from '../support/clock.js'
import { type Cookies, type Headers, type Method, rawDevice, type RawDevice, sendWith } from '../support/raw-device.js'
import { BOUND_COOKIE, DEMAND_COOKIE } from '../support/software-device.js'
import { amount } from './model/report.js'

const REFRESH_EVERY = 5 * MINUTE
/** How long requests pass without the bound cookie after the first one that had it. */
const GRACE = 30 * SECOND
/** A sensitive route takes a proof that is so young. */
const RECENT = 10 * SECOND

/** What has happened in all runs: a model that never gets anywhere would find nothing. */
const numbers = { thiefSignedIn: 0, thiefRefused: 0, thiefPassed: 0, thiefDemanded: 0, ownerPassed: 0, unsigned: 0, ends: 0 }

interface Scene {
  app: FastifyInstance
  store: LoginSessionStore
  now(): number
  advance(milliseconds: number): void
}

/** One owner, his browser, and what the thief has of it. */
class World {
  device!: RawDevice
  isOver = false
  /** When the browser drops its bound cookie, in ms. */
  boundUntil = 0
  thief: Cookies = new Map()
  /** What the thief's cookies prove: until when he is signed in, in ms. */
  thiefUntil = 0

  constructor (readonly scene: Scene, readonly user: string) {}

  async record (): Promise<LoginSessionRecord | null> {
    return (await this.scene.store.find([this.device.key]))[0] ?? null
  }

  /** Signs in, is bound, and uses the bound cookie. */
  async begin (): Promise<void> {
    this.device = await rawDevice(this.scene.app, this.user)
    await this.keepBound(await this.device.register())
    expect((await this.device.send('GET', '/account')).statusCode, 200, 'the first request')
    await this.scene.app.loginSessions.settled()
    this.isOver = false
    // What the thief has is of another session.
    this.thiefUntil = 0
  }

  keepBound ({ headers }: Reply): void {
    const line = [headers['set-cookie'] ?? []].flat().find(line => line.startsWith(`${BOUND_COOKIE}=`))
    const [, seconds] = /; Max-Age=(\d+)/.exec(line ?? '') ?? []
    if (seconds !== undefined) this.boundUntil = this.scene.now() + Number(seconds) * 1000
  }

  /** As a browser does it before each request. @param signs false: it has no signature left */
  async renew (signs: boolean): Promise<Headers> {
    const { device, scene } = this
    if (this.boundUntil <= scene.now()) device.cookies.delete(BOUND_COOKIE)
    if (device.cookies.has(BOUND_COOKIE)) return {}
    if (!signs) return { 'secure-session-skipped': 'quota_exceeded' }
    const renewed = await device.refresh(await device.newChallenge())
    this.keepBound(renewed)
    expect(renewed.statusCode, this.isOver ? 401 : 200, 'a refresh')
    return {}
  }

  async send (method: Method, url: string, payload?: object, signs = true): Promise<Reply> {
    const headers = await this.renew(signs)
    return await this.device.send(method, url, headers, payload)
  }

  /** The browser asks a sensitive route, and follows it to where it is sent. @param most answers */
  async transfer (most: number): Promise<void> {
    for (let count = 0; count < most; count++) {
      const { statusCode } = await this.send('POST', '/transfer')
      if (statusCode === 307) continue
      expect(statusCode, this.isOver ? 401 : 200, 'a sensitive request')
      if (statusCode !== 200) return
      numbers.ownerPassed++
      return
    }
    if (most > 2) throw new Error('the owner does not get where he is sent')
  }

  /** All that the browser has. What it does not have now, the thief keeps of his former copies and of what he was sent. */
  async copy (): Promise<void> {
    const { device: { cookies }, thief, scene } = this
    if (this.boundUntil <= scene.now()) cookies.delete(BOUND_COOKIE)
    this.thief = new Map([...thief, ...cookies])
    const binding = this.isOver ? undefined : (await this.record())?.binding
    if (binding === undefined) return
    const proofUntil = cookies.has(BOUND_COOKIE) || cookies.has(DEMAND_COOKIE) ? binding.challengedAt.getTime() + REFRESH_EVERY : 0
    this.thiefUntil = Math.max(this.thiefUntil, proofUntil, binding.requiredFrom!.getTime())
  }

  /** He takes what he is given, and keeps what answers take away. */
  async thiefSends (method: Method, url: string): Promise<Reply> {
    const had = [...this.thief]
    const reply = await sendWith(this.scene.app, this.thief, method, url)
    for (const [name, value] of had) if (!this.thief.has(name)) this.thief.set(name, value)
    return reply
  }

  /** With all that he has, and without the bound cookie: then the proof counts that a demand has replaced. */
  async thiefVisits (skipped: boolean): Promise<void> {
    const headers = skipped ? { 'secure-session-skipped': 'unreachable' } : {}
    for (const hidden of ['', BOUND_COOKIE]) {
      const at = this.scene.now()
      const cookies = new Map([...this.thief].filter(([name]) => name !== hidden))
      const { statusCode } = await sendWith(this.scene.app, cookies, 'GET', '/account', headers)
      if (statusCode === 200) numbers.thiefSignedIn++
      else numbers.thiefRefused++
      if (statusCode === 200 && (this.isOver || at >= this.thiefUntil)) throw new Error(`the thief is signed in ${at - this.thiefUntil} ms too late`)
    }
  }

  async thiefTransfers (): Promise<void> {
    for (let count = 0; count < 3; count++) {
      const [provenAt, at] = [timeIn(this.thief, BOUND_COOKIE), this.scene.now()]
      const { statusCode } = await this.thiefSends('POST', '/transfer')
      if (statusCode === 307) numbers.thiefDemanded++
      if (statusCode !== 200) continue
      if (this.isOver || !(at < provenAt + RECENT)) throw new Error('a sensitive route lets the thief pass')
      numbers.thiefPassed++
    }
  }

  async ends (end: () => Promise<unknown>): Promise<void> {
    await end()
    if (!this.isOver) numbers.ends++
    this.isOver = true
  }
}

/** When the challenge of this cookie's proof was made. NaN: there is no such cookie. */
const timeIn = (cookies: Cookies, name: string): number => Number.parseInt(cookies.get(name)?.split('.')[1] ?? '', 36)

function expect (actual: number, wanted: number, what: string): void {
  if (actual !== wanted) throw new Error(`${what} was answered with ${actual} and not ${wanted}`)
}

/** What may happen, by name. Each as often as its weight says. */
const ACTIONS: Record<string, [weight: number, act: (world: World) => Promise<void>]> = {
  'the owner looks': [4, async world => { expect((await world.send('GET', '/account')).statusCode, world.isOver ? 401 : 200, 'a page') }],
  'the owner looks, without a signature left': [2, async world => {
    const hadToken = world.device.cookies.has(COOKIE)
    const { statusCode } = await world.send('GET', '/account', undefined, false)
    if (statusCode === 503) numbers.unsigned++
    if (![200, 503].includes(statusCode) && !world.isOver) throw new Error(`the owner is refused with ${statusCode}`)
    if (hadToken && !world.isOver && !world.device.cookies.has(COOKIE)) throw new Error('the owner has lost his cookie')
  }],
  'the owner confirms': [2, async world => {
    expect((await world.send('POST', '/confirm', { password: PASSWORD })).statusCode, world.isOver ? 401 : 200, 'a confirmation')
  }],
  'the owner asks a sensitive route': [3, async world => { await world.transfer(1) }],
  'his browser renews its proof': [3, async world => { await world.renew(true) }],
  'the owner gets through to a sensitive route': [4, async world => { await world.transfer(5) }],
  // Within ten seconds, nothing tells the two apart.
  'the thief copies as soon as there is a proof, and uses it': [2, async world => {
    await world.transfer(1)
    await world.renew(true)
    await world.copy()
    await world.thiefTransfers()
  }],
  'the thief has proofs demanded just before his own is over': [2, async world => {
    await world.copy()
    world.scene.advance(REFRESH_EVERY - MINUTE)
    await world.thiefTransfers()
    world.scene.advance(2 * MINUTE)
    await world.thiefVisits(false)
  }],
  'the owner signs out': [1, async world => { await world.ends(() => world.send('POST', '/logout')) }],
  'the owner signs in again': [1, async world => {
    await world.ends(async () => { await world.send('POST', '/logout') })
    await world.begin()
  }],
  'the session is revoked': [1, async world => { await world.ends(() => world.scene.app.loginSessions.revokeAll(world.user)) }],
  'the thief copies the cookies': [6, async world => { await world.copy() }],
  'the thief looks': [5, async world => { await world.thiefVisits(false) }],
  'the thief looks, and says that he had no signature left': [1, async world => { await world.thiefVisits(true) }],
  'the thief asks a sensitive route': [5, async world => { await world.thiefTransfers() }]
}

const WAITS = [1, SECOND, GRACE - 1, GRACE, 2 * MINUTE, REFRESH_EVERY - MINUTE, REFRESH_EVERY, 20 * MINUTE, DAY]

const actions: Arbitrary<Array<string | number>> = fc.array(fc.oneof(
  { weight: 2, arbitrary: fc.constantFrom(...WAITS) },
  { weight: 5, arbitrary: fc.constantFrom(...Object.entries(ACTIONS).flatMap(([name, [weight]]) => Array<string>(weight).fill(name))) }
), { minLength: 5, maxLength: 40 })

/** A shop whose clock is a millisecond later each time it is read: no two challenges are of the same moment. */
let time = NOW.getTime()
const store = memoryStore()
const app = await createShop(t, {
  store,
  deviceBound: { refreshEvery: REFRESH_EVERY },
  idleTimeout: 80 * DAY,
  now: () => new Date(time++),
  routes: app => app.post('/transfer', { onRequest: requireDeviceBinding() }, async () => ({ sent: true }))
})
const scene: Scene = { app, store, now: () => time, advance (milliseconds) { time += milliseconds } }
let users = 0

async function play (actions: Array<string | number>): Promise<void> {
  const world = new World(scene, `user-${users++}`)
  await world.begin()
  for (const action of actions) {
    if (typeof action === 'number') scene.advance(action)
    else await ACTIONS[action]![1](world)
    await app.loginSessions.settled()
  }
  await app.loginSessions.revokeAll(world.user)
}

t.test('a copied cookie works until its proof is over, and on sensitive routes for ten seconds; the owner is never refused', async t => {
  const { runs, ...replay } = amount(80)
  await fc.assert(fc.asyncProperty(actions, play), { numRuns: runs, ...replay })
  t.comment(`seed ${replay.seed}: ${JSON.stringify(numbers)}`)
  t.strictSame(Object.entries(numbers).filter(([, number]) => number < 5), [], 'each of these has happened')
})

t.test('a cookie may sign out without a proof, also if the browser could not renew it', async t => {
  for (const headers of [{}, { 'secure-session-skipped': 'quota_exceeded' }] as Headers[]) {
    const world = new World(scene, `user-${users++}`)
    await world.begin()
    scene.advance(GRACE)
    const token: Cookies = new Map([[COOKIE, world.device.cookies.get(COOKIE)!]])
    t.equal((await sendWith(app, token, 'GET', '/account', headers)).statusCode, Object.keys(headers).length === 0 ? 401 : 503)
    t.equal((await sendWith(app, token, 'POST', '/logout', headers)).statusCode, 200)
    t.notOk(token.has(COOKIE))
    t.strictSame(await app.loginSessions.list(world.user), [])
  }
})
