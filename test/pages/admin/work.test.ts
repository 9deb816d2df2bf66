/**
 * Endings that take longer than a request.
 */
import Fastify from 'fastify'
import t, { type Test } from 'tap'
import type { OperatorAction } from '../../../plugin/index.js'
import { createWorks, type WorkState } from '../../../plugin/pages/admin/work.js'
import { keyOf } from '../../../plugin/sessions/key.js'
import { toLoginSession } from '../../../plugin/sessions/login-session.js'
import { createOverview, overviewStoreOf } from '../../../plugin/sessions/overview.js'
import { createSessionData } from '../../../plugin/sessions/session-data.js'
import { timers } from '../../../plugin/timers.js'
import type { LoginSessionStore } from '../../../plugin/sessions/store.js'
import { memoryStore } from '../../../plugin/stores/memory.js'
import { PASSWORD } from '../../support/app.js'
import type { JarBrowser, Reply } from '../../support/browser-jar.js'
import { createClock, SECOND } from '../../support/clock.js'
import { createGate, turns } from '../../support/gate.js'
import { createOperatorShop, OPERATORS, type OperatorShop, type OperatorShopOptions } from '../../support/operators.js'
import { answer, formOf, HTMX, submit, textOf } from '../../support/page.js'
import { poll } from '../../support/poll.js'
import { aRecord } from '../../support/records.js'

/** A second of the package takes so many ms here. Its own timers are these, so those of the tests keep their speed. */
const SECOND_HERE = 60
const { setTimeout: real } = timers
timers.setTimeout = (callback, milliseconds) => real(callback, milliseconds * SECOND_HERE / SECOND)

const EVERYONE = `${OPERATORS}/everyone/revoke`

interface World extends OperatorShop {
  actions: OperatorAction[]
  logs: string[]
  /** Lets the removals go on. */
  letGo(): void
  /** From now on the store's removals fail. */
  breakRemovals(): void
  /** Resolves when the work has looked at the operator's session, as it is now. */
  looked(): Promise<void>
}

/**
 * Three users, and a store whose removals wait until they are let go: all but the first one.
 *
 * @param more so many more users, and removals that do not wait
 */
async function createWorld (t: Test, admin: OperatorShopOptions['admin'] = {}, more = 0): Promise<World> {
  const held = createGate()
  const actions: OperatorAction[] = []
  const logs: string[] = []
  const memory = memoryStore()
  let [removals, writes, broken] = [0, 0, false]
  const store: LoginSessionStore = {
    ...memory,
    async remove (...args) {
      if (args[1] !== 'root' && ++removals > 1 + more) await held.passed
      if (broken) throw new Error('connection refused')
      return await memory.remove(...args)
    },
    async updateData (key, changes) {
      if ('loginSessionWork' in changes.set) writes++
      return await memory.updateData(key, changes)
    }
  }

  /** Each look follows a write, and the next write follows the look. */
  async function looked (): Promise<void> {
    const before = writes
    await poll('the work to look', () => writes >= before + 2 || undefined)
  }
  const shop = await createOperatorShop(t, { store, storeTimeout: 600 * SECOND, logs, onSessionEnd () {}, admin: { ...admin, onAction: action => { actions.push(action) } } })
  t.teardown(held.open)
  for (const user of ['ada', 'bob', 'eve']) await shop.signIn(user)
  for (let user = 0; user < more; user++) await memory.insert(aRecord({ userId: `user-${user}` }))
  return { ...shop, actions, logs, letGo: held.open, breakRemovals () { broken = true }, looked }
}

const panel = async (jar: JarBrowser): Promise<Reply> => await jar.get(`${OPERATORS}/work`, HTMX)

/** The work as the operator's session keeps it. */
async function kept ({ store, operator }: OperatorShop): Promise<WorkState> {
  const [record] = await store.find([keyOf('root', operator.id)])
  return record!.data.loginSessionWork as WorkState
}

/** The button of the panel, as a browser would press it. */
const press = async (jar: JarBrowser, reply: Reply): Promise<Reply> => await submit(jar, formOf(reply))

t.test('it goes on after the response; a reload shows how far it is; its end is shown until it is closed', async t => {
  // Progress is reported after each hundred.
  const world = await createWorld(t, {}, 99)
  const { root, actions, letGo } = world
  const started = await answer(root, EVERYONE, PASSWORD)
  t.equal(started.statusCode, 303)
  const reloaded = await root.get(OPERATORS)
  t.match(reloaded.body, '<progress aria-label="Signing out" max="103"')
  t.match(textOf(reloaded), 'signed out so far, of about 103. Stop')
  await poll('the progress', async () => (await kept(world)).ended === 100 || undefined)
  t.match(textOf(await panel(root)), '100 sessions have been signed out so far, of about 103. Stop')
  t.match((await panel(root)).body, 'data-ls-every="1"')

  const second = await root.get(EVERYONE)
  t.match(textOf(second), 'Other sessions are being signed out. Wait until that is done, or stop it.')
  t.strictSame([(await submit(root, formOf(second), PASSWORD)).statusCode, actions], [409, []])

  letGo()
  await poll('the end', async () => (await kept(world)).outcome === 'done' || undefined)
  const over = await panel(root)
  t.match(over.body, '<hx-partial ls-hx-target="[data-ls-part=status]" ls-hx-swap="innerHTML">Signed out 102 sessions.</hx-partial>')
  t.match(over.body, '<hx-partial ls-hx-target="[data-ls-part=work]" ls-hx-swap="innerHTML"></hx-partial>', 'nothing asks again')
  t.match(over.body, '<hx-partial ls-hx-target="[data-ls-part=list]"', 'the list comes along')
  t.match(actions, [{ kind: 'everyone', ended: 102, complete: true }])
  const later = await root.get(OPERATORS)
  t.match(textOf(later), 'Signed out 102 sessions. Close')
  t.equal((await press(root, later)).headers.location, OPERATORS)
  t.notMatch((await root.get(OPERATORS)).body, 'ls-work')
})

t.test('the operator can stop it', async t => {
  const world = await createWorld(t)
  const { root, actions, letGo, looked } = world
  await answer(root, EVERYONE, PASSWORD, HTMX)
  t.equal((await press(root, await panel(root))).statusCode, 303)
  t.match(textOf(await root.get(OPERATORS)), 'signed out so far, of about 4. Stopping…')
  await looked()
  letGo()
  await poll('the end', async () => (await kept(world)).outcome !== 'running' || undefined)
  t.match(textOf(await root.get(OPERATORS)), 'Stopped. 3 sessions have been signed out. Close')
  t.match(actions, [{ kind: 'everyone', complete: false }])
})

t.test('of two answers at the same moment one starts it, and Stop stops all', async t => {
  const world = await createWorld(t)
  const { root, actions, letGo, looked } = world
  const form = formOf(await root.get(EVERYONE))
  const replies = await Promise.all([submit(root, form, PASSWORD), submit(root, form, PASSWORD, HTMX)])
  t.strictSame(replies.map(({ statusCode }) => statusCode).sort(), [303, 409].sort())
  t.match(replies.map(textOf).join(' '), 'Other sessions are being signed out.')
  await press(root, await panel(root))
  await looked()
  letGo()
  await poll('the end', () => actions.length > 0 || undefined)
  t.match(actions, [{ complete: false }])
})

t.test('an operator who loses the right loses the work, and its buttons; not if that cannot be asked', async t => {
  let right: () => 'end' | 'view' = () => 'end'
  const world = await createWorld(t, { authorize: () => right() })
  const { root, actions, letGo, looked, logs } = world
  await answer(root, EVERYONE, PASSWORD)
  right = () => { throw new Error('directory away') }
  await looked()
  await looked()
  t.strictSame(actions, [])
  t.equal(logs.filter(line => line.includes('authorize failed during a long ending')).length, 1, 'said once')
  right = () => 'view'
  const seen = await root.get(OPERATORS)
  t.match(seen.body, '<progress')
  t.notMatch(textOf(seen), 'Stop')
  await looked()
  letGo()
  await poll('the end', () => actions.length > 0 || undefined)
  t.match(actions, [{ kind: 'everyone', complete: false }])
})

t.test('nothing starts if the session of the operator has ended meanwhile', async t => {
  const { app, root, operator, signIn } = await createOperatorShop(t, {
    admin: {
      async authorize ({ method }) {
        // Asked the second time, when the operator has confirmed.
        if (method === 'POST' && ++asked === 2) await app.loginSessions.revoke('root', operator.id)
        return 'end' as const
      }
    }
  })
  let asked = 0
  const { jar } = await signIn('ada')
  const reply = await answer(root, EVERYONE, PASSWORD)
  t.strictSame([reply.statusCode, reply.headers.location, await jar.user()], [303, '/login', 'ada'])
})

t.test('a failing store interrupts it, and says how far it came', async t => {
  const world = await createWorld(t)
  const { root, actions, letGo, breakRemovals } = world
  await answer(root, EVERYONE, PASSWORD)
  breakRemovals()
  letGo()
  await poll('the end', async () => (await kept(world)).outcome === 'interrupted' || undefined)
  t.match(textOf(await root.get(OPERATORS)), 'Interrupted. 1 session has been signed out. Start again to sign out the others.')
  t.match(actions, [{ kind: 'everyone', ended: 1, complete: false }])
})

t.test('a server that closes interrupts it', async t => {
  const world = await createWorld(t)
  const { root, app, letGo } = world
  await answer(root, EVERYONE, PASSWORD)
  const closing = app.close()
  await turns(50)
  letGo()
  await closing
  t.equal((await kept(world)).outcome, 'interrupted')
})

t.test('the sign-out of the operator interrupts it', async t => {
  const { root, actions, letGo, looked } = await createWorld(t)
  await answer(root, EVERYONE, PASSWORD)
  await root.signOut()
  await looked()
  letGo()
  await poll('the end', () => actions.length > 0 || undefined)
  t.match(actions, [{ kind: 'everyone', complete: false }])
})

t.test('work of a server that was killed counts as interrupted after a while, and another can begin', async t => {
  const { root, store, operator, clock } = await createOperatorShop(t)
  const left: WorkState = { since: clock.now().getTime(), total: null, ended: 7, at: clock.now().getTime(), outcome: 'running' }
  await store.updateData(keyOf('root', operator.id), { set: { loginSessionWork: left }, unset: [] })
  t.match(textOf(await root.get(OPERATORS)), '7 sessions have been signed out so far. Stop')
  t.match((await root.get(OPERATORS)).body, '<progress aria-label="Signing out"></progress>')
  t.equal((await answer(root, EVERYONE, 'wrong')).statusCode, 409, 'another server may be at it, so nobody is asked for a password')
  clock.advance(21 * SECOND)
  t.match(textOf(await root.get(OPERATORS)), 'Interrupted. 7 sessions have been signed out.')
  t.notMatch(textOf(await root.get(EVERYONE)), 'Other sessions are being signed out.')
})

t.test('a closing server does not wait for an authorize that hangs', async t => {
  let right: () => 'end' | Promise<never> = () => 'end'
  const world = await createWorld(t, { authorize: () => right() })
  await answer(world.root, EVERYONE, PASSWORD)
  right = () => new Promise(() => {})
  await world.looked()
  const closing = world.app.close()
  await turns(50)
  world.letGo()
  await closing
  t.equal((await kept(world)).outcome, 'interrupted')
})

t.test('work that cannot begin is reported, too', async t => {
  const actions: OperatorAction[] = []
  const memory = memoryStore()
  const { root } = await createOperatorShop(t, {
    store: { ...memory, async updateData () { throw new Error('connection refused') } },
    admin: { onAction: action => { actions.push(action) } }
  })
  t.equal((await answer(root, EVERYONE, PASSWORD)).statusCode, 503)
  t.match(actions, [{ kind: 'everyone', ended: 0, complete: false }])
})

t.test('an end that cannot be written is logged', async t => {
  const logs: string[] = []
  const memory = memoryStore()
  let writes = 0
  const { root, signIn } = await createOperatorShop(t, {
    logs,
    store: {
      ...memory,
      async updateData (...args) {
        if ('loginSessionWork' in args[1].set && ++writes > 1) throw new Error('connection refused')
        return await memory.updateData(...args)
      }
    }
  })
  await signIn('ada')
  t.equal((await answer(root, EVERYONE, PASSWORD)).statusCode, 303)
  t.ok(logs.some(line => line.includes('the end of a long ending was not written')))
})

t.test('one session has one work, in this process and on other servers', async t => {
  const [store, { now }] = [memoryStore(), createClock()]
  const sessionData = createSessionData(store, now)
  const parts = { overview: createOverview({ store: overviewStoreOf(store)!, now }), sessionData, now, log: Fastify().log }
  const record = aRecord()
  await store.insert(record)
  const operator = toLoginSession(record)
  const work = { search: {}, total: null, mayGoOn: async () => true, onEnd () {} }

  const here = createWorks(parts)
  await t.rejects(here.start({ ...operator, id: 'gone' }, work), { code: 'FST_LOGIN_SESSION_REQUIRED' })
  const both = await Promise.all([here.start(operator, work), here.start(operator, work)])
  t.match(both, [{ outcome: 'done' }, null])

  const running: WorkState = { since: 0, total: null, ended: 0, at: now().getTime(), outcome: 'running' }
  await sessionData.write(operator, { loginSessionWork: running })
  t.equal(await createWorks(parts).start(operator, work), null, 'another server is at it')
  await sessionData.write(operator, { loginSessionWork: { ...running, outcome: 'done' } })
  t.match(await here.start(operator, work), { outcome: 'done' })
})
