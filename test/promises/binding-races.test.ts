/**
 * Proofs of a device at the same moment as everything else: each pair of operations in every order that the store can see.
 */
import t, { type Test } from 'tap'
import { memoryStore, requireDeviceBinding } from '../../plugin/index.js'
import { idOf } from '../../plugin/sessions/key.js'
import { createShop, PASSWORD } from '../support/app.js'
import { COOKIE, type Reply } from '../support/browser-jar.js'
import { NOW } from '../support/clock.js'
import { interleaved, type Outcome } from '../support/interleaved.js'
import { type RawDevice, rawDevice, sendWith } from '../support/raw-device.js'
import { proofOf } from '../support/software-device.js'
import { type MakeStore, onBothStores } from '../support/stores.js'

/** A shop whose clock is a millisecond later each time it is read: no two challenges are of the same moment. */
async function createScene (t: Test, makeStore: MakeStore) {
  let time = NOW.getTime()
  let users = 0
  const { store, interleave } = interleaved(makeStore())
  const app = await createShop(t, {
    deviceBound: true,
    store,
    now: () => new Date(time++),
    routes: app => app.post('/transfer', { onRequest: requireDeviceBinding() }, async () => ({ sent: true }))
  })
  const { loginSessions } = app
  const user = (): string => `user-${users++}`
  return {
    app,
    store,
    interleave,
    /** Signed in, and not registered yet. */
    signedIn: async () => await rawDevice(app, user()),
    /** Registered, but its first request is to come. */
    async registered () {
      const device = await rawDevice(app, user())
      await device.register()
      return device
    },
    /** Registered, and its bound cookie is in use. */
    async bound () {
      const device = await rawDevice(app, user())
      await device.register()
      await device.send('GET', '/account')
      await loginSessions.settled()
      // A proof of the last ten seconds would meet a demand.
      time += 10_000
      return device
    },
    recordOf: async ({ key }: RawDevice) => (await store.find([key]))[0] ?? null,
    revoke: ({ key }: RawDevice) => async () => await loginSessions.revoke(`user-${users - 1}`, idOf(key))
  }
}

type Scene = Awaited<ReturnType<typeof createScene>>

/** A pair of operations, on a session of its own, and what must hold afterwards. */
interface Pair<First, Second> {
  first: () => Promise<First>
  second: () => Promise<Second>
  check: (outcome: Outcome<First, Second>) => Promise<void>
}

/** Both in every order: the second one before each call of the first one, and the other way round. */
async function inEveryOrder<First, Second> ({ app, interleave }: Scene, prepare: () => Promise<Pair<First, Second>>): Promise<number> {
  let orders = 0
  for (const isSwapped of [false, true]) {
    for (let at = 0, more = true; more; at++) {
      const { first, second, check } = await prepare()
      const outcome = isSwapped ? swapped(await interleave(at, second, first)) : await interleave(at, first, second)
      await app.loginSessions.settled()
      more = outcome !== null
      if (outcome === null) continue
      orders++
      await check(outcome)
    }
  }
  return orders
}

const swapped = <A, B>(outcome: Outcome<A, B> | null): Outcome<B, A> | null =>
  outcome && { first: outcome.second, second: outcome.first }

const statusesOf = ({ first, second }: Outcome<Reply, Reply>): number[] => [first.statusCode, second.statusCode].sort()

await onBothStores(t, async (t, makeStore) => {
  const scene = await createScene(t, makeStore)
  const { app, recordOf } = scene

  /** Nobody is signed in with what this browser has, whatever it got meanwhile. */
  async function isOver (t: Test, device: RawDevice): Promise<void> {
    t.equal(await recordOf(device), null, 'nothing is in the store')
    t.equal((await device.peek('GET', '/account')).statusCode, 401)
    t.equal((await device.refresh(await device.newChallenge())).statusCode, 401)
    t.equal((await device.peek('POST', '/transfer')).statusCode, 401)
  }

  for (const [what, stateOf] of [['a registration', 'signedIn'], ['a refresh', 'bound'], ['the first use of a bound cookie', 'registered'], ['a sensitive request', 'bound']] as const) {
    for (const end of ['is revoked', 'signs out', 'signs in again'] as const) {
      // For a store, each way to end a session is one removal.
      if (end !== 'is revoked' && (makeStore !== memoryStore || (what !== 'a refresh' && what !== 'a registration'))) continue
      t.test(`${what} while the browser ${end}: the session is over`, async t => {
        const orders = await inEveryOrder(scene, async () => {
          const device = await scene[stateOf]()
          const before = new Map(device.cookies)
          const challenge = what === 'a refresh' || what === 'a sensitive request' ? await device.newChallenge() : ''
          if (what === 'a sensitive request') await demanded(device)
          const works = {
            'a registration': () => device.register(),
            'a refresh': () => device.refresh(challenge),
            'the first use of a bound cookie': () => device.send('GET', '/account'),
            'a sensitive request': () => device.peek('POST', '/transfer')
          }
          const again = new Map(before)
          const ends: Record<typeof end, () => Promise<unknown>> = {
            'is revoked': scene.revoke(device),
            'signs out': async () => await sendWith(app, again, 'POST', '/logout'),
            'signs in again': async () => await sendWith(app, again, 'POST', '/login', {}, { user: `again-${device.key}` })
          }
          return { first: works[what], second: ends[end], check: async () => await isOver(t, device) }
        })
        t.ok(orders > 1, `${orders} orders`)
      })
    }
  }

  /** The browser is asked for a proof by the sensitive route, and gives it. */
  async function demanded (device: RawDevice): Promise<void> {
    if ((await device.send('POST', '/transfer')).statusCode !== 307) throw new Error('no proof was demanded')
    if ((await device.refresh(await device.newChallenge())).statusCode !== 200) throw new Error('the proof was refused')
  }

  t.test('two registrations with one challenge: one key is bound, and its browser gets the answer 200', async t => {
    await inEveryOrder(scene, async () => {
      const [device, thief] = [await scene.signedIn(), await rawDevice(app, 'eve')]
      const stolen = await proofOf(device.challenge, thief.privateKey, 'ES256', thief.publicKey)
      return {
        first: () => device.register(),
        second: () => device.register(stolen),
        async check (outcome) {
          t.strictSame(statusesOf(outcome), [200, 400])
          const winner = outcome.first.statusCode === 200 ? device : thief
          t.match((await recordOf(device))?.binding?.key, { x: winner.publicKey.x, y: winner.publicKey.y })
        }
      }
    })
  })

  t.test('two refreshes with one proof: one is taken', async t => {
    await inEveryOrder(scene, async () => {
      const device = await scene.bound()
      const challenge = await device.newChallenge()
      return {
        first: () => device.refresh(challenge),
        second: () => device.refresh(challenge),
        check: async outcome => { t.strictSame(statusesOf(outcome), [200, 403]) }
      }
    })
  })

  t.test('two refreshes: the later challenge counts in the end, and an earlier one never counts after it', async t => {
    await inEveryOrder(scene, async () => {
      const device = await scene.bound()
      const [earlier, later] = [await device.newChallenge(), await device.newChallenge()]
      const challengedAt = (challenge: string): number => Number.parseInt(challenge.split('.')[2]!, 36)
      return {
        first: () => device.refresh(earlier),
        second: () => device.refresh(later),
        async check ({ first, second }) {
          t.equal(second.statusCode, 200)
          t.ok([200, 403].includes(first.statusCode))
          t.equal((await recordOf(device))?.binding?.challengedAt.getTime(), challengedAt(later))
          t.equal((await device.send('GET', '/account')).statusCode, 200)
        }
      }
    })
  })

  t.test('a refresh while the token is rotated: both are done, and the browser is signed in with what it got', async t => {
    await inEveryOrder(scene, async () => {
      const device = await scene.bound()
      const [former, challenge] = [device.cookies.get(COOKIE), await device.newChallenge()]
      return {
        first: () => device.refresh(challenge),
        second: () => device.send('POST', '/confirm', {}, { password: PASSWORD }),
        async check (outcome) {
          t.strictSame(statusesOf(outcome), [200, 200])
          t.not(device.cookies.get(COOKIE), former)
          t.equal((await device.send('GET', '/account')).statusCode, 200)
          t.equal((await recordOf(device))?.tokens.length, 2)
        }
      }
    })
  })

  t.test('the first use of a bound cookie during a refresh: the later proof stays, and the binding is in force', async t => {
    await inEveryOrder(scene, async () => {
      const device = await scene.registered()
      const challenge = await device.newChallenge()
      return {
        first: () => device.peek('GET', '/account'),
        second: () => device.refresh(challenge),
        async check (outcome) {
          t.strictSame(statusesOf(outcome), [200, 200])
          const binding = (await recordOf(device))?.binding
          t.ok(binding?.requiredFrom)
          t.equal(binding?.challengedAt.getTime(), Number.parseInt(challenge.split('.')[2]!, 36))
        }
      }
    })
  })
})
