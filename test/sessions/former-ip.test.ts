/**
 * The last two addresses of a session: what is kept of a thief who follows its owner, and what it costs.
 */
import t from 'tap'
import { formerIpAfter, isElsewhere } from '../../plugin/sessions/former-ip.js'
import { keyOf } from '../../plugin/sessions/key.js'
import { memoryStore } from '../../plugin/index.js'
import { createShop } from '../support/app.js'
import { browser } from '../support/browser-jar.js'
import { after, createClock, MINUTE, NOW, SECOND } from '../support/clock.js'
import { turns } from '../support/gate.js'
import { onBothStores, watched } from '../support/stores.js'

const OWNER = '203.0.113.9'
const THIEF = '198.51.100.7'

t.test('an address is another unless it is the recorded one, whole or as its network', async t => {
  t.equal(isElsewhere(OWNER, OWNER, 'whole'), false)
  t.equal(isElsewhere(OWNER, '203.0.113.10', 'whole'), true)
  t.equal(isElsewhere(OWNER, '203.0.113.0', 'shortened'), false, 'recorded whole, before addresses were shortened')
  t.equal(isElsewhere('203.0.113.0', OWNER, 'whole'), false, 'recorded shortened, before they were kept whole')
  t.equal(isElsewhere('203.0.113.0', '203.0.114.0', 'shortened'), true)
  t.equal(isElsewhere(OWNER, null, 'whole'), true)
})

t.test('what becomes of the former address, in each mode and after a change of modes', async t => {
  const until = after(NOW, -MINUTE)
  const former = { ip: THIEF, until }
  t.strictSame(formerIpAfter({ ip: OWNER }, THIEF, 'whole', NOW), { ip: OWNER, until: NOW })
  t.strictSame(formerIpAfter({ ip: OWNER, formerIp: former }, THIEF, 'whole', NOW), { ip: OWNER, until: NOW })
  t.strictSame(formerIpAfter({ ip: OWNER }, null, 'whole', NOW), { ip: OWNER, until: NOW }, 'the present one is not known')
  t.equal(formerIpAfter({ ip: OWNER }, OWNER, 'whole', NOW), undefined)
  t.equal(formerIpAfter({ ip: null }, OWNER, 'whole', NOW), undefined)
  t.equal(formerIpAfter({ ip: OWNER, formerIp: former }, OWNER, 'whole', NOW), undefined, 'it stays')
  t.equal(formerIpAfter({ ip: OWNER, formerIp: null }, OWNER, 'whole', NOW), undefined)

  t.strictSame(formerIpAfter({ ip: OWNER }, '198.51.100.0', 'shortened', NOW), { ip: '203.0.113.0', until: NOW })
  t.equal(formerIpAfter({ ip: OWNER }, '203.0.113.0', 'shortened', NOW), undefined, 'it is the same network')
  t.strictSame(formerIpAfter({ ip: OWNER, formerIp: former }, '203.0.113.0', 'shortened', NOW), { ip: '198.51.100.0', until })
  t.equal(formerIpAfter({ ip: OWNER, formerIp: { ip: '203.0.113.77', until } }, '203.0.113.0', 'shortened', NOW), null, 'both are of one network')

  t.equal(formerIpAfter({ ip: OWNER }, null, 'none', NOW), undefined)
  t.equal(formerIpAfter({ ip: OWNER, formerIp: former }, null, 'none', NOW), null)
})

await onBothStores(t, async (t, makeStore) => {
  t.test('a thief who follows the owner is shown, also when the owner comes back', async t => {
    const clock = createClock()
    const store = watched(makeStore())
    const app = await createShop(t, { store, now: clock.now })
    const owner = browser(app, { ip: OWNER })
    await owner.signIn('ada')
    const thief = owner.twin()
    const visit = async (one: typeof owner, remoteAddress: string) => {
      clock.advance(SECOND)
      await one.get('/', { remoteAddress })
      await store.touched()
      const [session] = await app.loginSessions.list('ada')
      return [session!.ip, session!.formerIp]
    }
    t.strictSame(await visit(owner, OWNER), [OWNER, null])
    const stolen = after(clock.now(), SECOND)
    t.strictSame(await visit(thief, THIEF), [THIEF, { ip: OWNER, until: stolen }], 'a second later')
    t.strictSame((await owner.get('/account', { remoteAddress: THIEF })).json().formerIp, { ip: OWNER, until: stolen.toJSON() })
    t.strictSame(await visit(owner, OWNER), [THIEF, { ip: OWNER, until: stolen }], 'once in touchEvery')
    t.strictSame(await visit(thief, '192.0.2.1'), [THIEF, { ip: OWNER, until: stolen }])
    clock.advance(MINUTE - 3 * SECOND)
    t.strictSame(await visit(owner, OWNER), [OWNER, { ip: THIEF, until: clock.now() }])
    clock.advance(10 * MINUTE)
    t.strictSame((await visit(owner, OWNER))[1], { ip: THIEF, until: after(clock.now(), -10 * MINUTE - SECOND) }, 'and stays')
  })

  t.test("a session from before the option's change is touched once, and its addresses become what is kept", async t => {
    const clock = createClock()
    const store = watched(makeStore())
    const touches: number[] = []
    const counting = { ...store, touch: (all: Parameters<typeof store.touch>[0]) => { touches.push(all.length); return store.touch(all) } }
    const laptop = browser(await createShop(t, { store: counting, now: clock.now }), { ip: OWNER })
    const { id } = await laptop.signIn('ada')
    clock.advance(SECOND)
    await laptop.get('/', { remoteAddress: THIEF })
    await store.touched()
    for (const [ip, kept] of [['shortened', ['198.51.100.0', '203.0.113.0']], ['none', [null, undefined]], ['whole', [THIEF, undefined]]] as const) {
      const moved = browser(await createShop(t, { store: counting, now: clock.now, ip }))
      moved.forge(laptop.cookieValue()!)
      touches.length = 0
      for (let visit = 0; visit < 3; visit++) {
        clock.advance(MINUTE / 3)
        await moved.get('/', { remoteAddress: THIEF })
        await store.touched()
      }
      t.equal(touches.length, 1, ip)
      const [record] = await store.find([keyOf('ada', id)])
      t.strictSame([record?.ip, record?.formerIp?.ip], kept, ip)
    }
  })
})

t.test('an address that changes with every request costs one write in each touchEvery', async t => {
  const clock = createClock()
  const store = memoryStore()
  let [touches, address] = [0, 0]
  const app = await createShop(t, { now: clock.now, store: { ...store, touch: async all => { touches++; await store.touch(all) } } })
  const laptop = browser(app)
  await laptop.signIn('ada')
  const minute = async () => {
    touches = 0
    for (let second = 0; second < 60; second++) {
      clock.advance(SECOND)
      await laptop.get('/', { remoteAddress: `2001:db8::${(++address).toString(16)}` })
      await turns()
    }
    return touches
  }
  t.equal(await minute(), 1)
  t.equal(await minute(), 1)
  t.equal(await minute(), 1)
})

t.test('a request whose address cannot be told, or that comes from the same address in other words, is no change', async t => {
  const clock = createClock()
  const store = memoryStore()
  let touches = 0
  const app = await createShop(t, { now: clock.now, clientIp: request => request.headers['x-real-ip']?.toString(), store: { ...store, touch: async all => { touches++; await store.touch(all) } } })
  const laptop = browser(app, { ip: 'a Unix socket' })
  await laptop.post('/login', { user: 'ada' }, { headers: { 'x-real-ip': OWNER } })
  clock.advance(SECOND)
  for (const address of [OWNER, `::ffff:${OWNER}`, `${OWNER}:51008`, 'unknown']) await laptop.get('/', { headers: { 'x-real-ip': address } })
  await turns()
  t.equal(touches, 0)
  await laptop.get('/', { headers: { 'x-real-ip': THIEF } })
  await turns()
  t.equal(touches, 1)
})
