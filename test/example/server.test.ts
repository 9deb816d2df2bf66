/**
 * What `npm start` runs, as a process: from the first line to Ctrl-C.
 */
import { once } from 'node:events'
import { rm } from 'node:fs/promises'
import { createServer } from 'node:net'
import t from 'tap'
import { DEMO_USER } from '../../example/users.js'
import { freePort } from '../support/free-port.js'
import { poll } from '../support/poll.js'
import { run, serveExample } from '../support/served-example.js'

t.test('it prints the URL, the demo credentials and the MongoDB it uses, and stops cleanly', async t => {
  const example = await serveExample(t)

  for (const words of [example.url, DEMO_USER.email, DEMO_USER.password, 'MongoDB: MONGODB_URI']) t.match(example.output(), words)
  t.equal(await example.stop(), 0)
  t.match(example.output(), 'Stopping.')
})

t.test('it prints the mail about a sign-in from a new device, with links to itself', async t => {
  const example = await serveExample(t)
  await fetch(`${example.url}/sign-in`, { method: 'POST', redirect: 'manual', body: new URLSearchParams(DEMO_USER) })
  // Nobody waits for a mail, the answer neither.
  await poll('the mail', () => example.output().includes(`${example.url}/account/sessions`) || undefined)
  t.match(example.output(), /To: ada@example\.com[^]*New sign-in to your account/)
})

t.test('with a MongoDB of its own, people stay signed in over a restart', async t => {
  const port = await freePort()
  t.teardown(() => rm(new URL(`../../example/data/${port}`, import.meta.url), { recursive: true, force: true }))
  const start = async () => {
    const example = run({ MONGODB_URI: '', PORT: String(port) })
    t.teardown(() => example.stop())
    await example.says('Sign in with')
    return example
  }
  const url = `http://localhost:${port}`

  const first = await start()
  const { headers } = await fetch(`${url}/sign-in`, { method: 'POST', redirect: 'manual', body: new URLSearchParams(DEMO_USER) })
  const cookie = headers.getSetCookie().map(line => line.split(';')[0]).join('; ')
  t.equal(await first.stop(), 0)

  const second = await start()
  const account = await fetch(`${url}/account`, { headers: { cookie }, redirect: 'manual' })
  t.equal(account.status, 200)
  t.equal(await second.stop(), 0)
})

t.test('what prevents a start is said in one sentence, and ends with 1', async t => {
  const taken = createServer().listen(0, 'localhost')
  await once(taken, 'listening')
  t.teardown(() => taken.close())
  const { port } = taken.address() as { port: number }
  const free = String(await freePort())

  const cases: Array<[Record<string, string>, RegExp]> = [
    [{ PORT: String(port) }, /This port is taken: .*PORT=3001 npm start/],
    [{ PORT: 'many' }, /PORT must be a number/],
    [{ PORT: free, MONGODB_URI: 'mongodb://127.0.0.1:1/' }, /MongoDB cannot be used .*check MONGODB_URI/],
    [{ PORT: free, SESSION_SECRET: 'short' }, /secret must be a string of at least 32 characters/]
  ]
  for (const [env, sentence] of cases) {
    const example = run(env)
    t.equal(await example.ended, 1)
    t.match(example.output(), sentence)
    t.notMatch(example.output(), /^ {4}at /m)
  }
})
