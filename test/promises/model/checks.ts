/**
 * What must hold after every step, and what must hold when everything has settled.
 * @module
 */
import { isDeepStrictEqual } from 'node:util'
import type { LoginSessionRecord } from '../../../plugin/sessions/record.js'
import type { Token } from './ledger.js'
import { GRACE, LIFETIME, MOST } from './lifetime.js'
import { identityIn, judge, NOBODY, send } from './send.js'
import type { World } from './world.js'

/** After every step: what is over stays over, what was saved is there, and the store holds the records it should and no others. */
export async function inspect (world: World): Promise<void> {
  inspectPromises(world)
  if (!world.changed) return
  world.changed = false
  await inspectStore(world)
}

function inspectPromises ({ rules, ledger, time, fail, numbers }: World): void {
  for (const { name, over, tokens } of ledger.sessions) {
    if (over === null || tokens.every(({ hash }) => rules.aliveUntil(hash) <= time())) continue
    numbers.revivals++
    fail(`${name} was ended by ${over}, and is alive again`)
  }
  for (const { id, name, saved } of ledger.sessions) {
    const data = rules.records.get(id)?.data
    const missing = data && [...saved].filter(key => !Object.hasOwn(data, key))
    if (missing && missing.length > 0) fail(`${name} has lost its ${missing.join()}`)
  }
}

async function inspectStore ({ rules, ledger, backing, fail, numbers }: World): Promise<void> {
  const found = await backing.everything(ledger)
  for (const record of found) {
    const wanted = rules.records.get(record.id)
    const { name } = ledger.byId(record.id)
    if (wanted === undefined) {
      numbers.revivals++
      fail(`${name} was removed, and is in the store again`)
    } else if (!isDeepStrictEqual(essence(record), essence(wanted))) {
      fail(`the record of ${name} is ${text(essence(record))} instead of ${text(essence(wanted))}`)
    }
  }
  if (found.length < rules.records.size) fail(`the store holds ${found.length} records instead of ${rules.records.size}`)
}

const essence = ({ userId, tokens, lastActiveAt, expiresAt, data, confirmation }: Partial<LoginSessionRecord>) =>
  ({ userId, tokens, lastActiveAt, expiresAt, data, confirmation })

const text = (value: unknown): string => JSON.stringify(value)

/** When all is settled: lists and tokens on every server, what was owed, thirty seconds later again, and when all has expired. */
export async function inspectTheEnd (world: World): Promise<void> {
  await inspectLists(world)
  await tryEveryToken(world, '/who')
  inspectDebts(world)
  world.advance(GRACE)
  await tryEveryToken(world, '/account')
  world.advance(LIFETIME.absoluteTimeout)
  await tryEveryToken(world, '/who')
}

/** Each server lists each user's living sessions, and none else; no more than there may be. */
async function inspectLists (world: World): Promise<void> {
  const users = [...new Set(world.ledger.sessions.flatMap(({ user }) => user ?? []))]
  const living = [...world.rules.records.values()].filter(({ expiresAt }) => expiresAt.getTime() > world.time())
  for (const [server, { loginSessions }] of world.servers.entries()) {
    for (const user of users) {
      const listed = await world.probe({ name: `the list of ${user}`, server }, () => loginSessions.list(user))
      const wanted = living.filter(({ userId }) => userId === user).map(({ id }) => id)
      if (wanted.length > MOST && !world.crowded.has(user)) world.fail(`${user} has ${wanted.length} sessions`)
      if (isDeepStrictEqual(listed.map(({ id }) => id).sort(), wanted.sort())) continue
      world.fail(`server ${server} lists ${listed.map(({ id }) => world.ledger.byId(id).name).join()} as the sessions of ${user}`)
    }
  }
  world.check()
}

/** Each token that a browser or a thief may have, former ones first, since using the newest retires them. */
async function tryEveryToken (world: World, url: string): Promise<void> {
  for (const [index, token] of world.ledger.tokens.filter(({ cookie }) => cookie !== null).entries()) {
    await tryToken(world, token, index % world.servers.length, url)
  }
  await world.settle()
  await inspectStore(world)
  inspectPromises(world)
  world.check()
}

async function tryToken (world: World, token: Token, server: number, url: string): Promise<void> {
  await world.probe({ name: `at the end: ${token.name}`, server, token }, async probe => {
    const reply = (await send(probe, null, 'GET', url))!
    judge(probe, reply.statusCode === 401 ? NOBODY : identityIn(probe, reply))
  })
  world.check()
}

/** A session that was used has its touch; one whose newest token was used has its former one's end. */
function inspectDebts ({ rules, ledger, fail, check }: World): void {
  for (const { id, name, owed, tokens } of ledger.sessions) {
    const record = rules.records.get(id)
    if (record === undefined) continue
    if (record.lastActiveAt.getTime() + LIFETIME.touchEvery <= owed) fail(`${name} was used, and has no touch of it`)
    const [, former] = record.tokens
    if (tokens.at(-1)!.used && former !== undefined && former.until === undefined) fail(`the newest token of ${name} was used, and the former one has no end`)
  }
  check()
}
