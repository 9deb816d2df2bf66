import t from 'tap'
import { createShop, OLD_SECRET, SECRET } from '../support/app.js'
import { browser, type JarBrowser, setCookies } from '../support/browser-jar.js'
import { onBothStores } from '../support/stores.js'

await onBothStores(t, async (t, makeStore) => {
  /** A browser signed in before the rotation, with what it needs to go to another server. */
  async function setup (secrets: string | string[], remember = false) {
    const store = makeStore()
    const before = await createShop(t, { store, secret: OLD_SECRET })
    const laptop = browser(before)
    await laptop.signIn('ada', { remember })
    await laptop.post('/data', { cart: ['book'] })
    const after = await createShop(t, { store, secret: secrets })
    const moved = browser(after)
    moved.forge(laptop.cookieValue()!)
    return { store, after, laptop, moved }
  }

  const dataIn = async (browser: JarBrowser) => (await browser.get('/data')).json()

  t.test('[new, old] keeps everyone signed in, issues the cookie anew once, and then is quiet', async t => {
    const { laptop, moved } = await setup([SECRET, OLD_SECRET])
    const reply = await moved.get('/')
    t.equal(reply.json().user, 'ada')
    t.equal(setCookies(reply).length, 1)
    t.match(setCookies(reply), [/^__Host-login-session=[^;]+; Path=\/; HttpOnly; Secure; SameSite=Lax$/])
    t.not(moved.cookieValue(), laptop.cookieValue())
    t.equal(moved.cookieValue()!.split('.')[0], laptop.cookieValue()!.split('.')[0], 'the same token, signed anew')
    t.strictSame(setCookies(await moved.get('/')), [])
    t.strictSame(await dataIn(moved), { cart: ['book'] })
    t.equal(await laptop.user(), 'ada')
  })

  t.test('a cookie that was issued anew needs the old secret no longer', async t => {
    const { store, moved } = await setup([SECRET, OLD_SECRET])
    await moved.get('/')
    const later = browser(await createShop(t, { store, secret: SECRET }))
    later.forge(moved.cookieValue()!)
    t.equal(await later.user(), 'ada')
  })

  t.test('a remembered session is issued anew with its end', async t => {
    const { moved } = await setup([SECRET, OLD_SECRET], true)
    t.match(setCookies(await moved.get('/')), [/; Expires=Thu, 01 Apr 2100 12:00:00 GMT; HttpOnly; Secure; SameSite=Lax$/])
    moved.restart()
    t.equal(await moved.user(), 'ada')
  })

  t.test('[new] alone signs everyone out, and clears the cookie', async t => {
    const { laptop, moved } = await setup(SECRET)
    t.equal(await moved.user(), null)
    t.equal(moved.cookie(), undefined)
    t.equal(await laptop.user(), 'ada', 'the record is still there')
  })

  t.test('new cookies are signed with the newest secret', async t => {
    const store = makeStore()
    const rotating = await createShop(t, { store, secret: [SECRET, OLD_SECRET] })
    const laptop = browser(rotating)
    await laptop.signIn('ada')
    const rotated = browser(await createShop(t, { store, secret: SECRET }))
    rotated.forge(laptop.cookieValue()!)
    t.equal(await rotated.user(), 'ada')
  })

  t.test('signing out and in with a cookie of the old secret', async t => {
    const out = await setup([SECRET, OLD_SECRET])
    const reply = await out.moved.signOut()
    t.equal(setCookies(reply).length, 1)
    t.equal(out.moved.cookie(), undefined)
    t.strictSame(await out.after.loginSessions.list('ada'), [])

    const again = await setup([SECRET, OLD_SECRET])
    t.equal(setCookies(await again.moved.post('/login', { user: 'bob' })).length, 1)
    t.equal(await again.moved.user(), 'bob')
    t.strictSame(await again.after.loginSessions.list('ada'), [])
  })
})
