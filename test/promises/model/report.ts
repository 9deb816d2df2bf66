/**
 * How much is tried, and what was: by default the same 1,100 interleavings, on demand as many as there is time for.
 * @module
 */
import type { Test } from 'tap'

/** What was tried. */
export interface Numbers {
  runs: number
  operations: number
  requests: number
  /** Endings that were answered, sign-outs and replacements among them. */
  revocations: number
  /** Requests with a token that is not its session's newest. */
  formerRequests: number
  /** Requests with a token of a session whose end had been answered. */
  deadRequests: number
  /** Calls of the store that failed. */
  faults: number
  /** Sessions that came back: never. */
  revivals: number
}

export const noNumbers = (): Numbers =>
  ({ runs: 0, operations: 0, requests: 0, revocations: 0, formerRequests: 0, deadRequests: 0, faults: 0, revivals: 0 })

export interface Amount {
  runs: number
  seed: number
  /** Of a counterexample. */
  path?: string
}

/** Where the short version begins. */
const USUAL_SEED = 20_260_729

/**
 * `INTERLEAVINGS=50000` tries that many on each store, from a random seed unless there is one: `SEED=1`. With the seed and
 * path of a counterexample, `SEED=1 SEED_PATH=12:3`, that one comes first.
 * @param usual how many are tried without it
 */
export function amount (usual: number): Amount {
  const { INTERLEAVINGS, SEED: seed, SEED_PATH: path } = process.env
  return {
    runs: Number(INTERLEAVINGS ?? usual),
    seed: seed !== undefined ? Number(seed) : INTERLEAVINGS === undefined ? USUAL_SEED : Math.trunc(Math.random() * 2 ** 31),
    ...(path !== undefined && { path })
  }
}

export function tell (t: Test, seed: number, numbers: Numbers): void {
  t.comment(`seed ${seed}: ${Object.entries(numbers).map(([name, number]) => `${number} ${name}`).join(', ')}`)
}
