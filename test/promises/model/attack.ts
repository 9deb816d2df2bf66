/**
 * The attack: many runs on one kind of store, each with commands and a schedule of its own.
 * @module
 */
import fc, { type Arbitrary } from 'fast-check'
import type { FastifyInstance } from 'fastify'
import type { Test } from 'tap'
import type { MakeBacking } from './backing.js'
import { MINUTE } from '../../support/clock.js'
import { inspect, inspectTheEnd } from './checks.js'
import { commands } from './commands.js'
import { amount, noNumbers, tell, type Numbers } from './report.js'
import { openShops, SERVERS } from './shops.js'
import { createWorld, type Settings } from './world.js'

export interface AttackOptions {
  /** How many runs in all, unless the environment says otherwise. */
  usual: number
  /** False: the servers go by their own clocks, which differ. It must fail, and no smaller counterexample is looked for. @default true */
  sharesClock?: boolean
}

/** Servers' own clocks are up to a minute ahead of the database's or behind it. */
const settings: Arbitrary<Settings> = fc.record({
  skews: fc.array(fc.integer({ min: -MINUTE, max: MINUTE }), { minLength: SERVERS, maxLength: SERVERS }),
  isHonest: fc.boolean(),
  isBound: fc.boolean()
})

/**
 * Attacks the stores at the same moment, each with a share of the runs. Fails with fast-check's counterexample: the commands,
 * the schedule, and the seed and path that bring it back.
 */
export async function attack (t: Test, backings: MakeBacking[], { usual, sharesClock = true }: AttackOptions): Promise<Numbers> {
  const numbers = noNumbers()
  const { runs, seed, path } = amount(usual)
  const share = Math.ceil(runs / backings.length)
  await Promise.all(backings.map(async (makeBacking, index) => {
    const parameters = { numRuns: share, seed: seed + index, endOnFailure: !sharesClock, ...(path !== undefined && index === 0 && { path }) }
    await fc.assert(property(await openShops(t), makeBacking, numbers, sharesClock), parameters)
  }))
  tell(t, seed, numbers)
  return numbers
}

function property (servers: FastifyInstance[], makeBacking: MakeBacking, numbers: Numbers, sharesClock: boolean) {
  return fc.asyncProperty(fc.scheduler(), settings, commands, async (scheduler, settings, commands) => {
    const world = createWorld({ servers, backing: await makeBacking(), scheduler, numbers, settings, sharesClock, inspect })
    try {
      await world.start()
      numbers.runs++
      await fc.scheduledModelRun(scheduler, () => ({ model: world, real: world }), commands)
      await inspectTheEnd(world)
    } finally {
      await world.close()
    }
  })
}
