/**
 * What every environment runs: a small shop with the pages and the API. It signs people in, loads the page and each of its
 * files, ends other sessions after a password, and prints `ok`. It is written as a module. For `require()` its imports are
 * rewritten: see `asCommonJs`.
 *
 * `CHECK=own` checks passwords without bcrypt. If the pages refuse to be registered, it says why and goes on without them.
 */
import formbody from '@fastify/formbody'
import Fastify from 'fastify'
import loginSessions, { bcryptPassword, loginSessionApi, loginSessionPages, memoryStore, rejectCrossOrigin } from 'fastify-login-sessions'
import { request } from 'node:http'

const PASSWORD = 'correct horse battery staple'
const HASH = '$2b$04$afVymqOcOxZC11KRAvXSMuo6cPpLcPcdVfgTuCaoCOkYMGTFu6XGi'
const PAGE = '/account/sessions'
const API = '/api/sessions'
const FIREFOX = 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0'

main().then(() => process.exit(0), error => {
  console.log(error)
  process.exit(1)
})

async function main () {
  const refusal = await tryPages()
  if (refusal) console.log(`pages: ${refusal.code} ${refusal.message}`)
  const app = await createShop()
  if (!refusal) await app.register(loginSessionPages, { prefix: PAGE })
  await app.listen({ port: 0, host: '127.0.0.1' })
  await useShop(app.server.address().port, !refusal)
  await app.close()
  console.log('ok')
}

/** On a server of its own: one whose plugin fails does not start. */
async function tryPages () {
  const app = await createShop()
  return await app.register(loginSessionPages, { prefix: PAGE }).then(() => null, error => error)
}

async function createShop () {
  const app = Fastify()
  const verifyPassword = process.env.CHECK === 'own' ? () => async password => password === PASSWORD : bcryptPassword(() => HASH)
  await app.register(loginSessions, { secret: 'a secret of 32 or more characters', store: memoryStore(), verifyPassword })
  await app.register(formbody)
  app.addHook('onRequest', rejectCrossOrigin)
  await app.register(loginSessionApi, { prefix: API })
  app.post('/login', async (request, reply) => {
    await request.startLoginSession(request.body.user)
    return reply.redirect(PAGE, 303)
  })
  return app
}

async function useShop (port, hasPages) {
  const [phone, computer] = [await signIn(port), await signIn(port)]
  if (hasPages) await loadPage(port, computer)
  const { sessions } = JSON.parse((await send(port, 'GET', API, computer)).body)
  expect(sessions.length, 2)
  expect((await send(port, 'POST', `${API}/others/revoke`, computer, { password: 'wrong' })).status, 422)
  const revoked = await send(port, 'POST', `${API}/others/revoke`, computer, { password: PASSWORD })
  expect(revoked.body, '{"revoked":1}')
  expect((await send(port, 'GET', API, phone)).status, 401)
}

async function signIn (port) {
  const { status, headers } = await send(port, 'POST', '/login', '', 'user=ada')
  expect(status, 303)
  return headers['set-cookie'][0].split(';')[0]
}

async function loadPage (port, cookie) {
  const page = await send(port, 'GET', PAGE, cookie)
  expect(page.status, 200)
  expect(/Firefox/.test(page.body), true)
  const waiting = [...page.body.matchAll(/(?:href|src)="([^"]*\/assets\/[^"]+)"/g)].map(([, url]) => url)
  const loaded = new Set()
  for (const url of waiting) {
    if (loaded.has(url)) continue
    loaded.add(url)
    const file = await send(port, 'GET', url, cookie)
    expect(file.status, 200)
    // Modules import others by URLs relative to their own.
    for (const [, path] of file.body.matchAll(/\bfrom '(\.\/[^']+)'/g)) waiting.push(url.replace(/[^/]+$/, path.slice(2)))
  }
  expect(loaded.size, 7)
  console.log(`page 200, ${loaded.size} files`)
}

function send (port, method, path, cookie, body) {
  const isForm = typeof body === 'string'
  const headers = { cookie, 'user-agent': FIREFOX, 'content-type': isForm ? 'application/x-www-form-urlencoded' : 'application/json' }
  if (body === undefined) delete headers['content-type']
  return new Promise((resolve, reject) => {
    const sent = request({ port, host: '127.0.0.1', method, path, headers, agent: false }, response => {
      let text = ''
      response.setEncoding('utf8').on('data', part => { text += part })
      response.on('end', () => resolve({ status: response.statusCode, headers: response.headers, body: text }))
    })
    sent.on('error', reject)
    sent.end(isForm || body === undefined ? body : JSON.stringify(body))
  })
}

function expect (found, wanted) {
  if (found !== wanted) throw new Error(`found ${found} instead of ${wanted}`)
}
