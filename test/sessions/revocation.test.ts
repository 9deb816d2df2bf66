import t from 'tap'
import type { LoginSession } from '../../plugin/index.js'
import { createShop } from '../support/app.js'
import { browser, setCookies } from '../support/browser-jar.js'
import { createClock, MINUTE } from '../support/clock.js'
import { randomId } from '../support/records.js'
import { onBothStores } from '../support/stores.js'

const idsOf = (sessions: LoginSession[]): string[] => sessions.map(({ id }) => id)

await onBothStores(t, async (t, makeStore) => {
  t.test('the list has all of a user\'s sessions, last active first, and nobody else\'s', async t => {
    const clock = createClock()
    const app = await createShop(t, { store: makeStore(), now: clock.now })
    const [laptop, phone, tablet] = [browser(app), browser(app), browser(app)]
    const first = await laptop.signIn('ada')
    clock.advance(MINUTE)
    const second = await phone.signIn('ada')
    clock.advance(MINUTE)
    await browser(app).signIn('eve')
    const third = await tablet.signIn('ada')
    t.strictSame(idsOf(await app.loginSessions.list('ada')), [third, second, first].map(({ id }) => id))
    clock.advance(MINUTE)
    await laptop.user()
    clock.advance(MINUTE)
    await phone.user()
    await app.close()
    t.strictSame(idsOf(await app.loginSessions.list('ada')), [second, first, third].map(({ id }) => id))
  })

  t.test('a revoked session is anonymous from the next request on, and its cookie cleared', async t => {
    const app = await createShop(t, { store: makeStore() })
    const [laptop, phone] = [browser(app), browser(app)]
    const { id } = await laptop.signIn('ada', { remember: true })
    await phone.signIn('ada')
    const revoked = await app.loginSessions.revoke('ada', id)
    t.equal(revoked?.id, id)
    t.equal(revoked?.userId, 'ada')

    const thief = laptop.twin()
    t.equal(await thief.accountStatus(), 401)
    const reply = await laptop.get('/')
    t.equal(reply.json().user, null)
    t.match(setCookies(reply), [/^__Host-login-session=; .*Expires=Thu, 01 Jan 1970 00:00:00 GMT.*Secure/])
    t.equal(laptop.cookie(), undefined)
    t.strictSame(setCookies(await laptop.get('/')), [], 'once is enough')
    t.equal(await phone.user(), 'ada')
  })

  t.test('foreign, unknown, ended and odd ids all answer the same and end nothing', async t => {
    const app = await createShop(t, { store: makeStore() })
    const [ada, eve] = [browser(app), browser(app)]
    const ended = await ada.signIn('ada')
    const { id } = await ada.signIn('ada')
    const foreign = await eve.signIn('eve')
    for (const other of [foreign.id, ended.id, randomId(), '.', '$ne', '__proto__', 'x'.repeat(10_000), '\0', '']) {
      t.equal(await app.loginSessions.revoke('ada', other), null)
      t.equal(await app.loginSessions.find('ada', other), null)
    }
    t.equal((await app.loginSessions.find('ada', id))?.id, id)
    t.equal(await ada.user(), 'ada')
    t.equal(await eve.user(), 'eve')
  })

  t.test('two who revoke the same session at the same moment: one did it', async t => {
    const app = await createShop(t, { store: makeStore() })
    const { id } = await browser(app).signIn('ada')
    const [one, other] = await Promise.all([app.loginSessions.revoke('ada', id), app.loginSessions.revoke('ada', id)])
    t.strictSame([one, other].filter(Boolean).length, 1)
  })

  t.test('revokeOthers spares the given session only', async t => {
    const app = await createShop(t, { store: makeStore() })
    const [laptop, phone, tablet, eve] = [browser(app), browser(app), browser(app), browser(app)]
    const mine = await laptop.signIn('ada')
    await phone.signIn('ada', { remember: true })
    await tablet.signIn('ada')
    await eve.signIn('eve')
    t.equal(await app.loginSessions.revokeOthers(mine), 2)
    t.strictSame([await laptop.user(), await phone.user(), await tablet.user(), await eve.user()], ['ada', null, null, 'eve'])
    t.equal(await app.loginSessions.revokeOthers(mine), 0)
  })

  t.test('revokeOthers with a foreign session spares nothing of this user and ends nothing of the other', async t => {
    const app = await createShop(t, { store: makeStore() })
    const [ada, eve] = [browser(app), browser(app)]
    await ada.signIn('ada')
    const { id } = await eve.signIn('eve')
    t.equal(await app.loginSessions.revokeOthers({ userId: 'ada', id }), 1)
    t.strictSame([await ada.user(), await eve.user()], [null, 'eve'])
  })

  t.test('a password change ends the other sessions with one call, from a request', async t => {
    const app = await createShop(t, {
      store: makeStore(),
      routes: app => app.post('/password', async request => ({ ended: await app.loginSessions.revokeOthers(request.loginSession!) }))
    })
    const [laptop, phone] = [browser(app), browser(app)]
    await laptop.signIn('ada')
    await phone.signIn('ada')
    t.strictSame((await laptop.post('/password')).json(), { ended: 1 })
    t.strictSame([await laptop.user(), await phone.user()], ['ada', null])
  })

  t.test('revokeAll ends them all', async t => {
    const app = await createShop(t, { store: makeStore() })
    const [laptop, phone, eve] = [browser(app), browser(app), browser(app)]
    await laptop.signIn('ada')
    await phone.signIn('ada')
    await eve.signIn('eve')
    t.equal(await app.loginSessions.revokeAll('ada'), 2)
    t.strictSame([await laptop.user(), await phone.user(), await eve.user()], [null, null, 'eve'])
    t.equal(await app.loginSessions.revokeAll('ada'), 0)
  })

  t.test('what is shown holds no credential, no counter and none of the host\'s data', async t => {
    const app = await createShop(t, { store: makeStore() })
    const laptop = browser(app)
    const { id } = await laptop.signIn('ada')
    await laptop.post('/data', { cart: ['book'] })
    const FIELDS = ['createdAt', 'device', 'endsAt', 'expiresAt', 'id', 'ip', 'lastActiveAt', 'remember', 'userAgent', 'userId']
    const shown = [
      (await app.loginSessions.list('ada'))[0], await app.loginSessions.find('ada', id), (await laptop.get('/account')).json(),
      await app.loginSessions.revoke('ada', id)
    ]
    for (const session of shown) t.strictSame(Object.keys(session).sort(), FIELDS)
  })
})

t.test('an id that is no text selects nothing but a clear mistake', async t => {
  const app = await createShop(t)
  const laptop = browser(app)
  const { id } = await laptop.signIn('ada')
  const { list, find, revoke, revokeOthers, revokeAll } = app.loginSessions
  for (const wrong of [undefined, null, '', 7, { $ne: null }, ['ada']] as any[]) {
    await t.rejects(list(wrong), TypeError)
    await t.rejects(find(wrong, id), TypeError)
    await t.rejects(revoke(wrong, id), TypeError)
    await t.rejects(revokeOthers({ userId: wrong, id }), TypeError)
    await t.rejects(revokeOthers({ userId: 'ada', id: wrong }), TypeError)
    // '' is the id of no session, as a URL may have it.
    if (wrong !== '') await t.rejects(find('ada', wrong), TypeError)
    if (wrong !== '') await t.rejects(revoke('ada', wrong), TypeError)
    await t.rejects(revokeAll(wrong), { name: 'TypeError', message: /userId must be a string .* String\(user\._id\)/ })
  }
  await t.rejects(revokeOthers(null as any), TypeError)
  t.equal(await laptop.user(), 'ada')
})
