/**
 * A second opinion: where do our words differ from bowser's? Over the table and 10,000 user agents that were seen in the wild.
 * Run it with `npx tsx test/client/second-opinion.ts`; it prints every group of disagreements, how many and one of them.
 */
import { createRequire } from 'node:module'
import Bowser from 'bowser'
import { describeDevice } from '../../plugin/client/device.js'
import { SAMPLES } from '../support/user-agents.js'

/** Bowser's names → ours, where both mean the same. */
const SAME: Record<string, string> = {
  'Microsoft Edge': 'Edge',
  'Samsung Internet for Android': 'Samsung Internet',
  'Google Search': 'Google app',
  'Opera Touch': 'Opera',
  'Yandex Browser': 'Yandex',
  'Amazon Silk': 'Silk',
  'Android Browser': 'Android WebView',
  'Chrome OS': 'ChromeOS',
  'PlayStation 4': 'PlayStation',
  Focus: 'Firefox Focus',
  Miui: 'Mi Browser',
  BingCrawler: 'bingbot',
  SlackBot: 'Slackbot-LinkExpanding'
}

const same = (name: string | null | undefined): string => name === undefined || name === null || name === '' ? 'nothing' : SAME[name] ?? name

/** Bowser does not tell an iPad's system from an iPhone's, nor one Linux from another. */
const family = (os: string): string => ({ iPadOS: 'iOS', Ubuntu: 'Linux', Fedora: 'Linux' })[os] ?? os

const seen = createRequire(import.meta.url)('../../node_modules/user-agents/dist/user-agents.json') as Array<{ userAgent: string }>
// Bowser throws at an empty user agent.
const userAgents = [...SAMPLES, ...seen].map(({ userAgent }) => userAgent).filter(userAgent => userAgent !== '')

const groups = new Map<string, { count: number, example: string }>()
let agreed = 0

for (const userAgent of userAgents) {
  const ours = describeDevice(userAgent)
  const theirs = Bowser.parse(userAgent)
  const differences = [
    difference('browser', same(ours.browser), same(theirs.browser.name)),
    difference('system', family(same(ours.os)), family(same(theirs.os.name)))
  ].filter(text => text !== null)
  if (differences.length === 0) agreed++
  for (const text of differences) {
    const group = groups.get(text) ?? { count: 0, example: userAgent }
    groups.set(text, { ...group, count: group.count + 1 })
  }
}

function difference (what: string, ours: string, theirs: string): string | null {
  return ours.toLowerCase() === theirs.toLowerCase() ? null : `${what}: ours ${ours}, bowser's ${theirs}`
}

for (const [text, { count, example }] of [...groups].sort(([, a], [, b]) => b.count - a.count)) {
  console.log(`${count} × ${text}\n    ${example}`)
}
console.log(`${agreed} of ${userAgents.length} agree: ${(agreed / userAgents.length * 100).toFixed(2)} %`)
