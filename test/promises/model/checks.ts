/**
 * What must hold after every step, and what must hold when everything has settled.
 * @module
 */
import { isDeepStrictEqual } from 'node:util'
import { idOf } from '../../../plugin/sessions/key.js'
import type { LoginSessionRecord } from '../../../plugin/sessions/record.js'
import type { Token } from './ledger.js'
import { GRACE, LIFETIME, MOST } from './lifetime.js'
import { visit } from './requests.js'
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
  for (const { key, name, saved } of ledger.sessions) {
    const data = rules.records.get(key)?.data
    const missing = data && [...saved].filter(key => !Object.hasOwn(data, key))
    if (missing && missing.length > 0) fail(`${name} has lost its ${missing.join()}`)
  }
}

async function inspectStore ({ rules, ledger, backing, fail, numbers }: World): Promise<void> {
  const found = await backing.everything(ledger)
  for (const record of found) {
    const wanted = rules.records.get(record._id)
    const { name } = ledger.byKey(record._id)
    if (wanted === undefined) {
      numbers.revivals++
      fail(`${name} was removed, and is in the store again`)
    } else if (!isDeepStrictEqual(essence(record), essence(wanted))) {
      fail(`the record of ${name} is ${text(essence(record))} instead of ${text(essence(wanted))}`)
    }
  }
  if (found.length < rules.records.size) fail(`the store holds ${found.length} records instead of ${rules.records.size}`)
}

const essence = ({ userId, tokens, lastActiveAt, expiresAt, data, confirmation, binding }: Partial<LoginSessionRecord>) =>
  ({ userId, tokens, lastActiveAt, expiresAt, data, confirmation, binding })

const text = (value: unknown): string => JSON.stringify(value)

/**
 * When all is settled: lists; each browser with its own cookie, and thirty seconds later again; then all tokens on every
 * server, what was owed, thirty seconds later again, and when all has expired.
 */
export async function inspectTheEnd (world: World): Promise<void> {
  await inspectLists(world)
  await useBrowsers(world)
  world.advance(GRACE)
  await useBrowsers(world)
  await tryEveryToken(world, '/who')
  inspectDebts(world)
  world.advance(GRACE)
  await tryEveryToken(world, '/account')
  world.advance(LIFETIME.absoluteTimeout)
  await tryEveryToken(world, '/who')
}

/** Each server lists each user's living sessions and no others, and there are no more of them than are allowed. */
async function inspectLists (world: World): Promise<void> {
  const users = [...new Set(world.ledger.sessions.flatMap(({ user }) => user ?? []))]
  const living = [...world.rules.records.values()].filter(({ expiresAt }) => expiresAt.getTime() > world.time())
  for (const [server, { loginSessions }] of world.servers.entries()) {
    for (const user of users) {
      const listed = await world.probe({ name: `the list of ${user}`, server }, () => loginSessions.list(user))
      const wanted = living.filter(({ userId }) => userId === user).map(({ _id }) => idOf(_id))
      if (wanted.length > MOST && !world.crowded.has(user)) world.fail(`${user} has ${wanted.length} sessions`)
      if (isDeepStrictEqual(listed.map(({ id }) => id).sort(), wanted.sort())) continue
      world.fail(`server ${server} lists ${listed.map(({ id }) => world.ledger.byId(id).name).join()} as the sessions of ${user}`)
    }
  }
  world.check()
}

async function useBrowsers (world: World): Promise<void> {
  for (const [index, browser] of world.browsers.entries()) {
    const beginning = { name: `at the end: ${browser.name}`, server: index % world.servers.length, token: browser.token, browser }
    await world.probe(beginning, visit('public'))
    await world.settle()
    world.check()
  }
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
    const reply = (await send(probe, 'GET', url))!
    judge(probe, reply.statusCode === 401 ? NOBODY : identityIn(probe, reply))
  })
  // Its retirement is written before the next token is tried.
  await world.settle()
  world.check()
}

/** A session that was used has its touch; the tokens of earlier generations than one that was used have their end. */
function inspectDebts ({ rules, ledger, fail, check }: World): void {
  for (const { key, name, owed, tokens } of ledger.sessions) {
    const record = rules.records.get(key)
    if (record === undefined) continue
    if (record.lastActiveAt.getTime() + LIFETIME.touchEvery <= owed) fail(`${name} was used, and has no touch of it`)
    const latest = Math.max(...tokens.filter(({ users }) => users.size > 0).map(({ generation }) => generation))
    const endless = record.tokens.filter(({ generation, until }) => generation < latest && until === undefined)
    if (endless.length > 0) fail(`a token of ${name} was used, and ${endless.length} of earlier generations have no end`)
  }
  check()
}
