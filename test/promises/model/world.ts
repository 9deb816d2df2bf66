/**
 * One run: the database's clock and each server's own, browsers, operations under way, and the rules that say what the store should hold. All calls of the
 * store are held back and let go one by one, in the order that fast-check's scheduler draws.
 * @module
 */
import { isDeepStrictEqual } from 'node:util'
import type { Scheduler } from 'fast-check'
import type { FastifyInstance } from 'fastify'
import { createSharedClock } from '../../../plugin/sessions/clock.js'
import { createClock } from '../../support/clock.js'
import { createGate } from '../../support/gate.js'
import type { TokenHash } from '../../../plugin/sessions/tokens.js'
import type { Backing } from './backing.js'
import { createLedger, type Ledger, type Session, type Token } from './ledger.js'
import { isRetirement, look, underWay, type Beginning, type Operation } from './operation.js'
import type { Numbers } from './report.js'
import { answerOf, createRules, type Method, type Rules } from './rules.js'

export interface Browser {
  name: string
  /** Whose cookie it holds. */
  token: Token | null
  /** An answer of ours has brought that cookie. */
  isGiven: boolean
  /** And that answer was overtaken by one with a later token of the session. */
  isOvertaken: boolean
}

/** What differs from run to run, besides commands and schedule. */
export interface Settings {
  /** How far each server's own clock is ahead of the database's, in ms. */
  skews: number[]
  /** No cookie is ever stolen: each is used by its own browser only. */
  isHonest: boolean
  /** Browsers bind their sessions. A thief has the bound cookie as well, so all rules are the same. */
  isBound: boolean
}

export interface World {
  rules: Rules
  ledger: Ledger
  browsers: Browser[]
  servers: FastifyInstance[]
  backing: Backing
  numbers: Numbers
  operations: Set<Operation>
  /** The ids of the sessions whose end was announced to a hook. */
  announced: Set<string>
  /** Users whose sign-in could not end all that was beyond the limit: a call of the store failed in it. */
  crowded: Set<string>
  /** Something was written since this was last set to false. */
  changed: boolean
  isHonest: boolean
  isBound: boolean
  /** The database's clock, in ms. */
  time(): number
  /** What this server takes for it. */
  timeAt(server: number): Date
  /** The servers' clocks are adjusted, as at boot. */
  start(): Promise<void>
  /** Time passes. */
  advance(milliseconds: number): void
  /** Begins an operation that others may overtake; it is judged by `work` itself. Resolves when all that is under way waits. */
  begin(beginning: Beginning, work: (operation: Operation) => Promise<void>): Promise<void>
  /** Does something that nothing overtakes. */
  probe<T>(beginning: Beginning, work: (operation: Operation) => Promise<T>): Promise<T>
  /** Waits until the scheduler lets it go. */
  hold(operation: Operation, label: string, background?: boolean): Promise<void>
  /** Does this once the scheduler lets it: nobody waits for it. */
  later(operation: Operation, label: string, act: () => void): void
  /** A call reaches the store: it is answered as the rules predict, or the run fails. */
  enter(operation: Operation, method: Method, args: unknown[]): Promise<unknown>
  /** Waits until nothing moves but what the scheduler holds. */
  settle(): Promise<void>
  /** The run is lost, for this reason. */
  fail(reason: string): void
  /** @throws the first reason */
  check(): void
  /** Lets everything go, and waits for it. */
  close(): Promise<void>
}

export interface WorldOptions {
  servers: FastifyInstance[]
  backing: Backing
  scheduler: Scheduler
  numbers: Numbers
  settings: Settings
  /** False: the servers go by their own clocks, as if they had no other; then the model must find faults. */
  sharesClock: boolean
  /** Called whenever something may have changed and nothing moves. */
  inspect(world: World): Promise<void>
}

const READS: readonly Method[] = ['find', 'findWithoutData', 'listByUser', 'countByUser', 'keysOfUser', 'page', 'barrier']

const BROWSERS = ['laptop', 'phone', 'tablet', 'desk']

export function createWorld ({ servers, backing, scheduler, numbers, settings, sharesClock, inspect }: WorldOptions): World {
  const clock = createClock()
  const clocks = settings.skews.map(skew => createSharedClock(
    sharesClock ? async () => clock.now() : undefined, () => clock.now().getTime() + skew, error => { world.fail(String(error)) }))
  const rules = createRules(backing.sweeps)
  const ledger = createLedger()
  const operations = new Set<Operation>()
  const works: Array<Promise<void>> = []
  const abandoned = createGate()
  let inside = 0
  let turn = Promise.resolve()
  let failure: Error | null = null

  /** What the operation is told is true of all that comes after. */
  function observe (): void {
    for (const operation of operations) look(operation)
  }

  function create (beginning: Beginning): Operation {
    const { token = null } = beginning
    const operation: Operation = {
      fault: null,
      passes: false,
      quick: false,
      slow: false,
      browser: null,
      arrival: 'immediately',
      ...beginning,
      token,
      world,
      calls: 0,
      failed: [],
      lookups: 0,
      outage: false,
      held: 0,
      tooLate: token !== null && token.session.over !== null,
      seen: [],
      decidedAt: null,
      standing: null,
      handling: false,
      confirming: false,
      minted: [],
      listedAt: 0,
      listed: new Map(),
      ended: [],
      mayEnd: () => false
    }
    operations.add(operation)
    look(operation)
    return operation
  }

  async function run<T> (operation: Operation, work: (operation: Operation) => Promise<T>): Promise<T> {
    try {
      return await underWay.run(operation, () => work(operation))
    } finally {
      operations.delete(operation)
    }
  }

  /** One step of the schedule: what it lets go runs until it waits again. */
  async function step (letGo: () => Promise<void>): Promise<void> {
    await letGo()
    await world.settle()
    await inspect(world)
    world.check()
  }

  const world: World = {
    rules,
    ledger,
    servers,
    backing,
    numbers,
    operations,
    announced: new Set(),
    crowded: new Set(),
    changed: false,
    isHonest: settings.isHonest,
    isBound: settings.isBound,
    browsers: BROWSERS.map(name => ({ name, token: null, isGiven: false, isOvertaken: false })),
    time: () => clock.now().getTime(),
    timeAt: server => clocks[server]!.now(),
    async start () { await Promise.all(clocks.map(one => one.adjust())) },

    advance (milliseconds) {
      clock.advance(milliseconds)
      observe()
    },

    async begin (beginning, work) {
      numbers.operations++
      const operation = create(beginning)
      works.push(run(operation, work).catch(error => { world.fail(`${operation.name}: ${error}`) }))
      await step(async () => {})
    },

    async probe (beginning, work) {
      return await run(create({ ...beginning, passes: true }), work)
    },

    async hold (operation, label, background = false) {
      const count = background ? 0 : 1
      operation.held += count
      await Promise.race([scheduler.schedule(Promise.resolve(), `${operation.name}: ${label}`, undefined, step), abandoned.passed])
      operation.held -= count
    },

    later (operation, label, act) {
      works.push(world.hold(operation, label, true).then(act))
    },

    async enter (operation, method, args) {
      inside++
      // One after the other: the rules must be applied in the order in which the database does it.
      const entered = turn.then(() => enter(operation, method, args))
      turn = entered.then(() => {}, () => {})
      return await entered.finally(() => { inside-- })
    },

    async settle () {
      const quiet = (): boolean => inside === 0 && [...operations].every(one => one.held > 0 || one.passes || waitsForTurn(one))
      // Twice: touches wait for a turn before they are written.
      for (let turns = 0; turns < 2; turns = quiet() ? turns + 1 : 0) await new Promise(resolve => { setImmediate(resolve) })
    },

    fail (reason) { failure ??= new Error(reason) },
    check () { if (failure !== null) throw failure },

    async close () {
      abandoned.open()
      await Promise.all(works)
      await world.settle()
    }
  }

  async function enter (operation: Operation, method: Method, args: unknown[]): Promise<unknown> {
    const answer = await (backing.store[method] as (...args: unknown[]) => Promise<unknown>)(...args)
    const before = method.startsWith('remove') ? [...rules.records.keys()] : []
    const predicted = rules.apply(method, args)
    for (const key of before) if (!rules.records.has(key)) judgeEnd(operation, method, ledger.byKey(key))
    const answered = answerOf(method, answer)
    if (!isDeepStrictEqual(answered, predicted)) world.fail(`${operation.name}: ${method} answered ${String(answered)} instead of ${String(predicted)}`)
    world.changed ||= !READS.includes(method)
    note(operation, method, args, predicted)
    observe()
    return answer
  }

  function judgeEnd (operation: Operation, method: Method, session: Session): void {
    operation.ended.push(session)
    if (!operation.mayEnd(session)) world.fail(`${operation.name}: ${method} ended ${session.name}, which nobody asked for`)
  }

  /** A server takes the confirmations of one user one after the other. */
  const waitsForTurn = ({ handling, confirming, name, server, token }: Operation): boolean =>
    handling && !confirming && name.startsWith('confirm') &&
    [...operations].some(other => other.confirming && other.server === server && other.token?.session.user === token?.session.user)

  function note (operation: Operation, method: Method, args: unknown[], answer: unknown): void {
    if (method === 'page') noteList(operation, answer as string[])
    if (method === 'insert') operation.minted.push(...ledger.open(args[0] as Parameters<Ledger['open']>[0]).tokens.map(({ hash }) => hash))
    if (method !== 'setTokens' || isRetirement(method, args) || answer !== true) return
    const [key, expected, tokens] = args as [string, TokenHash[], TokenHash[]]
    // A confirmation without a new token: there was no room, or the token that was sent is over.
    if (isDeepStrictEqual(expected, tokens)) return
    const [next, ...kept] = tokens
    operation.minted.push(ledger.rotate(key, next!).hash)
    numbers.rotations++
    const gone = expected.filter(({ hash, until }) => (until === undefined || until.getTime() > world.time()) && !kept.some(one => one.hash === hash))
    for (const { hash } of gone) ledger.byHash(hash)!.isCrowdedOut = true
    numbers.tokensWithoutRoom += gone.length
  }

  function noteList (operation: Operation, keys: string[]): void {
    const records = keys.map(key => rules.records.get(key)!).filter(({ expiresAt }) => expiresAt.getTime() > operation.listedAt)
    operation.listed = new Map(records.map(({ _id, lastActiveAt }) => [ledger.byKey(_id), lastActiveAt.getTime()]))
  }

  return world
}
