/**
 * Who may see the operators' page, and who may end sessions on it.
 */
import { mock } from 'node:test'
import type { FastifyInstance, InjectOptions } from 'fastify'
import t, { type Test } from 'tap'
import { rejectCrossOrigin } from '../../../plugin/index.js'
import { PASSWORD } from '../../support/app.js'
import { browser, type JarBrowser, type Reply } from '../../support/browser-jar.js'
import { observed } from '../../support/observed-store.js'
import { createOperatorShop, OPERATORS, type OperatorShopOptions } from '../../support/operators.js'
import { formOf, HTMX, submit, textOf } from '../../support/page.js'
import { breakable } from '../../support/stores.js'
import { memoryStore } from '../../../plugin/stores/memory.js'
import { fakeTimeouts, realTimeouts } from '../../support/fake-timers.js'
import { turns } from '../../support/gate.js'

type Route = [method: 'GET' | 'POST', url: string]

/** Every route below the prefix that takes GET or POST. */
async function routesOf (t: Test, options: OperatorShopOptions = {}) {
  const routes: Route[] = []
  const shop = await createOperatorShop(t, {
    ...options,
    before (app: FastifyInstance) {
      app.addHook('onRoute', ({ url, method }) => {
        if (!url.startsWith(OPERATORS)) return
        for (const one of ['GET', 'POST'] as const) if ([method].flat().includes(one)) routes.push([one, url])
      })
    }
  })
  t.ok(routes.length > 15, 'the routes are found')
  return { ...shop, routes }
}

/** What a reply shows of the page, without what differs in any two replies. */
const shownBy = ({ statusCode, headers, body }: Reply, url: string) => {
  const { date, 'content-length': length, 'set-cookie': cookie, 'retry-after': retry, ...rest } = headers
  return { statusCode, headers: rest, body: body.replaceAll(url, 'URL') }
}

const ask = async (jar: JarBrowser, [method, url]: Route, options: InjectOptions = {}): Promise<Reply> =>
  method === 'GET' ? await jar.get(url, options) : await jar.post(url, {}, options)

t.test('for everybody else the page does not exist: each route answers as an unknown URL does', async t => {
  const { app, signIn, routes } = await routesOf(t)
  const { jar: ada } = await signIn('ada')
  for (const jar of [ada, browser(app)]) {
    for (const options of [{}, HTMX]) {
      for (const route of routes) {
        const unknown = route[1].replace(OPERATORS, '/unknown')
        t.strictSame(shownBy(await ask(jar, route, options), route[1]), shownBy(await ask(jar, [route[0], unknown], options), unknown), route.join(' '))
      }
    }
  }
})

t.test('what a hook of the host refuses is answered as for an unknown URL', async t => {
  const { app, root, signIn } = await createOperatorShop(t, { before (app) { app.addHook('onRequest', rejectCrossOrigin) } })
  const { jar: ada } = await signIn('ada')
  const foreign = { headers: { origin: 'https://evil.example' } }
  for (const jar of [ada, browser(app)]) {
    const [ours, unknown] = [await jar.post(`${OPERATORS}/everyone/revoke`, {}, foreign), await jar.post('/unknown/everyone/revoke', {}, foreign)]
    t.equal(ours.statusCode, 403)
    t.strictSame(shownBy(ours, '-'), shownBy(unknown, '-'))
  }
  t.match((await root.post(`${OPERATORS}/everyone/revoke`, {}, foreign)).headers['content-type'], 'application/json', 'nobody knows yet that it is an operator')
})

t.test("refusal: 'forbidden' says so, and sends those who are not signed in to the sign-in page", async t => {
  const { app, signIn } = await createOperatorShop(t, { admin: { refusal: 'forbidden', returnTo: 'to' } })
  const { jar: ada } = await signIn('ada')
  const refused = await ada.get(OPERATORS)
  t.equal(refused.statusCode, 403)
  t.match(textOf(refused), 'You are not allowed to do this.')
  const anonymous = await browser(app).get(OPERATORS)
  t.strictSame([anonymous.statusCode, anonymous.headers.location], [303, '/login?to=%2Foperators'])
})

t.test('an operator who may only look changes nothing by any route', async t => {
  const store = observed()
  const { app, root, signIn, routes } = await routesOf(t, { store })
  const { jar: auditor } = await signIn('auditor')
  const { session } = await signIn('ada')
  const { fields } = formOf(await root.get(`${OPERATORS}/everyone/revoke`))
  await auditor.user()
  await app.loginSessions.settled()
  const before = await store.everything()
  let refused = 0
  for (const [method, path] of routes) {
    const url = `${path}?of=ada&session=${session.id}&user=ada&kind=desktop`
    const csrf = fields.csrf!
    const reply = method === 'GET' ? await auditor.get(url) : await submit(auditor, { action: url, fields: { csrf } }, PASSWORD)
    const isEnding = /\/(revoke|stop|hide)$/.test(path)
    t.equal(reply.statusCode === 403, isEnding, `${method} ${path}: ${reply.statusCode}`)
    if (isEnding) refused++
  }
  t.equal(refused, 10)
  t.equal(await store.everything(), before)
  const list = await auditor.get(OPERATORS)
  t.match(textOf(list), 'You can look at sessions, but you cannot end them.')
  t.notMatch(list.body, /revoke/)
})

t.test('the right is asked for again when the operator has confirmed', async t => {
  let right: 'end' | 'view' | null = 'end'
  const ended: string[] = []
  const { root, signIn } = await createOperatorShop(t, {
    verifyPassword: () => password => {
      // While the password is checked, somebody takes the right away.
      if (taken !== undefined) right = taken
      return password === PASSWORD
    },
    onSessionEnd: ({ userId }) => { ended.push(userId) },
    admin: { authorize: () => right }
  })
  let taken: 'view' | null | undefined
  const { session } = await signIn('ada')
  for (taken of ['view', null] as const) {
    right = 'end'
    for (const url of [`/session/revoke?of=ada&session=${session.id}`, '/user/revoke?of=ada', '/search/revoke?who=ada', '/everyone/revoke']) {
      right = 'end'
      const form = formOf(await root.get(OPERATORS + url))
      const reply = await submit(root, form, PASSWORD)
      t.strictSame([reply.statusCode, ended], [403, []], url)
      t.match(textOf(reply), 'You are not allowed to do this.')
    }
  }
})

t.test('a wrong answer, an error or silence of authorize lets nobody in', async t => {
  let answer: () => unknown = () => true
  const logs: string[] = []
  const { root } = await createOperatorShop(t, { logs, admin: { authorize: () => answer() as any } })
  t.equal((await root.get(OPERATORS)).statusCode, 500)
  t.ok(logs.some(line => line.includes("authorize returned true: it must return 'end', 'view' or null")))
  answer = () => { throw new Error('directory away') }
  const failed = await root.get(OPERATORS)
  t.strictSame([failed.statusCode, failed.headers['retry-after']], [503, '2'])
  answer = () => undefined
  t.equal((await root.get(OPERATORS)).statusCode, 404)

  answer = () => new Promise(() => {})
  fakeTimeouts()
  t.teardown(realTimeouts)
  const silent = root.get(OPERATORS)
  await turns()
  mock.timers.tick(10_000)
  t.equal((await silent).statusCode, 503)
})

t.test('during an outage an operator does not read that the page does not exist', async t => {
  const store = breakable(memoryStore())
  const { app, root } = await createOperatorShop(t, { store })
  store.fail()
  t.equal((await root.get(OPERATORS)).statusCode, 503)
  t.equal((await browser(app).get(OPERATORS)).statusCode, 404)
  store.recover()
  t.equal((await root.get(OPERATORS)).statusCode, 200)
})
