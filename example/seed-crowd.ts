/**
 * Sixty users who are signed in here and there, so that the operators' page has something to show.
 * @module
 */
import type { Db } from 'mongodb'
import { createPast, type Past } from './past.js'
import { CHROME, hints } from './seed-sessions.js'
import type { Users } from './users.js'

const HOUR = 3_600_000
const DAY = 24 * HOUR

const FIRST_NAMES = ['Amara', 'Bruno', 'Chiara', 'Deepak', 'Emilia', 'Farid', 'Greta', 'Hiroshi', 'Ines', 'Jonas', 'Kofi', 'Leila']
const LAST_NAMES = ['Andersen', 'Okafor', 'Rossi', 'Tanaka', 'Weber']

const MAC = 'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit'
const WINDOWS = 'Mozilla/5.0 (Windows NT 10.0; Win64; x64'
const IOS = 'CPU iPhone OS 18_7 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko)'
const ANDROID = 'Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36'

/** What they use. The first ones are used most. */
const DEVICES: Array<Record<string, string>> = [
  { 'user-agent': `${WINDOWS}) AppleWebKit/537.36 ${CHROME} Safari/537.36`, ...hints('Windows', '19.0.0') },
  { 'user-agent': `Mozilla/5.0 (iPhone; ${IOS} Version/26.1 Mobile/15E148 Safari/604.1` },
  { 'user-agent': `${ANDROID} ${CHROME} Mobile Safari/537.36`, ...hints('Android', '16.0.0', 'Pixel 9') },
  { 'user-agent': `${MAC}/605.1.15 (KHTML, like Gecko) Version/26.1 Safari/605.1.15` },
  { 'user-agent': `${WINDOWS}) AppleWebKit/537.36 ${CHROME} Safari/537.36 Edg/149.0.0.0` },
  { 'user-agent': `${ANDROID} ${CHROME} Mobile Safari/537.36`, ...hints('Android', '15.0.0', 'SM-S921B') },
  { 'user-agent': `${MAC}/537.36 ${CHROME} Safari/537.36` },
  { 'user-agent': 'Mozilla/5.0 (X11; Linux x86_64; rv:151.0) Gecko/20100101 Firefox/151.0' },
  { 'user-agent': `${WINDOWS}; rv:151.0) Gecko/20100101 Firefox/151.0` },
  { 'user-agent': 'Mozilla/5.0 (iPad; CPU OS 18_7 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/26.1 Mobile/15E148 Safari/604.1' },
  { 'user-agent': `Mozilla/5.0 (iPhone; ${IOS} CriOS/149.0.7827.50 Mobile/15E148 Safari/604.1` },
  { 'user-agent': `Mozilla/5.0 (X11; CrOS x86_64 14541.0.0) AppleWebKit/537.36 ${CHROME} Safari/537.36` },
  { 'user-agent': 'Mozilla/5.0 (SMART-TV; LINUX; Tizen 9.0) AppleWebKit/537.36 (KHTML, like Gecko) SamsungBrowser/7.0 Chrome/120.0.6099.5 TV Safari/537.36' },
  { 'user-agent': 'curl/8.14.1' }
]

/** Networks of places.ts, and one whose place is unknown. */
const NETWORKS = ['128.40.', '131.111.', '134.157.', '130.161.', '129.78.', '141.20.', '129.132.', '128.32.', '128.112.', '133.11.', '143.107.', '203.0.']

/** Creates the users and their sessions. Does nothing if one of them has sessions already. */
export async function seedCrowd (db: Db, users: Users): Promise<void> {
  const ids: string[] = []
  // One after the other: all at once would open a connection each.
  for (const email of EMAILS) ids.push((await users.findByEmail(email) ?? await users.create({ email, password: null })).id)
  const past = await createPast(db)
  if (!await isAnySignedIn(past, ids)) {
    const random = createRandom()
    for (const id of ids) {
      for (let sessions = 1 + Math.floor(random() * 4); sessions > 0; sessions--) await past.signIn(id, visitOf(random))
    }
  }
  await past.close()
}

async function isAnySignedIn (past: Past, ids: string[]): Promise<boolean> {
  for (const id of ids) if (await past.isSignedIn(id)) return true
  return false
}

const EMAILS = LAST_NAMES.flatMap(last => FIRST_NAMES.map(first => `${first}.${last}@example.com`.toLowerCase()))

/** One session: any day of the last fourteen, from any network, on a device that is the likelier the more it is used. */
function visitOf (random: () => number) {
  const signedIn = random() * (14 * DAY - HOUR)
  const lastActive = random() < 0.5 ? signedIn : random() * signedIn
  const address = `${NETWORKS[Math.floor(random() * NETWORKS.length)]!}${Math.floor(random() * 250)}.${1 + Math.floor(random() * 250)}`
  return {
    headers: DEVICES[Math.floor(random() ** 2 * DEVICES.length)]!,
    ip: address.replace(/^203\.0\.\d+/, '203.0.113'),
    sessions: [[signedIn, lastActive] as [number, number]]
  }
}

/** The same numbers at each start: a linear congruential generator, with the constants of Numerical Recipes. */
function createRandom (): () => number {
  let state = 26
  return () => {
    state = (state * 1_664_525 + 1_013_904_223) % 2 ** 32
    return state / 2 ** 32
  }
}
