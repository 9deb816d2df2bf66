/**
 * What may happen, for fast-check to draw from. A command only begins its operation: the next one may come before it is over.
 * @module
 */
import fc, { type Arbitrary, type AsyncCommand } from 'fast-check'
import { MINUTE, SECOND } from '../../support/clock.js'
import { revoke, revokeAll, revokeOthers } from './endings.js'
import type { Session, Token } from './ledger.js'
import { GRACE, LIFETIME, MOST } from './lifetime.js'
import type { Beginning, Fault, Operation } from './operation.js'
import { confirm, signIn, signOut, visit, write } from './requests.js'
import { SERVERS } from './shops.js'
import type { Browser, World } from './world.js'

export type Command = AsyncCommand<World, World>
type Work = (operation: Operation) => Promise<void>

const USERS = ['ada', 'bob']

/** Attempts at one session's password that may be open at once without a lock. */
const ATTEMPTS = 4

/** A command, and how it reads in a counterexample. */
function command (name: string, run: (world: World) => Promise<void>): Command {
  return { check: () => true, run: async world => { await run(world) }, toString: () => name }
}

// --- who sends it ---

/** A browser with the cookie it holds, or a thief with any token that was ever issued. */
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
  if ('browser' in sender) {
    const browser = world.browsers[sender.browser]!
    return { token: browser.token, browser }
  }
  const tokens = world.ledger.tokens.filter(({ cookie }) => cookie !== null)
  return { token: tokens[sender.thief % tokens.length] ?? null, browser: null }
}

function request (what: string, sender: Sender, at: Omit<Beginning, 'name'>, work: (browser: Browser | null) => Work): Command {
  const name = `${what} ${told(sender)}${toldOf(at)}`
  return command(name, async world => {
    const { token, browser } = tokenOf(world, sender)
    await world.begin({ ...at, name: `${what} ${token?.name ?? 'nobody'} (${world.numbers.operations})`, token }, work(browser))
  })
}

const told = (sender: Sender): string => 'browser' in sender ? `browser ${sender.browser}` : `thief ${sender.thief}`

const toldOf = ({ server, fault }: Omit<Beginning, 'name'>): string =>
  ` at ${server}${fault ? `, call ${fault.call} fails ${fault.how} it is done` : ''}`

const at = fc.record({ server, fault })

// --- requests ---

const visits = fc.tuple(sender, at, fc.constantFrom('public' as const, 'guarded' as const))
  .map(([sender, at, page]) => request(page, sender, at, browser => visit(browser, page)))

const writes = fc.tuple(sender, at, fc.nat({ max: 4 }))
  .map(([sender, at, holds]) => request(`write, held ${holds} times,`, sender, at, browser => async operation => {
    await write(browser, `key${operation.world.numbers.operations}`, holds)(operation)
  }))

const signIns = fc.tuple(browser, at, fc.constantFrom(...USERS), fc.boolean())
  .map(([index, at, user, remember]) => request(`signIn of ${user}${remember ? ', remembered,' : ''}`, { browser: index }, at,
    browser => signIn(browser!, user, remember)))

const signOuts = fc.tuple(sender, at).map(([sender, at]) => request('signOut', sender, at, signOut))

const confirmations = fc.tuple(sender, at, fc.boolean()).map(([sender, at, lost]) => {
  const what = lost ? 'confirm, answer lost,' : 'confirm'
  const { run, ...command } = request(what, sender, at, browser => confirm(browser, lost))
  return { ...command, run: async (world: World) => { if (mayConfirm(world, tokenOf(world, sender).token, at.server)) await run(world, world) } }
})

/**
 * So many at once that the session's confirmation is locked would be another test. One at a time on each server: an attempt
 * that is refused, be it because the session is gone, waits there for those before it, which the schedule may hold.
 */
function mayConfirm ({ operations, rules }: World, token: Token | null, at: number): boolean {
  const session = token?.session
  const underWay = [...operations].filter(({ name, token }) => name.startsWith('confirm') && token?.session === session)
  if (underWay.some(({ server }) => server === at)) return false
  return underWay.length + (rules.records.get(session?.id ?? '')?.confirmation.failures ?? 0) < ATTEMPTS
}

// --- the ends ---

const pick = fc.nat({ max: 9 })

function sessionAt ({ ledger }: World, index: number): Session | undefined {
  const sessions = ledger.sessions.filter(({ user }) => user !== null)
  return sessions[index % sessions.length]
}

function ending (what: string, index: number, at: Omit<Beginning, 'name'>, work: (session: Session) => Work): Command {
  return command(`${what} ${index}${toldOf(at)}`, async world => {
    const session = sessionAt(world, index)
    if (session !== undefined) await world.begin({ ...at, name: `${what} ${session.name} (${world.numbers.operations})` }, work(session))
  })
}

const revocations = fc.tuple(pick, at).map(([index, at]) => ending('revoke', index, at, session => revoke(session, session.user!)))
const foreign = fc.tuple(pick, at).map(([index, at]) => ending('revoke as somebody else', index, at, session => revoke(session, 'eve')))
const others = fc.tuple(pick, at).map(([index, at]) => ending('revokeOthers than', index, at, revokeOthers))
const alls = fc.tuple(pick, at).map(([index, at]) => ending('revokeAll of', index, at, session => revokeAll(session.user!)))

/** A touch is due, and its session is ended while the request is under way: the races that matter most, made frequent. */
const meanwhile = fc.tuple(browser, server, server, fc.boolean(), fc.boolean()).map(([index, here, there, writes, all]) =>
  command(`a minute later, ${writes ? 'write' : 'public'} browser ${index} at ${here} while its session is ended at ${there} by ${all ? 'revokeAll' : 'revoke'}`, async world => {
    const browser = world.browsers[index]!
    const session = browser.token?.session
    if (session === undefined || session.user === null) return
    const number = world.numbers.operations
    world.advance(MINUTE)
    await world.begin({ name: `meanwhile ${browser.token!.name} (${number})`, server: here, token: browser.token },
      writes ? write(browser, `key${number}`, 1) : visit(browser, 'public'))
    await world.begin({ name: `end of ${session.name} (${number + 1})`, server: there },
      all ? revokeAll(session.user) : revoke(session, session.user))
  }))

/** Signs out, or in again. */
const leave = (browser: Browser, again: boolean): Work => again ? signIn(browser, USERS[0]!, false) : signOut(browser)

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
    await world.begin({ name: `just before ${token!.name} dies (${number})`, server: here, token, quick: true }, visit(browser, 'public'))
    world.advance(1)
    await world.begin({ name: `${leaving(again)} ${token!.name} (${number + 1})`, server: there, token }, leave(browser, again))
  }))

/** A browser that goes back to how it was before a rotation leaves with the former token, as that runs out or just before. */
const leftover = fc.tuple(browser, server, server, fc.boolean(), fc.constantFrom(1, 0)).map(([index, here, there, again, early]) =>
  command(`confirm browser ${index} at ${here}, and ${leaving(again)} at ${there} with its former token ${early ? 'a millisecond before' : 'when'} that runs out`, async world => {
    const browser = world.browsers[index]!
    const { token } = browser
    const record = world.rules.withToken(token?.hash ?? '')
    if (record?.userId === undefined || !mayConfirm(world, token, here)) return
    const number = world.numbers.operations
    await world.begin({ name: `confirm ${token!.name} (${number})`, server: here, token, quick: true }, confirm(browser, false))
    await world.begin({ name: `first use of the token after ${token!.name} (${number + 1})`, server: here, token: browser.token, quick: true }, visit(browser, 'public'))
    const until = record.tokens.find(({ hash }) => hash === token!.hash)?.until
    if (until === undefined) return
    browser.token = token
    world.advance(Math.max(0, until.getTime() - early - world.time()))
    await world.begin({ name: `${leaving(again)} ${token!.name} (${number + 2})`, server: there, token }, leave(browser, again))
  }))

/** One of a user's browsers is used again before one more signs in than there may be. */
const crowd = fc.tuple(fc.constantFrom(...USERS), fc.nat({ max: MOST - 1 }), server, server).map(([user, busy, here, there]) =>
  command(`signIn of ${user} in ${MOST} browsers at ${here}, each a minute later, public browser ${busy}, and signIn in one more at ${there}`, async world => {
    const begin = async (what: string, browser: Browser, at: Omit<Beginning, 'name'>, work: Work): Promise<void> => {
      world.advance(MINUTE)
      await world.begin({ ...at, name: `${what} ${browser.token?.name ?? 'nobody'} (${world.numbers.operations})`, token: browser.token }, work)
    }
    const [more, ...browsers] = world.browsers as [Browser, ...Browser[]]
    for (const browser of browsers) await begin('signIn', browser, { server: here, quick: true }, signIn(browser, user, false))
    await begin('public', browsers[busy]!, { server: here, quick: true }, visit(browsers[busy]!, 'public'))
    await begin('signIn', more, { server: there }, signIn(more, user, false))
  }))

// --- time, and theft ---

const waits = fc.constantFrom(1, SECOND, GRACE - 1, GRACE, MINUTE - 1, MINUTE, LIFETIME.idleTimeout, LIFETIME.idleTimeout + MINUTE, LIFETIME.rememberIdleTimeout)
  .map(milliseconds => command(`wait ${milliseconds} ms`, async world => { world.advance(milliseconds) }))

/** To the millisecond at which a session or its former token dies, or the one before. */
const edges = fc.tuple(pick, fc.constantFrom('session', 'former token'), fc.constantFrom(1, 0))
  .map(([index, what, early]) => command(`wait until the ${what} ${index} dies${early ? ', but for a millisecond' : ''}`, async world => {
    const record = world.rules.records.get(sessionAt(world, index)?.id ?? '')
    const end = what === 'session' ? record?.expiresAt : record?.tokens[1]?.until
    if (end !== undefined) world.advance(Math.max(0, end.getTime() - early - world.time()))
  }))

const thefts = fc.tuple(browser, browser)
  .map(([from, to]) => command(`browser ${to} gets the cookie of ${from}`, async ({ browsers }) => { browsers[to]!.token = browsers[from]!.token }))

const often = <T>(times: number, arbitrary: T): T[] => Array(times).fill(arbitrary) as T[]

/** Commands for one run. */
export const commands: Arbitrary<Iterable<Command>> = fc.commands<World, World, false>([
  ...often(4, visits), ...often(4, writes), ...often(4, signIns), ...often(4, confirmations), signOuts,
  ...often(2, revocations), ...often(3, meanwhile), ...often(2, afterwards), ...often(2, leftover), crowd, foreign, others, alls, ...often(2, waits), ...often(2, edges), thefts
], { maxCommands: 24, size: 'max' })
