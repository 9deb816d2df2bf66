/**
 * The attack: many runs on one kind of store, each with commands and a schedule of its own.
 * @module
 */
import fc from 'fast-check'
import type { FastifyInstance } from 'fastify'
import type { Test } from 'tap'
import type { MakeBacking } from './backing.js'
import { inspect, inspectTheEnd } from './checks.js'
import { commands } from './commands.js'
import { amount, noNumbers, tell, type Numbers } from './report.js'
import { openShops } from './shops.js'
import { createWorld } from './world.js'

/**
 * Attacks the stores at the same moment, each with a share of the runs. Fails with fast-check's counterexample: the commands,
 * the schedule, and the seed and path that bring it back.
 * @param usual how many runs in all, unless the environment says otherwise
 */
export async function attack (t: Test, backings: MakeBacking[], usual: number): Promise<Numbers> {
  const numbers = noNumbers()
  const { runs, seed, path } = amount(usual)
  const share = Math.ceil(runs / backings.length)
  await Promise.all(backings.map(async (makeBacking, index) => {
    const parameters = { numRuns: share, seed: seed + index, ...(path !== undefined && index === 0 && { path }) }
    await fc.assert(property(await openShops(t), makeBacking, numbers), parameters)
  }))
  tell(t, seed, numbers)
  return numbers
}

function property (servers: FastifyInstance[], makeBacking: MakeBacking, numbers: Numbers) {
  return fc.asyncProperty(fc.scheduler(), commands, async (scheduler, commands) => {
    const world = createWorld({ servers, backing: await makeBacking(), scheduler, numbers, inspect })
    try {
      numbers.runs++
      await fc.scheduledModelRun(scheduler, () => ({ model: world, real: world }), commands)
      await inspectTheEnd(world)
    } finally {
      await world.close()
    }
  })
}
