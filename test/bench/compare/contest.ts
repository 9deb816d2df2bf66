/**
 * The servers of a comparison: started, visited, loaded and counted.
 * @module
 */
import { randomBytes } from 'node:crypto'
import type { MongoClient } from 'mongodb'
import { countOperations, mongodPid, processorTime, residentMemory } from '../counters.js'
import { type Child, peersUrl, pluginUrl, startChild } from '../processes.js'
import type { Kind } from './kinds.js'
import type { Loader } from './load.js'
import type { Measurement } from './measurement.js'
import type { Contestant, ContestantOptions } from './servers/contestant.js'
import { checkAnswers, forge, signInAll } from './visitors.js'

/** The file that runs in a server's process, from `test/bench/`. */
export const SERVER_FILE = 'compare/servers/start.ts'

/** A kind whose server runs, with signed-in users. */
export interface Candidate {
  kind: Kind
  /** @throws if an answer is wrong */
  check(): Promise<void>
  /** Loads it. @throws if an answer is wrong or a connection breaks */
  measure(round: number, connections: number, seconds: number): Promise<Measurement>
  end(): Promise<void>
}

export interface Contest {
  uri: string
  client: MongoClient
  loader: Loader
  /** Signed-in users of each kind. */
  sessions: number
  /** Flags of node for the measured processes. */
  flags: string[]
  /** Where the cookies are for the process that makes the load. */
  writeCookies(name: string, cookies: string[]): Promise<string>
}

/** Its users sign in at a process of its own, so that the measured one has only ever served requests of the load. */
export async function startCandidate (contest: Contest, kind: Kind): Promise<Candidate> {
  const { client, uri, flags } = contest
  const database = `bench-${kind.name}`
  await client.db(database).dropDatabase()
  const options: ContestantOptions = {
    server: kind.server, uri, database, secret: randomBytes(32).toString('base64'), plugin: pluginUrl, peers: peersUrl, ...kind.variant !== undefined && { variant: kind.variant }
  }
  const cookies = kind.cookies === 'none' ? null : await cookiesOf(kind, options, contest.sessions)
  const file = cookies && await contest.writeCookies(kind.name, cookies)
  const { child, first: { url } } = await startChild<Contestant>(SERVER_FILE, options, flags)
  const mongod = await mongodPid(client)

  return {
    kind,
    check: async () => await checkAnswers(kind, url, cookies),
    async measure (round, connections, seconds) {
      const counters = async () => [processorTime(child.pid), mongod && processorTime(mongod), await countOperations(client, database)] as const
      const before = await counters()
      const { requests, refused, broken, latency, seconds: took } = await contest.loader.load({ url: new URL(kind.path, url), connections, seconds, cookies: file })
      const after = await counters()
      if (refused > 0 || broken > 0) {
        throw new Error(`WRONG ANSWERS of ${kind.name} at ${connections} connections: ${refused} of ${requests} were refused, ${broken} connections broke`)
      }
      return {
        kind: kind.name,
        round,
        connections,
        rate: requests / took,
        latency,
        requests,
        serverTime: perRequest(before[0], after[0], requests),
        mongodTime: perRequest(before[1], after[1], requests),
        reads: after[2].reads - before[2].reads,
        writes: after[2].writes - before[2].writes,
        memory: residentMemory(child.pid)
      }
    },
    async end () {
      await child.end()
      await client.db(database).dropDatabase()
    }
  }
}

async function cookiesOf (kind: Kind, options: ContestantOptions, count: number): Promise<string[]> {
  const { child, first: { url } }: { child: Child, first: Contestant } = await startChild<Contestant>(SERVER_FILE, options)
  try {
    const cookies = await signInAll(url, count)
    return kind.cookies === 'forged' ? cookies.map(forge) : cookies
  } finally {
    await child.end()
  }
}

const perRequest = (before: number | null, after: number | null, requests: number): number | null =>
  before === null || after === null ? null : (after - before) / requests
