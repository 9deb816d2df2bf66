import { readFile } from 'node:fs/promises'
import { mock } from 'node:test'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import bcrypt from 'bcrypt'
import t from 'tap'
import { createTurns, LONGEST_WAIT, MOST_CHECKS, MOST_WAITING } from '../../plugin/confirmation/turns.js'
import { bcryptPassword } from '../../plugin/index.js'
import { createShop, PASSWORD } from '../support/app.js'
import { browser } from '../support/browser-jar.js'
import { fakeTimeouts, realTimeouts } from '../support/fake-timers.js'
import { createGate, parallel, turns } from '../support/gate.js'

const BUSY = { code: 'FST_LOGIN_SESSION_BUSY', statusCode: 429, headers: { 'retry-after': '2' } }

/** Turns, and work that notes its name when it starts and goes on until it is let go. */
function setup (most?: number) {
  const { run } = createTurns(most)
  const started: string[] = []
  const gates = new Map<string, ReturnType<typeof createGate>>()
  return {
    started,
    ask (userId: string, name = userId, session = userId): Promise<string> {
      const gate = createGate()
      gates.set(name, gate)
      return run(userId, session, async () => {
        started.push(name)
        await gate.passed
        return name
      })
    },
    async letGo (name: string): Promise<void> {
      gates.get(name)!.open()
      await turns(5)
    }
  }
}

t.test('half of the threads may check passwords, and at least one', async t => {
  t.equal(MOST_CHECKS, 2)
})

t.test('as many checks run at the same time as may, of different users; the others come in their order', async t => {
  const { ask, started, letGo } = setup(2)
  const all = ['ada', 'bob', 'cid', 'dot'].map(user => ask(user))
  await turns(1)
  t.strictSame(started, ['ada', 'bob'])
  await letGo('bob')
  t.strictSame(started, ['ada', 'bob', 'cid'])
  await letGo('ada')
  t.strictSame(started, ['ada', 'bob', 'cid', 'dot'])
  await letGo('cid')
  await letGo('dot')
  t.strictSame(await Promise.all(all), ['ada', 'bob', 'cid', 'dot'])
})

t.test('users take turns: one who asks for much keeps nobody waiting for more than one check', async t => {
  const { ask, started, letGo } = setup(1)
  const all = ['a1', 'a2', 'a3'].map(name => ask('ada', name))
  all.push(ask('bob'), ask('cid'))
  for (const name of ['a1', 'bob', 'cid', 'a2', 'a3']) await letGo(name)
  await Promise.all(all)
  t.strictSame(started, ['a1', 'bob', 'cid', 'a2', 'a3'])
})

t.test('one user has one check at a time, even where others could run', async t => {
  const { ask, started, letGo } = setup(2)
  const all = [ask('ada', 'a1'), ask('ada', 'a2')]
  await turns(1)
  t.strictSame(started, ['a1'])
  await letGo('a1')
  t.strictSame(started, ['a1', 'a2'])
  await letGo('a2')
  await Promise.all(all)
})

t.test('only so many of one user wait; the next is told to come back, and others are not', async t => {
  const { ask, letGo } = setup(2)
  const names = Array.from({ length: 1 + MOST_WAITING }, (_, index) => `a${index}`)
  const all = names.map(name => ask('ada', name))
  await t.rejects(ask('ada', 'one more'), BUSY)
  const bob = ask('bob')
  await letGo('bob')
  t.equal(await bob, 'bob')
  for (const name of names) await letGo(name)
  t.strictSame(await Promise.all(all), names)
})

t.test('who waits too long is told to come back, and leaves nobody stuck', async t => {
  fakeTimeouts()
  t.teardown(() => realTimeouts())
  const { ask, started, letGo } = setup(1)
  const first = ask('ada', 'a1')
  const lost = [t.rejects(ask('bob', 'b1'), BUSY), t.rejects(ask('ada', 'a2'), BUSY), t.rejects(ask('cid', 'c1'), BUSY)]
  mock.timers.tick(LONGEST_WAIT - 1)
  const kept = [ask('bob', 'b2'), ask('ada', 'a3')]
  mock.timers.tick(1)
  await Promise.all(lost)
  await letGo('a1')
  await letGo('b2')
  await letGo('a3')
  t.strictSame(await Promise.all([first, ...kept]), ['a1', 'b2', 'a3'])
  t.strictSame(started, ['a1', 'b2', 'a3'], 'what gave up does not run any more')
})

t.test('the sessions of a user take turns: a stolen cookie that asks for much keeps its owner waiting for no more than one check', async t => {
  const { ask, started, letGo } = setup(1)
  const thiefs = Array.from({ length: 1 + MOST_WAITING }, (_, index) => `thief${index}`)
  const all = thiefs.map(name => ask('ada', name, 'stolen'))
  await t.rejects(ask('ada', 'one more', 'stolen'), BUSY)
  all.push(ask('ada', 'owner', 'own'))
  await letGo('thief0')
  t.strictSame(started, ['thief0', 'thief1'], 'it came before')
  await letGo('thief1')
  t.strictSame(started, ['thief0', 'thief1', 'owner'])
  for (const name of ['owner', ...thiefs]) await letGo(name)
  await Promise.all(all)
})

t.test('work knows whether it has waited, and work that fails gives its turn back', async t => {
  const { run } = createTurns(1)
  await t.rejects(run('ada', 'a', async () => { throw new Error('no hash') }), { message: 'no hash' })
  const gate = createGate()
  const first = run('ada', 'a', async hasWaited => { await gate.passed; return hasWaited })
  const second = run('bob', 'b', async hasWaited => hasWaited)
  gate.open()
  t.strictSame(await Promise.all([first, second]), [false, true])
})

t.test('nothing of a turn stays in memory once it is over', async t => {
  setFlagsFromString('--expose-gc')
  const collectGarbage = runInNewContext('gc') as () => void
  const { run } = createTurns()
  const results = await parallel(3, async () => new WeakRef(await run('ada', 'a', async () => ({}))))
  await turns()
  collectGarbage()
  t.strictSame(results.map(result => result.deref()), [undefined, undefined, undefined])
})

t.test('a hundred wrong passwords of one user, with real hashes: the password of another and a file come before they are over', async t => {
  const hash = await bcrypt.hash(PASSWORD, 10)
  const app = await createShop(t, { verifyPassword: bcryptPassword(() => hash) })
  const adas = Array.from({ length: 20 }, () => browser(app))
  const bobs = browser(app)
  await Promise.all(adas.map(each => each.signIn('ada')))
  await bobs.signIn('bob')

  const order: string[] = []
  const wrong = adas.flatMap(each => Array.from({ length: 5 }, async () => {
    const { statusCode } = await each.post('/confirm', { password: 'wrong' })
    if (statusCode === 422) order.push('checked')
    return statusCode
  }))
  const right = bobs.post('/confirm', { password: PASSWORD }).then(({ statusCode }) => { order.push(`bob: ${statusCode}`) })
  const file = readFile(new URL(import.meta.url)).then(() => { order.push('file') })
  const statuses = await Promise.all([right, file, ...wrong])

  const counted = statuses.filter(status => status === 422).length
  t.ok(counted > MOST_WAITING)
  t.equal(statuses.filter(status => status === 429).length, 100 - counted)
  const last = order.lastIndexOf('checked')
  t.ok(order.includes('file') && order.indexOf('file') < last, 'a thread was free for the file')
  t.ok(order.includes('bob: 200') && order.indexOf('bob: 200') < last, 'and one for the other user')
})
