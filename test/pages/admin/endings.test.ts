/**
 * What operators end: one session, all of a user, what a search finds, everyone's.
 */
import t, { type Test } from 'tap'
import type { Actor, OperatorAction } from '../../../plugin/index.js'
import { PASSWORD } from '../../support/app.js'
import { MINUTE } from '../../support/clock.js'
import { createOperatorShop, IPHONE, OPERATORS, type OperatorShopOptions } from '../../support/operators.js'
import { answer, endMeanwhile, formOf, HTMX, submit, textOf } from '../../support/page.js'

type Ended = [userId: string, reason: string, actor: Actor]

/** Ada at a laptop and an iPhone, Bob at a laptop, and root. */
async function createWorld (t: Test, options: OperatorShopOptions = {}) {
  const ended: Ended[] = []
  const actions: OperatorAction[] = []
  const shop = await createOperatorShop(t, {
    onSessionEnd: ({ userId }, reason, { actor }) => { ended.push([userId, reason, actor]) },
    ...options,
    admin: { onAction: action => { actions.push(action) }, ...options.admin }
  })
  const { session } = await shop.signIn('ada')
  const iphone = await shop.signIn('ada', { userAgent: IPHONE, ip: '203.0.113.9' })
  const bob = await shop.signIn('bob')
  const by: Actor = { kind: 'session', userId: 'root', id: shop.operator.id }
  const anAction = (some: Partial<OperatorAction>): object => ({ userId: null, id: null, search: {}, complete: true, ...some, operator: { id: shop.operator.id } })
  return { ...shop, session, iphone, bob, ended, actions, by, anAction }
}

const of = (user: string, session?: string): string => `of=${user}${session === undefined ? '' : `&session=${session}`}`

for (const [mode, options] of [['as a page', {}], ['in a dialog', HTMX]] as const) {
  t.test(`one session, ${mode}: named, confirmed, ended`, async t => {
    const { root, iphone, ended, actions, by, anAction } = await createWorld(t)
    const url = `${OPERATORS}/session/revoke?${of('ada', iphone.session.id)}`
    const question = await root.get(url, options)
    t.match(textOf(question), 'Sign out ada, iPhone (Safari)? Last active')
    const wrong = await submit(root, formOf(question), 'wrong', options)
    t.strictSame([wrong.statusCode, ended], [422, []])
    t.match(textOf(wrong), 'Wrong password.')
    const done = await submit(root, formOf(wrong), PASSWORD, options)
    t.strictSame(ended, [['ada', 'revoked', by]])
    t.match(actions, [anAction({ kind: 'session', userId: 'ada', id: iphone.session.id, ended: 1 })])
    t.equal(await iphone.jar.user(), null)
    t.match(textOf(mode === 'as a page' ? await root.get(OPERATORS) : done), 'Signed out ada, iPhone (Safari).')
    const again = await answer(root, `${OPERATORS}/user/revoke?${of('bob')}`, PASSWORD, options)
    t.equal(again.statusCode, mode === 'as a page' ? 303 : 200)
    t.equal((await root.get(url, options)).statusCode, 404)
  })
}

t.test('people come back to the screen from which they asked', async t => {
  const { root, iphone } = await createWorld(t)
  const { id } = iphone.session
  const screens = [
    ['', OPERATORS], ['&who=ada&kind=phone', `${OPERATORS}?who=ada&kind=phone`], ['&screen=user&user=ada', `${OPERATORS}/user?screen=user&user=ada`]
  ] as const
  for (const [screen, url] of screens) {
    const question = await root.get(`${OPERATORS}/session/revoke?${of('ada', id)}${screen}`)
    t.match(question.body, `<a class="ls-button" href="${url.replaceAll('&', '&amp;')}">Cancel</a>`)
  }
  const [, list] = screens[1]!
  const reply = await answer(root, `${OPERATORS}/session/revoke?${of('ada', id)}&who=ada&kind=phone`, PASSWORD)
  t.strictSame([reply.statusCode, reply.headers.location], [303, list])
})

t.test('all sessions of a user', async t => {
  const { root, ended, actions, by, anAction } = await createWorld(t)
  const question = await root.get(`${OPERATORS}/user/revoke?${of('ada')}`)
  t.match(textOf(question), 'Sign out ada everywhere? ada, iPhone (Safari)')
  t.match(textOf(question), '2 sessions end.')
  await submit(root, formOf(question), PASSWORD)
  t.strictSame(ended, [['ada', 'revoked-all', by], ['ada', 'revoked-all', by]])
  t.match(actions, [anAction({ kind: 'user', userId: 'ada', ended: 2 })])
  t.match(textOf(await root.get(OPERATORS)), 'Signed out 2 sessions of ada.')
  const none = await root.get(`${OPERATORS}/user/revoke?${of('ada')}`)
  t.match(textOf(none), 'There is no session to sign out.')
  t.notMatch(none.body, 'type="submit"')
})

t.test("an operator's own: the others end, this one stays; this one is a sign-out without a password", async t => {
  const { root, operator, signIn, ended, by, clock } = await createWorld(t)
  const { jar } = await signIn('root', { userAgent: IPHONE })
  clock.advance(MINUTE)
  const question = await root.get(`${OPERATORS}/user/revoke?${of('root')}`)
  t.match(textOf(question), 'One session ends. This device stays signed in.')
  await submit(root, formOf(question), PASSWORD)
  t.strictSame(ended, [['root', 'revoked-others', by]])
  t.strictSame([await jar.user(), await root.user()], [null, 'root'])

  const own = await root.get(`${OPERATORS}/session/revoke?${of('root', operator.id)}`)
  t.match(textOf(own), 'Sign out this device?')
  t.notMatch(own.body, 'name="password"')
  const reply = await submit(root, formOf(own))
  t.strictSame([reply.statusCode, reply.headers.location, await root.user()], [303, '/login', null])
})

t.test('htmx loads the sign-in page after the sign-out of this device', async t => {
  const { root, operator } = await createWorld(t)
  const reply = await answer(root, `${OPERATORS}/session/revoke?${of('root', operator.id)}`, {}, HTMX)
  t.equal(reply.headers['hx-redirect'], '/login')
})

t.test('what a search finds', async t => {
  const { root, bob, ended, actions, by, anAction } = await createWorld(t)
  const url = `${OPERATORS}/search/revoke?kind=desktop&address=198.51.100.0%2F24&age=hour&who=ada`
  const question = await root.get(url)
  t.match(textOf(question), 'Sign out what this search finds? User ada Device Computer Address or network 198.51.100.0/24 Signed in In the last hour ada, Windows computer (Chrome)')
  t.match(textOf(question), 'One session ends. This device stays signed in.')
  t.strictSame((await submit(root, formOf(question), PASSWORD)).headers.location, `${OPERATORS}?who=ada&kind=desktop&address=198.51.100.0%2F24&age=hour`)
  t.strictSame(ended, [['ada', 'revoked', by]])
  t.match(actions, [anAction({ kind: 'search', search: { who: 'ada', kind: 'desktop', address: '198.51.100.0/24', age: 'hour' }, ended: 1 })])
  t.match(textOf(await root.get(OPERATORS)), 'Signed out one session.')
  t.equal(await bob.jar.user(), 'bob')

  const own = await root.get(`${OPERATORS}/search/revoke?kind=desktop`)
  t.match(textOf(own), 'One session ends. This device stays signed in.', 'the operator is not counted')
  t.notMatch(textOf(own), 'root,')
})

t.test('a question about a search is about what its URL says, never about everyone instead', async t => {
  const { root, ended } = await createWorld(t)
  const csrf = formOf(await root.get(`${OPERATORS}/everyone/revoke`)).fields.csrf!
  for (const query of ['', '?kind=phones', '?who=a&who=b', '?age=week&kind=', '?kind=phone&age=years', '?screen=user&user=ada', '?who=', '?address=%20']) {
    const url = `${OPERATORS}/search/revoke${query}`
    if (query === '?age=week&kind=') {
      t.equal((await root.get(url)).statusCode, 200)
      continue
    }
    t.equal((await root.get(url)).statusCode, 404, query)
    t.equal((await submit(root, { action: url, fields: { csrf } }, PASSWORD)).statusCode, 404, query)
  }
  t.strictSame(ended, [])
})

t.test('a user is named once for each answer', async t => {
  const asked: string[][] = []
  const { root } = await createWorld(t, { admin: { describeUsers: ids => { asked.push(ids); return {} } } })
  const question = await root.get(`${OPERATORS}/user/revoke?${of('ada')}`)
  t.strictSame(asked, [['ada']])
  await submit(root, formOf(question), PASSWORD)
  t.strictSame(asked, [['ada'], ['ada']])
})

t.test('an action that fails midway is reported, too', async t => {
  const { app, root, actions, anAction } = await createWorld(t)
  app.loginSessions.revokeAll = async () => { throw new Error('connection refused') }
  t.equal((await answer(root, `${OPERATORS}/user/revoke?${of('ada')}`, PASSWORD)).statusCode, 500)
  t.match(actions, [anAction({ kind: 'user', userId: 'ada', ended: null, complete: false })])
})

t.test('everybody is signed out, but not the operator who asks', async t => {
  const { root, app, bob, ended, actions, anAction } = await createWorld(t)
  await bob.jar.post('/data', { cart: ['book'] })
  const question = await root.get(`${OPERATORS}/everyone/revoke`)
  t.match(textOf(question), 'Sign out everyone? Live sessions 4 Users signed in 3 All sessions of all users end. This device stays signed in.')
  const done = await submit(root, formOf(question), PASSWORD, HTMX)
  t.match(textOf(done), 'Signed out 3 sessions.')
  t.match(textOf(done), 'Live sessions 1')
  t.strictSame(ended.map(([userId, reason]) => `${userId} ${reason}`).sort(), ['ada revoked-all', 'ada revoked-all', 'bob revoked-all'])
  t.match(actions, [anAction({ kind: 'everyone', ended: 3 })])
  t.strictSame([await bob.jar.user(), await root.user(), (await app.loginSessions.list('root')).length], [null, 'root', 1])
})

t.test('a question names ten sessions, and the number of the others', async t => {
  const { root, signIn } = await createWorld(t)
  for (let i = 0; i < 12; i++) await signIn('eve')
  for (const url of [`/user/revoke?${of('eve')}`, '/search/revoke?who=eve']) {
    const text = textOf(await root.get(OPERATORS + url))
    t.equal(text.split('eve, Windows computer (Chrome)').length, 11, url)
    t.match(text, 'and 2 more')
  }
})

t.test('missing and unknown parameters are 404, and a form without a token, or with that of another session, 403', async t => {
  const { root, session, ended, signIn } = await createWorld(t)
  for (const query of ['', 'of=ada', `session=${session.id}`, of('bob', session.id), of('ada', 'x'), 'of=ada&of=bob&session=x']) {
    t.equal((await root.get(`${OPERATORS}/session/revoke?${query}`)).statusCode, 404, query)
  }
  t.equal((await root.get(`${OPERATORS}/user/revoke`)).statusCode, 404)
  const { jar: other } = await signIn('root-2')
  const action = `${OPERATORS}/everyone/revoke`
  const { fields } = formOf(await other.get(action))
  for (const csrf of ['', 'x', fields.csrf!]) t.equal((await submit(root, { action, fields: { csrf } }, PASSWORD)).statusCode, 403)
  const cross = await submit(root, formOf(await root.get(action)), PASSWORD, { headers: { origin: 'https://evil.example' } })
  t.strictSame([cross.statusCode, ended], [403, []])
})

t.test('five wrong passwords lock the questions of this operator', async t => {
  const { root, operator, ended } = await createWorld(t)
  const url = `${OPERATORS}/everyone/revoke`
  for (let i = 0; i < 5; i++) await answer(root, url, 'wrong')
  const locked = await root.get(url)
  t.match(textOf(locked), 'Too many failed attempts. Try again in 15 minutes.')
  t.notMatch(locked.body, 'type="submit"')
  t.strictSame(ended, [])
  const own = formOf(await root.get(`${OPERATORS}/session/revoke?${of('root', operator.id)}`))
  t.equal((await submit(root, own)).headers.location, '/login', 'people can always sign out the device that they use')
})

t.test('a session that ends between the question and the answer', async t => {
  const { app, root, session, actions, anAction } = await createWorld(t)
  const form = formOf(await root.get(`${OPERATORS}/session/revoke?${of('ada', session.id)}`, HTMX))
  endMeanwhile(app, session)
  t.match(textOf(await submit(root, form, PASSWORD, HTMX)), 'That session has ended already.')
  t.match(actions, [anAction({ kind: 'session', userId: 'ada', id: session.id, ended: 0 })])
})

t.test('a hook of the host that fails changes nothing', async t => {
  const logs: string[] = []
  const { root } = await createWorld(t, { logs, admin: { onAction () { throw new Error('log full') } } })
  t.equal((await answer(root, `${OPERATORS}/user/revoke?${of('ada')}`, PASSWORD)).statusCode, 303)
  t.ok(logs.some(line => line.includes('onAction failed')))
})

t.test('an operator without a password cannot end anything, and reads why', async t => {
  const { signIn } = await createWorld(t, { verifyPassword: userId => userId === 'root-guest' ? null : password => password === PASSWORD })
  const { jar } = await signIn('root-guest')
  const list = await jar.get(OPERATORS)
  t.match(textOf(list), 'To sign out other sessions you need a password, and your account has none.')
  t.notMatch(list.body, 'data-ls-part="revoke')
})
