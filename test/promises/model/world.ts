/**
 * One run: a clock, browsers, operations under way, and the rules that say what the store should hold. All calls of the
 * store are held back and let go one by one, in the order that fast-check's scheduler draws.
 * @module
 */
import { isDeepStrictEqual } from 'node:util'
import type { Scheduler } from 'fast-check'
import type { FastifyInstance } from 'fastify'
import { createClock } from '../../support/clock.js'
import { createGate } from '../../support/gate.js'
import type { Backing } from './backing.js'
import { createLedger, type Ledger, type Session, type Token } from './ledger.js'
import { look, underWay, type Beginning, type Operation } from './operation.js'
import type { Numbers } from './report.js'
import { answerOf, createRules, type Method, type Rules } from './rules.js'

export interface Browser {
  name: string
  /** Whose cookie it holds. */
  token: Token | null
}

export interface World {
  rules: Rules
  ledger: Ledger
  browsers: Browser[]
  servers: FastifyInstance[]
  backing: Backing
  numbers: Numbers
  operations: Set<Operation>
  /** The ids of the sessions whose end a hook was told of. */
  announced: Set<string>
  /** Users whose sign-in could not end all that was beyond the limit: a call of the store failed in it. */
  crowded: Set<string>
  /** Something was written since this was last set to false. */
  changed: boolean
  /** The clock, in ms. */
  time(): number
  /** Time passes. */
  advance(milliseconds: number): void
  /** Begins an operation that others may overtake; it is judged by `work` itself. Resolves when all that is under way waits. */
  begin(beginning: Beginning, work: (operation: Operation) => Promise<void>): Promise<void>
  /** Does something that nothing overtakes. */
  probe<T>(beginning: Beginning, work: (operation: Operation) => Promise<T>): Promise<T>
  /** Waits until the scheduler lets it go. */
  hold(operation: Operation, label: string, background?: boolean): Promise<void>
  /** A call reaches the store: it is answered as the rules foretell, or the run fails. */
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
  /** Called whenever something may have changed and nothing moves. */
  inspect(world: World): Promise<void>
}

const READS: readonly Method[] = ['findByToken', 'find', 'listByUser', 'idsByUser', 'attempts']

const BROWSERS = ['laptop', 'phone', 'tablet', 'desk']

export function createWorld ({ servers, backing, scheduler, numbers, inspect }: WorldOptions): World {
  const clock = createClock()
  const rules = createRules(backing.sweeps)
  const ledger = createLedger()
  const operations = new Set<Operation>()
  const works: Array<Promise<void>> = []
  const abandoned = createGate()
  let inside = 0
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
      ...beginning,
      token,
      world,
      calls: 0,
      failed: [],
      held: 0,
      tooLate: token !== null && token.session.over !== null,
      seen: [],
      decidedAt: null,
      owns: false,
      minted: [],
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
    browsers: BROWSERS.map(name => ({ name, token: null })),
    time: () => clock.now().getTime(),

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

    async enter (operation, method, args) {
      inside++
      try {
        const answer = await (backing.store[method] as (...args: unknown[]) => Promise<unknown>)(...args)
        const before = method.startsWith('remove') ? [...rules.records.keys()] : []
        const foretold = rules.apply(method, args)
        for (const id of before) if (!rules.records.has(id)) judgeEnd(operation, method, ledger.byId(id))
        const told = answerOf(answer)
        if (!isDeepStrictEqual(told, foretold)) world.fail(`${operation.name}: ${method} answered ${String(told)} instead of ${String(foretold)}`)
        world.changed ||= !READS.includes(method)
        note(operation, method, args, foretold)
        observe()
        return answer
      } finally {
        inside--
      }
    },

    async settle () {
      const quiet = (): boolean => inside === 0 && [...operations].every(({ held, passes }) => held > 0 || passes)
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

  function judgeEnd (operation: Operation, method: Method, session: Session): void {
    operation.ended.push(session)
    if (!operation.mayEnd(session)) world.fail(`${operation.name}: ${method} ended ${session.name}, which nobody asked for`)
  }

  function note (operation: Operation, method: Method, args: unknown[], answer: unknown): void {
    if (method === 'listByUser') operation.listed = new Map((answer as string[]).map(id => [ledger.byId(id), rules.records.get(id)!.lastActiveAt.getTime()]))
    if (method === 'insert') operation.minted.push(...ledger.open(args[0] as Parameters<Ledger['open']>[0]).tokens.map(({ hash }) => hash))
    if (method !== 'rotate' || answer !== true) return
    const [{ hash }] = args[2] as [{ hash: string }]
    ledger.rotate(args[0] as string, hash)
    operation.minted.push(hash)
  }

  return world
}
