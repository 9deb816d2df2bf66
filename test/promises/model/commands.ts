/**
 * What may happen, for fast-check to draw from. A command only begins its operation: the next one may come before it is over.
 * @module
 */
import fc, { type Arbitrary, type AsyncCommand } from 'fast-check'
import { MINUTE, SECOND } from '../../support/clock.js'
import { revoke, revokeAll, revokeOthers } from './endings.js'
import { giveCookie } from './jar.js'
import type { Session, Token } from './ledger.js'
import { GRACE, LIFETIME, MOST } from './lifetime.js'
import type { Arrival, Beginning, Fault, Operation } from './operation.js'
import { confirm, signIn, signOut, visit, write } from './requests.js'
import { SERVERS } from './shops.js'
import type { Browser, World } from './world.js'

export type Command = AsyncCommand<World, World>
type Work = (operation: Operation) => Promise<void>

const USERS = ['ada', 'bob']

/** Attempts at one session's password that may be open at the same moment without a lock. */
const ATTEMPTS = 4

/** A command, and how it reads in a counterexample. */
function command (name: string, run: (world: World) => Promise<void>): Command {
  return { check: () => true, run: async world => { await run(world) }, toString: () => name }
}

// --- who sends it ---

/** A browser with the cookie it holds, or a thief with any token that was ever issued. In an honest run a thief is a browser. */
type Sender = { browser: number } | { thief: number }

const browser = fc.nat({ max: 3 })
const server = fc.nat({ max: SERVERS - 1 })
const sender: Arbitrary<Sender> = fc.oneof(
  { weight: 3, arbitrary: fc.record({ browser }) },
  { weight: 1, arbitrary: fc.record({ thief: fc.nat({ max: 19 }) }) })
const fault: Arbitrary<Fault | null> = fc.oneof(
  { weight: 11, arbitrary: fc.constant(null) },
  { weight: 1, arbitrary: fc.record({ call: fc.nat({ max: 3 }), how: fc.constantFrom('before', 'after') }) })

function tokenOf (world: World, sender: Sender): { token: Token | null, browser: Browser | null } {
  if ('browser' in sender || world.isHonest) {
    const browser = world.browsers['browser' in sender ? sender.browser : sender.thief % world.browsers.length]!
    return { token: browser.token, browser }
  }
  const tokens = world.ledger.tokens.filter(({ cookie }) => cookie !== null)
  return { token: tokens[sender.thief % tokens.length] ?? null, browser: null }
}

function request (what: string, sender: Sender, at: Omit<Beginning, 'name'>, work: Work): Command {
  const name = `${what} ${senderOf(sender)}${described(at)}`
  return command(name, async world => {
    await world.begin({ ...at, ...tokenOf(world, sender), name: `${what} ${tokenOf(world, sender).token?.name ?? 'nobody'} (${world.numbers.operations})` }, work)
  })
}

const senderOf = (sender: Sender): string => 'browser' in sender ? `browser ${sender.browser}` : `thief ${sender.thief}`

const described = ({ server, fault, arrival = 'immediately', slow = false }: Omit<Beginning, 'name'>): string =>
  ` at ${server}${slow ? ', its body late' : ''}${arrival === 'immediately' ? '' : `, answered ${arrival}`}${fault ? `, call ${fault.call} fails ${fault.how} it is done` : ''}`

const arrival: Arbitrary<Arrival> = fc.oneof(
  { weight: 4, arbitrary: fc.constant('immediately') },
  { weight: 4, arbitrary: fc.constant('late') },
  { weight: 1, arbitrary: fc.constant('never') })
const slow = fc.oneof({ weight: 5, arbitrary: fc.constant(false) }, { weight: 1, arbitrary: fc.constant(true) })

/** How a verb of the host's is called. */
const call = fc.record({ server, fault })
/** How a request is sent. */
const at = fc.record({ server, fault, arrival, slow })

// --- requests ---

const visits = fc.tuple(sender, at, fc.constantFrom('public' as const, 'guarded' as const))
  .map(([sender, at, page]) => request(page, sender, at, visit(page)))

const writes = fc.tuple(sender, at, fc.nat({ max: 4 }))
  .map(([sender, at, holds]) => request(`write, held ${holds} times,`, sender, at, async operation => {
    await write(`key${operation.world.numbers.operations}`, holds)(operation)
  }))

const signIns = fc.tuple(browser, at, fc.constantFrom(...USERS), fc.boolean())
  .map(([browser, at, user, remember]) => request(`signIn of ${user}${remember ? ', remembered,' : ''}`, { browser }, at, signIn(user, remember)))

const signOuts = fc.tuple(sender, at).map(([sender, at]) => request('signOut', sender, at, signOut))

const confirmations = fc.tuple(sender, at).map(([sender, at]) => {
  const { run, ...command } = request('confirm', sender, at, confirm)
  return { ...command, run: async (world: World) => { if (mayConfirm(world, tokenOf(world, sender).token)) await run(world, world) } }
})

/** More at the same moment would lock the session's confirmation, which is another test. */
function mayConfirm ({ operations, rules }: World, token: Token | null): boolean {
  const session = token?.session
  const underWay = [...operations].filter(({ name, token }) => name.startsWith('confirm') && token?.session === session)
  return underWay.length + (rules.records.get(session?.key ?? '')?.confirmation.failures ?? 0) < ATTEMPTS
}

/** One browser confirms many times within a moment; some of the answers arrive only after later ones. */
const bursts = fc.tuple(browser, fc.array(fc.record({ server, arrival }), { minLength: 2, maxLength: 10 }), fc.constantFrom(1, SECOND, GRACE / 4)).map(([index, all, pause]) =>
  command(`confirm browser ${index} ${all.length} times, ${pause} ms apart,${all.map(described).join(';')}`, async world => {
    const browser = world.browsers[index]!
    for (const at of all) {
      if (browser.token === null || browser.token.session.user === null || !mayConfirm(world, browser.token)) return
      await world.begin({ ...at, name: `confirm ${browser.token.name} (${world.numbers.operations})`, token: browser.token, browser, quick: true }, confirm)
      world.advance(pause)
    }
  }))

/** Something of a browser is under way while the same browser signs in again. */
const crossings = fc.tuple(browser, at, at, fc.boolean()).map(([index, one, other, writes]) =>
  command(`${writes ? 'write' : 'public'} browser ${index}${described(one)} while it signs in again${described(other)}`, async world => {
    const browser = world.browsers[index]!
    const begin = async (what: string, at: Omit<Beginning, 'name'>, work: Work): Promise<void> => {
      await world.begin({ ...at, name: `${what} ${browser.token?.name ?? 'nobody'} (${world.numbers.operations})`, token: browser.token, browser }, work)
    }
    await begin('crossing', one, writes ? write(`key${world.numbers.operations}`, 1) : visit('public'))
    await begin('signIn', other, signIn(USERS[0]!, false))
  }))

// --- the ends ---

const pick = fc.nat({ max: 9 })

function sessionAt ({ ledger }: World, index: number): Session | undefined {
  const sessions = ledger.sessions.filter(({ user }) => user !== null)
  return sessions[index % sessions.length]
}

function ending (what: string, index: number, at: Omit<Beginning, 'name'>, work: (session: Session) => Work): Command {
  return command(`${what} ${index}${described(at)}`, async world => {
    const session = sessionAt(world, index)
    if (session !== undefined) await world.begin({ ...at, name: `${what} ${session.name} (${world.numbers.operations})` }, work(session))
  })
}

const revocations = fc.tuple(pick, call).map(([index, at]) => ending('revoke', index, at, session => revoke(session, session.user!)))
const foreign = fc.tuple(pick, call).map(([index, at]) => ending('revoke as somebody else', index, at, session => revoke(session, 'eve')))
const others = fc.tuple(pick, call).map(([index, at]) => ending('revokeOthers than', index, at, revokeOthers))
const alls = fc.tuple(pick, call).map(([index, at]) => ending('revokeAll of', index, at, session => revokeAll(session.user!)))

/** A touch is due, and its session is ended while the request is under way: the races that matter most, made frequent. */
const meanwhile = fc.tuple(browser, server, server, fc.boolean(), fc.boolean()).map(([index, here, there, writes, all]) =>
  command(`a minute later, ${writes ? 'write' : 'public'} browser ${index} at ${here} while its session is ended at ${there} by ${all ? 'revokeAll' : 'revoke'}`, async world => {
    const browser = world.browsers[index]!
    const session = browser.token?.session
    if (session === undefined || session.user === null) return
    const number = world.numbers.operations
    world.advance(MINUTE)
    await world.begin({ name: `meanwhile ${browser.token!.name} (${number})`, server: here, token: browser.token, browser },
      writes ? write(`key${number}`, 1) : visit('public'))
    await world.begin({ name: `end of ${session.name} (${number + 1})`, server: there },
      all ? revokeAll(session.user) : revoke(session, session.user))
  }))

/** A request whose body is held back until its session has ended, and a second more. */
const banked = fc.tuple(browser, server, server, fc.constantFrom('public', 'guarded', 'write', 'confirm', 'signOut'), fc.boolean(), fc.constantFrom(SECOND, SECOND + 1))
  .map(([index, here, there, what, quick, pause]) =>
    command(`${what} browser ${index} at ${here}, ${quick ? 'looked up immediately, ' : ''}its body after its session is ended at ${there} and ${pause} ms`, async world => {
      const browser = world.browsers[index]!
      const { token } = browser
      if (token === null || token.session.user === null || (what === 'confirm' && !mayConfirm(world, token))) return
      const number = world.numbers.operations
      const works: Record<string, Work> = { public: visit('public'), guarded: visit('guarded'), write: write(`key${number}`, 0), confirm, signOut }
      await world.begin({ name: `${what} ${token.name} (${number})`, server: here, token, browser, quick, slow: true }, works[what]!)
      await world.begin({ name: `end of ${token.session.name} (${number + 1})`, server: there, quick }, revoke(token.session, token.session.user))
      world.advance(pause)
    }))

/** Signs out, or in again. */
const leave = (again: boolean): Work => again ? signIn(USERS[0]!, false) : signOut

const leaving = (again: boolean): string => again ? 'signIn' : 'signOut'

/** A touch is on its way while its session dies, and would bring it back after the browser has left. */
const afterwards = fc.tuple(browser, server, server, fc.boolean()).map(([index, here, there, again]) =>
  command(`public browser ${index} at ${here} just before its session dies, and ${leaving(again)} at ${there} after it`, async world => {
    const browser = world.browsers[index]!
    const { token } = browser
    const record = world.rules.withToken(token?.hash ?? '')
    if (record?.userId === undefined) return
    const number = world.numbers.operations
    world.advance(Math.max(0, record.expiresAt.getTime() - 1 - world.time()))
    await world.begin({ name: `just before ${token!.name} dies (${number})`, server: here, token, browser, quick: true }, visit('public'))
    world.advance(1)
    await world.begin({ name: `${leaving(again)} ${token!.name} (${number + 1})`, server: there, token, browser }, leave(again))
  }))

/** A browser that goes back to how it was before a rotation leaves with the former token, as that runs out or just before. */
const leftover = fc.tuple(browser, server, server, fc.boolean(), fc.constantFrom(1, 0)).map(([index, here, there, again, early]) =>
  command(`confirm browser ${index} at ${here}, and ${leaving(again)} at ${there} with its former token ${early ? 'a millisecond before' : 'when'} that runs out`, async world => {
    const browser = world.browsers[index]!
    const { token } = browser
    const record = world.rules.withToken(token?.hash ?? '')
    if (record?.userId === undefined || !mayConfirm(world, token)) return
    const number = world.numbers.operations
    await world.begin({ name: `confirm ${token!.name} (${number})`, server: here, token, browser, quick: true }, confirm)
    await world.begin({ name: `first use of the token after ${token!.name} (${number + 1})`, server: here, token: browser.token, browser, quick: true }, visit('public'))
    const until = record.tokens.find(({ hash }) => hash === token!.hash)?.until
    if (until === undefined) return
    giveCookie(browser, token)
    world.advance(Math.max(0, until.getTime() - early - world.time()))
    await world.begin({ name: `${leaving(again)} ${token!.name} (${number + 2})`, server: there, token, browser }, leave(again))
  }))

/** One of a user's browsers is used again before one more signs in than there may be. */
const crowd = fc.tuple(fc.constantFrom(...USERS), fc.nat({ max: MOST - 1 }), server, server).map(([user, busy, here, there]) =>
  command(`signIn of ${user} in ${MOST} browsers at ${here}, each a minute later, public browser ${busy}, and signIn in one more at ${there}`, async world => {
    const begin = async (what: string, browser: Browser, at: Omit<Beginning, 'name'>, work: Work): Promise<void> => {
      world.advance(MINUTE)
      await world.begin({ ...at, name: `${what} ${browser.token?.name ?? 'nobody'} (${world.numbers.operations})`, token: browser.token, browser }, work)
    }
    const [more, ...browsers] = world.browsers as [Browser, ...Browser[]]
    for (const browser of browsers) await begin('signIn', browser, { server: here, quick: true }, signIn(user, false))
    await begin('public', browsers[busy]!, { server: here, quick: true }, visit('public'))
    await begin('signIn', more, { server: there }, signIn(user, false))
  }))

// --- time, and theft ---

const waits = fc.constantFrom(1, SECOND, GRACE - 1, GRACE, MINUTE - 1, MINUTE, LIFETIME.idleTimeout, LIFETIME.idleTimeout + MINUTE, LIFETIME.rememberIdleTimeout)
  .map(milliseconds => command(`wait ${milliseconds} ms`, async world => { world.advance(milliseconds) }))

/** To the millisecond at which a session or its former token dies, or the one before. */
const edges = fc.tuple(pick, fc.constantFrom('session', 'former token'), fc.constantFrom(1, 0))
  .map(([index, what, early]) => command(`wait until the ${what} ${index} dies${early ? ', one millisecond before' : ''}`, async world => {
    const record = world.rules.records.get(sessionAt(world, index)?.key ?? '')
    const end = what === 'session' ? record?.expiresAt : record?.tokens.find(({ until }) => until !== undefined)?.until
    if (end !== undefined) world.advance(Math.max(0, end.getTime() - early - world.time()))
  }))

const thefts = fc.tuple(browser, browser)
  .map(([from, to]) => command(`browser ${to} gets the cookie of ${from}`, async ({ browsers, isHonest }) => {
    if (!isHonest) giveCookie(browsers[to]!, browsers[from]!.token)
  }))

const often = <T>(times: number, arbitrary: T): T[] => Array(times).fill(arbitrary) as T[]

/** Commands for one run. */
export const commands: Arbitrary<Iterable<Command>> = fc.commands<World, World, false>([
  ...often(4, visits), ...often(4, writes), ...often(4, signIns), ...often(4, confirmations), signOuts,
  ...often(2, revocations), ...often(3, meanwhile), ...often(2, afterwards), ...often(2, leftover), ...often(2, bursts), ...often(2, banked), crossings, crowd, foreign, others, alls, ...often(2, waits), ...often(2, edges), thefts
], { maxCommands: 24, size: 'max' })
