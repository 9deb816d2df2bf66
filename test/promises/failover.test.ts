/**
 * The promises of revocation on a replica set that loses primaries, connections and answers.
 *
 * By default every failure meets one or two commands, and every command meets two failures or more. More, in any order, for
 * as long as you like: `FAULTS=500 npx tap test/promises/failover.test.ts --disable-coverage --timeout=0`, with `SEED=…` to see an order again.
 */
import { once } from 'node:events'
import t from 'tap'
import type { LoginSessions } from '../../plugin/index.js'
import { PASSWORD } from '../support/app.js'
import { browser, type JarBrowser, setCookies } from '../support/browser-jar.js'
import { BOUND, commandFaults, COMMANDS, cutOff, everyThird, type Fault, killPrimary, replacePrimary, stepDown, stopReplication, suspendPrimary } from './failover/faults.js'
import { settleAccounts, startLoad, worldOf } from './failover/load.js'
import { startProcess } from './failover/processes.js'
import { startServer, startServers } from './failover/shops.js'
import { MINUTE } from '../support/clock.js'
import { API } from '../support/page.js'
import { createGate } from '../support/gate.js'
import { poll } from '../support/poll.js'
import { createRandom, type Random } from '../support/random.js'
import { startReplicaSet } from '../support/replica-set.js'
import { aroundCalls } from '../support/stores.js'
import { collectUnhandled } from '../support/unhandled.js'

const ROUNDS = Number(process.env.FAULTS ?? 0)
const SEED = Number(process.env.SEED ?? 20260615)

/** What the account page answers once the server knows: on a busy machine that may take more than one try. */
const knownStatus = (visitor: JarBrowser): Promise<number> => poll('an answer', async () => {
  const status = await visitor.accountStatus()
  return status === 503 ? undefined : status
})

const failovers = [stepDown, killPrimary, suspendPrimary]

/** The faults of this run, in their order. */
function plan (random: Random): Fault[] {
  if (ROUNDS === 0) return random.shuffled([...everyThird, stepDown, killPrimary])
  return Array.from({ length: ROUNDS }, () => random.pick(random.below(3) === 0 ? failovers : commandFaults))
}

// Three servers and their elections on two cores, and everything waits for them.
t.setTimeout(600_000)

const set = await startReplicaSet(t)

t.test('whatever befalls the database under load, and however wrong the clocks of the servers are: who was signed out stays out, who was signed in stays in, what was saved is there', async t => {
  const unhandled = collectUnhandled(t)
  const random = createRandom(SEED)
  t.comment(`seed ${SEED}`)
  // One announces endings, which it then does one by one; the other ends many with one write.
  const servers = await Promise.all([MINUTE, -MINUTE].map((skew, index) => startProcess(t, skew, { uri: set.uri, announces: index > 0 })))
  const world = worldOf(servers, SEED + 1)
  const { ledger } = world
  const load = await startLoad(world, ROUNDS === 0 ? 3 : 6, true)

  const faults = plan(random)
  for (const [index, fault] of faults.entries()) {
    await fault.happen(set)
    if (ROUNDS > 0) console.log(`${index + 1}/${ROUNDS} ${fault.name} | ${JSON.stringify(ledger.figures)} | broken: ${ledger.broken.length}`)
    if (ledger.broken.length > 0) { t.comment(`after: ${fault.name}`); break }
  }
  await set.whole()
  await load.stop()
  await settleAccounts(world)

  t.strictSame(ledger.broken.slice(0, 20), [], 'every promise was kept')
  t.strictSame(unhandled, [], 'no error went unhandled')
  t.equal(ledger.figures.signOutsWithoutCause, 0)
  t.ok(ledger.figures.bound > 0, 'some of the sessions are bound to their browsers')
  const sent = (await Promise.all(servers.map(({ commands }) => commands()))).flat()
  const shop = new Set(sent.filter(name => !['hello', 'endSessions', 'createIndexes', 'killCursors', 'listCollections'].includes(name)))
  t.strictSame([...shop].sort(), [...COMMANDS].sort(), 'every command that the plugin sends has failed')
  t.strictSame(await Promise.all(servers.map(({ stop }) => stop())), [0, 0], 'the servers end in order')
  for (const [name, count] of Object.entries(ledger.figures)) t.comment(`${name}: ${count}`)
})

t.test('what only the primary knows is not acknowledged: the others may never hear of it', async t => {
  // The driver would repeat what was under way when the primary died: refused, and carried out late by the next one.
  const [{ app }, announcing] = await startServers(t, set.uri, { storeTimeout: BOUND, mongo: { retryWrites: false } })
  const signedIn = async (user: string) => {
    const visitor = browser(app)
    return { visitor, session: await visitor.signIn(user, { remember: true }) }
  }
  const [leaving, one, two, all, saving, confirming] = await Promise.all(['leaving', 'one', 'two', 'all', 'saving', 'confirming'].map(signedIn))
  const others = await signedIn('two')
  const kept = [leaving, one, two, all, saving, confirming, others].map(each => each!.visitor.twin())

  const goOn = await stopReplication(set)
  const { revoke, revokeOthers, revokeAll } = app.loginSessions
  const refused = { code: 'FST_LOGIN_SESSION_STORE_UNAVAILABLE' }
  await Promise.all([
    t.rejects(revoke('one', one!.session.id), refused, 'revoke'),
    t.rejects(revokeOthers(two!.session), refused, 'revokeOthers'),
    t.rejects(revokeAll('all'), refused, 'revokeAll'),
    leaving!.visitor.signOut().then(({ statusCode }) => t.equal(statusCode, 503, 'signing out')),
    browser(app).post('/login', { user: 'new' }).then(reply => t.strictSame([reply.statusCode, setCookies(reply)], [503, []], 'signing in')),
    saving!.visitor.post('/data', { saved: true }).then(({ statusCode }) => t.equal(statusCode, 503, 'saving')),
    confirming!.visitor.post('/confirm', { password: PASSWORD }).then(({ statusCode }) => t.equal(statusCode, 503, 'confirming'))
  ])
  await t.rejects(revoke('one', one!.session.id), refused, 'that it is gone already is not acknowledged either')
  for (const { loginSessions } of [app, announcing.app]) await t.rejects(loginSessions.revokeAll('all'), refused, 'nor that all are')
  t.equal(await one!.visitor.accountStatus(), 401, 'it signs nobody in already')
  await t.rejects(app.loginSessions.find('one', one!.session.id), refused, 'but that there is none is not acknowledged')
  const { statusCode } = await saving!.visitor.post(`${API}/${all!.session.id}/revoke`, { password: PASSWORD })
  t.equal(statusCode, 503, 'nor is it by the API, which would answer 404')
  await replacePrimary(set, goOn)

  for (const visitor of kept) t.equal(await knownStatus(visitor), 200, 'nothing of it came to pass')
})

t.test('what only a lost primary had shown is not taken for certain', async t => {
  type Who = { id: string, userId: string }
  const verbs: Array<[verb: string, ask: (sessions: LoginSessions, gone: Who, kept: Who) => Promise<unknown>]> = [
    ['revokeAll', (sessions, { userId }) => sessions.revokeAll(userId)],
    ['revokeOthers', (sessions, _gone, kept) => sessions.revokeOthers(kept)],
    ['find', (sessions, { userId, id }) => sessions.find(userId, id)]
  ]
  const refusing = await startServer(t, set.uri, { storeTimeout: BOUND, mongo: { retryWrites: false } })
  // The primary is replaced before the first write that waits: what was looked up until then was the old one's word.
  const replaced = createGate()
  let lookedUp = 0
  const servers = await startServers(t, set.uri, {
    storeTimeout: 30_000,
    mongo: { serverSelectionTimeoutMS: 30_000 },
    around: store => aroundCalls(store, async (method, call) => {
      if (['barrier', 'remove', 'removeMany'].includes(method)) await replaced.passed
      const answer = await call()
      if (['findWithoutData', 'keysOfUser'].includes(method)) lookedUp++
      return answer
    })
  })
  const cases = await Promise.all(servers.flatMap(({ app }, index) => verbs.map(async ([verb, ask]) => {
    const userId = `${verb} ${index}`
    const [laptop, phone] = [browser(app), browser(app)]
    const [gone, kept] = [await laptop.signIn(userId, { remember: true }), await phone.signIn(userId, { remember: true })]
    return { verb, laptop, gone, ask: () => ask(app.loginSessions, gone, kept) }
  })))
  const goOn = await stopReplication(set)
  await Promise.all(cases.map(({ gone }) => t.rejects(refusing.app.loginSessions.revoke(gone.userId, gone.id), { code: 'FST_LOGIN_SESSION_STORE_UNAVAILABLE' })))
  // Each server has looked once when it started.
  lookedUp = 0
  const answers = cases.map(({ ask }) => ask())
  await poll('all to be looked up', () => lookedUp === cases.length || undefined)
  await replacePrimary(set, goOn)
  replaced.open()
  for (const [index, { verb, laptop, gone }] of cases.entries()) {
    const answer = await answers[index]
    if (verb === 'find') t.match(answer, { id: gone.id }, 'it is found again')
    else t.equal(await knownStatus(laptop.twin()), 401, `${verb} was answered with ${String(answer)}`)
  }
})

t.test('a sign-out that finds the session gone, while that may be rolled back, is not acknowledged', async t => {
  const { app } = await startServer(t, set.uri, { storeTimeout: BOUND })
  const laptop = browser(app)
  const { id } = await laptop.signIn('ada')
  const thief = laptop.twin()
  const goOn = await stopReplication(set)
  await t.rejects(app.loginSessions.revoke('ada', id), { code: 'FST_LOGIN_SESSION_STORE_UNAVAILABLE' })
  const { statusCode } = await laptop.signOut()
  await replacePrimary(set, goOn)

  t.comment(`signing out answered ${statusCode}; afterwards the account answers ${await knownStatus(thief)}`)
  if (statusCode === 200) t.equal(await knownStatus(thief), 401, 'who was told so is signed out')
  else t.equal(statusCode, 503)
})

t.test('a deposed primary that does not know it yet: only who reaches no other member is told what was true before', async t => {
  const [here, there] = await startServers(t, set.uri)
  const rounds = Math.max(1, Math.round(ROUNDS / 20))
  const seen = { rounds, lonely: { alive: 0, dead: 0, unknown: 0 }, others: { alive: 0, dead: 0, unknown: 0 }, afterwards: 0 }
  const word = (status: number) => status === 200 ? 'alive' : status === 401 ? 'dead' : 'unknown'
  for (let round = 0; round < rounds; round++) {
    const heal = await cutOff(set, 'cut-off')
    const lonely = await startServer(t, set.uri, { mongo: { appName: 'cut-off' } })
    const laptop = browser(here.app)
    const { id } = await laptop.signIn('ada')
    const at = ({ app }: typeof here) => { const twin = browser(app); twin.forge(laptop.cookieValue()!); return twin.accountStatus() }
    t.equal(await at(lonely), 200)

    const deposed = await set.primary()
    deposed.suspend()
    await set.primary()
    await poll('the revocation', async () => await here.app.loginSessions.revoke('ada', id).then(() => true))
    const sent = once(lonely.client, 'commandStarted')
    const early = at(lonely)
    await sent
    deposed.resume()
    seen.lonely[word(await early)]++
    for (let knows = false; !knows;) {
      knows = !(await deposed.command({ hello: 1 })).isWritablePrimary
      // Asked after that: an answer that comes now is one of before only while it does not know.
      const [one, ...others] = await Promise.all([lonely, here, there].map(at))
      if (knows && one === 200) seen.afterwards++
      else if (!knows) seen.lonely[word(one!)]++
      for (const other of others) seen.others[word(other)]++
    }
    await heal()
    await set.whole()
    await poll('the lonely server to find its way back', async () => await at(lonely) === 401 || undefined)
  }
  t.comment(JSON.stringify(seen))
  t.equal(seen.others.alive, 0, 'who reaches the others knows')
  t.equal(seen.afterwards, 0, 'once it knows, it tells nobody')
})
