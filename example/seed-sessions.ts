/**
 * Sessions of the demo user on other devices, in other places and since other times, so that the page has something to show.
 * @module
 */
import type { Db } from 'mongodb'
import { createPast, type Visit } from './past.js'

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

/** The client hints of a Chrome that has been asked for them. */
export function hints (platform: string, platformVersion: string, model = ''): Record<string, string> {
  return {
    'sec-ch-ua-full-version-list': '"Google Chrome";v="149.0.7827.55", "Chromium";v="149.0.7827.55"',
    'sec-ch-ua-platform': `"${platform}"`,
    'sec-ch-ua-platform-version': `"${platformVersion}"`,
    'sec-ch-ua-model': `"${model}"`
  }
}

/** The end of Chrome's User-Agent, before "Safari". */
export const CHROME = '(KHTML, like Gecko) Chrome/149.0.0.0'

/** The addresses are public ones of universities: see places.ts. */
const VISITS: Visit[] = [
  {
    headers: { 'user-agent': `Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 ${CHROME} Safari/537.36`, ...hints('Windows', '19.0.0') },
    ip: '128.40.45.7',
    sessions: [[41 * DAY, 19 * HOUR]]
  },
  {
    headers: { 'user-agent': 'Mozilla/5.0 (iPhone; CPU iPhone OS 18_7 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/26.1 Mobile/15E148 Safari/604.1' },
    ip: '128.40.112.30',
    sessions: [[23 * DAY, 5 * MINUTE]]
  },
  {
    headers: { 'user-agent': `Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 ${CHROME} Mobile Safari/537.36`, ...hints('Android', '16.0.0', 'Pixel 9') },
    ip: '134.157.0.129',
    sessions: [[62 * DAY, 9 * DAY]]
  },
  {
    headers: { 'user-agent': 'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/26.1 Safari/605.1.15' },
    ip: '131.111.8.46',
    sessions: [[12 * DAY, 3 * DAY]]
  },
  {
    headers: { 'user-agent': `Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 ${CHROME} Safari/537.36`, 'sec-ch-ua-full-version-list': '"Chromium";v="149.0.7827.55"', 'sec-ch-ua-platform': '"Linux"' },
    ip: '131.111.150.25',
    sessions: [[33 * DAY, 30 * DAY], [16 * DAY, 15 * DAY], [8 * DAY, 4 * DAY]]
  },
  {
    headers: { 'user-agent': 'curl/8.14.1' },
    ip: '130.161.120.9',
    sessions: [[54 * DAY, 6 * HOUR]]
  },
  // New, and from far away.
  {
    headers: { 'user-agent': 'Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:151.0) Gecko/20100101 Firefox/151.0' },
    ip: '129.78.5.8',
    sessions: [[2 * HOUR, 2 * HOUR - 10 * MINUTE]]
  }
]

/** Signs this user in. Does nothing if the user has sessions already. */
export async function seedSessions (db: Db, userId: string): Promise<void> {
  const past = await createPast(db)
  if (!await past.isSignedIn(userId)) {
    for (const visit of VISITS) await past.signIn(userId, visit)
  }
  await past.close()
}
