/**
 * Many visitors at an even pace, and how they fared in each interval.
 * @module
 */
import { Agent } from 'node:http'
import { setTimeout as wait } from 'node:timers/promises'
import { percentile } from './verdict.js'
import { createVisitor, type Visitor } from './visitor.js'

/** What the visitors met since the last time; times in ms. */
export interface Interval {
  /** Those that were answered. */
  requests: number
  /** The time that it took, by the number of requests that were answered in it; without any, all of it. */
  pace: number
  /** Statuses that no visitor should meet, and connections that broke. */
  failures: string[]
  p50: number
  p99: number
}

export interface Load {
  /** What has happened since it was asked last. */
  interval(): Interval
  /** What has been done so far, by name and status, and how often. */
  tally(): Map<string, number>
  /** Sends the visitors home; resolves when the last one has its answer. */
  stop(): Promise<void>
}

/** Browsers of each user. */
const BROWSERS = 4

/** What a well-behaved server answers to these visitors: 401 or 303 to who has been signed out, 422 and 429 to wrong passwords. */
const EXPECTED = new Set([200, 303, 401, 422, 429])

/** @param rate requests a second, of all visitors together */
export function startLoad (url: string, visitors: number, rate: number): Load {
  const agent = new Agent({ keepAlive: true, maxSockets: 2 * visitors })
  const tally = new Map<string, number>()
  let times: number[] = []
  let failures: string[] = []
  let since = performance.now()
  const stopping = new AbortController()

  function note (what: string, status: number | string): void {
    const line = `${what}: ${status}`
    tally.set(line, (tally.get(line) ?? 0) + 1)
    if (typeof status === 'string' || !EXPECTED.has(status)) failures.push(line)
  }

  async function visit (visitor: Visitor): Promise<void> {
    while (!stopping.signal.aborted) {
      // Half to one and a half times the mean, so that they do not march in step.
      await wait(visitors / rate * 1000 * (0.5 + Math.random()))
      try {
        const { what, status, took } = await visitor.step()
        note(what, status)
        times.push(took)
      } catch (error) {
        note('connection', (error as Error).message)
      }
    }
  }

  const visits = Array.from({ length: visitors }, (_, index) => visit(createVisitor(url, agent, `user-${Math.floor(index / BROWSERS)}`)))
  return {
    interval () {
      const [some, failed, began] = [times, failures, since];
      [times, failures, since] = [[], [], performance.now()]
      if (some.length === 0) failed.push('nothing was answered')
      const [p50, p99] = some.length === 0 ? [0, 0] : [percentile(some, 50), percentile(some, 99)]
      return { requests: some.length, pace: (since - began) / Math.max(1, some.length), failures: failed, p50, p99 }
    },
    tally: () => new Map(tally),
    async stop () {
      stopping.abort()
      await Promise.all(visits)
      agent.destroy()
    }
  }
}
