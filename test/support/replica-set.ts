/**
 * A replica set that tests may break: elections are quick, and its members can be killed, suspended and told to fail.
 * @module
 */
import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Document } from 'mongodb'
import type { Test } from 'tap'
import { findMongod } from '../../example/mongod.js'
import { cleanAfterUs } from './cleanup.js'
import { type Member, prepareMember } from './mongod-process.js'
import { poll } from './poll.js'

const NAME = 'faults'

/** A running set. */
export interface ReplicaSet {
  uri: string
  members: Member[]
  /** The member that takes writes, once there is one. One that is suspended or gone is never meant. */
  primary(): Promise<Member>
  /** Its others. */
  secondaries(): Promise<Member[]>
  /** Makes the primary step down, and resolves with the new one. */
  stepDown(): Promise<Member>
  /** Resolves once all members are there, have one primary, and have caught up with it. */
  whole(): Promise<void>
  /** Kills all of it and removes its data. */
  stop(): Promise<void>
}

export interface ReplicaSetOptions {
  /** @default 3 */
  members?: number
  /** How long a primary may be silent before another is elected, in ms. @default 2000 */
  electionTimeout?: number
  /** Further arguments of each mongod. */
  args?: string[]
}

/** Starts one; it is stopped with the test, or with the test's process at the latest. */
export async function startReplicaSet (t: Test, { members: count = 3, electionTimeout = 2000, args = [] }: ReplicaSetOptions = {}): Promise<ReplicaSet> {
  const { path: binary } = await findMongod()
  const folder = mkdtempSync(join(tmpdir(), 'replica-set-'))
  const cleaner = cleanAfterUs(folder)
  const members: Member[] = []
  const stop = async (): Promise<void> => {
    await Promise.all(members.map(member => member.kill()))
    cleaner.stop()
  }
  t.teardown(stop)
  for (let index = 0; index < count; index++) {
    members.push(await prepareMember({ binary, folder, name: `member-${index}`, args: ['--replSet', NAME, ...args], cleaner }))
  }
  await Promise.all(members.map(member => member.start()))
  const settings = { electionTimeoutMillis: electionTimeout, heartbeatIntervalMillis: electionTimeout / 4 }
  const config = { _id: NAME, members: members.map(({ host }, _id) => ({ _id, host })), settings }
  await members[0]!.command({ replSetInitiate: config })
  const set = { ...verbsOf(members), uri: `mongodb://${members.map(({ host }) => host).join(',')}/?replicaSet=${NAME}`, members, stop }
  await set.whole()
  return set
}

function verbsOf (members: Member[]): Omit<ReplicaSet, 'uri' | 'members' | 'stop'> {
  const primary = (): Promise<Member> => poll('a primary', async () => {
    // The one that was elected last: a deposed one may not know of it yet.
    const found = (await Promise.all(members.map(helloOf))).filter(({ hello }) => hello.isWritablePrimary)
    return found.sort((a, b) => termOf(b.hello) - termOf(a.hello))[0]?.member
  })

  const whole = (): Promise<void> => poll('a whole set', async () => {
    const { members: states = [] } = await (await primary()).command({ replSetGetStatus: 1 })
    const names: string[] = states.map(({ stateStr }: Document) => stateStr).sort()
    return names.join() === ['PRIMARY', ...Array(members.length - 1).fill('SECONDARY')].join() || undefined
  }).then(() => {})

  return {
    primary,
    whole,

    async secondaries () {
      const first = await primary()
      return members.filter(member => member !== first)
    },

    async stepDown () {
      const old = await primary()
      await old.command({ replSetStepDown: 10, secondaryCatchUpPeriodSecs: 5 })
      // It may not be elected again for ten seconds, unless it is let.
      const next = await poll('another primary', async () => {
        const found = await primary()
        return found === old ? undefined : found
      })
      await old.command({ replSetFreeze: 0 }).catch(() => {})
      return next
    }
  }
}

/** What a member says of itself; nothing, if it does not answer. */
async function helloOf (member: Member): Promise<{ member: Member, hello: Document }> {
  const silent = new Promise<Document>(resolve => { setTimeout(resolve, 500, {}) })
  return { member, hello: await Promise.race([member.command({ hello: 1 }).catch(() => ({})), silent]) }
}

/** The term of the election that made it primary. */
const termOf = ({ lastWrite }: Document): number => Number(lastWrite?.opTime?.t ?? 0)
