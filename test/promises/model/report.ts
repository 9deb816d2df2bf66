/**
 * How much is tried, and what was: by default the same few hundred interleavings, on demand as many as there is time for.
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
  /** Lookups that were repeated when the handler was to begin. */
  secondLookups: number
  rotations: number
  /** Tokens that left a full record before their thirty seconds were over. */
  tokensWithoutRoom: number
  /** Sessions that were bound to their browsers; proofs that were renewed. */
  bound: number
  proofs: number
  /** Answers with a cookie that others may have overtaken. */
  lateAnswers: number
  /** Answers that brought a token of an earlier generation than the browser had already; requests that were refused for it. */
  overtaken: number
  overtakenRefusals: number
  /** Browsers that were refused because somebody else used a later token. */
  robbed: number
  /** Living logins that a browser lost by a stale answer: by one that cleared the cookie, and by another session's cookie. */
  staleOverwrites: number
  /** Sessions that came back: never. */
  revivals: number
  /** Browsers that lost a living session: never. */
  signOutsWithoutCause: number
}

export const noNumbers = (): Numbers => ({
  runs: 0,
  operations: 0,
  requests: 0,
  revocations: 0,
  formerRequests: 0,
  deadRequests: 0,
  faults: 0,
  secondLookups: 0,
  rotations: 0,
  tokensWithoutRoom: 0,
  bound: 0,
  proofs: 0,
  lateAnswers: 0,
  overtaken: 0,
  overtakenRefusals: 0,
  robbed: 0,
  staleOverwrites: 0,
  revivals: 0,
  signOutsWithoutCause: 0
})

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
