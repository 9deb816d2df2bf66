import { createRequire } from 'node:module'
import fc from 'fast-check'
import t from 'tap'
import { describeDevice, type HeaderRecord } from '../../plugin/client/device.js'
import { isDevice } from '../support/device-shape.js'
import { SAMPLES } from '../support/user-agents.js'

const require = createRequire(import.meta.url)
// The package gives only random ones; its data are what was seen in the wild.
const seen = (require('../node_modules/user-agents/dist/user-agents.json') as Array<{ userAgent: string }>).map(({ userAgent }) => userAgent)
const robots = (require('crawler-user-agents') as Array<{ instances: string[] }>).flatMap(({ instances }) => instances)

t.test('every one of 10,000 user agents seen in the wild is told: browser, system and form', async t => {
  t.equal(seen.length, 10_000)
  const devices = seen.map(userAgent => ({ userAgent, device: describeDevice(userAgent) }))
  t.strictSame(devices.filter(({ device }) => !isDevice(device)), [])
  t.strictSame(devices.filter(({ device: { browser, os, kind } }) => browser === null || os === null || kind === 'unknown'), [])
})

t.test('no frozen version is shown for one of them', async t => {
  const versions = seen.map(userAgent => describeDevice(userAgent)).map(({ os, osVersion }) => `${os} ${osVersion}`)
  t.strictSame(versions.filter(version => /^(?:Windows 10|macOS 10\.15.*|Android 10|Linux \d.*|ChromeOS \d.*)$/.test(version)), [])
})

t.test('iOS 26 is never taken for the 18 that its Safari says', async t => {
  const said = seen.filter(userAgent => /\(iP.*OS 18_[67] like.*Version\/(?:2[6-9]|[3-9]\d)/.test(userAgent))
  t.ok(said.length > 1000)
  t.strictSame(said.filter(userAgent => Number.parseInt(describeDevice(userAgent).osVersion ?? '0') < 26), [])
})

t.test('every robot has a name, and none of them is a word unfit for a page', async t => {
  t.ok(robots.length > 2000)
  const devices = robots.map(userAgent => ({ userAgent, device: describeDevice(userAgent) }))
  t.strictSame(devices.filter(({ device }) => !isDevice(device) || device.browser === null), [])
})

t.test('a robot that says so is not taken for the browser it imitates', async t => {
  const saying = robots.filter(userAgent => /^Mozilla\/5\.0 .*compatible; [A-Za-z]+bot\//i.test(userAgent))
  t.ok(saying.length > 200)
  t.strictSame(saying.filter(userAgent => !/bot/i.test(describeDevice(userAgent).browser ?? '')), [])
})

const real = [...seen.slice(0, 300), ...robots.slice(0, 300), ...SAMPLES.map(({ userAgent }) => userAgent)]
const text = fc.string({ unit: 'binary', maxLength: 600 })

/** A real user agent with a piece of it replaced by anything. */
const mutated = fc.tuple(fc.constantFrom(...real), fc.nat(200), fc.nat(40), fc.string({ unit: 'binary', maxLength: 30 }))
  .map(([userAgent, at, length, piece]) => userAgent.slice(0, at) + piece + userAgent.slice(at + length))

/** Well-formed lists, pieces of lists, anything. */
const quoted = fc.oneof(fc.constantFrom('"Chromium"', '"Google Chrome"', '"Not/A)Brand"', '"Brave"', '"Windows"', '"Android"', '"macOS"', '"XR"', '"K"', '"15.0.0"'), fc.string({ unit: 'grapheme-ascii' }).map(word => JSON.stringify(word)))
const item = fc.oneof(quoted, quoted.map(name => `${name};v="149"`), fc.tuple(quoted, quoted).map(([name, version]) => `${name};v=${version}`))
const list = fc.array(item, { maxLength: 5 }).map(items => items.join(', '))
const value = fc.oneof(list, item, text, fc.array(fc.oneof(list, text), { maxLength: 3 }), fc.constant(undefined))

const headers: fc.Arbitrary<HeaderRecord> = fc.record({
  'sec-ch-ua': value,
  'sec-ch-ua-mobile': value,
  'sec-ch-ua-platform': value,
  'sec-ch-ua-platform-version': value,
  'sec-ch-ua-model': value,
  'sec-ch-ua-full-version-list': value,
  'sec-ch-ua-form-factors': value
}, { requiredKeys: [] })

for (const [what, userAgent] of Object.entries({ 'any text': text, 'a real user agent with a piece replaced': mutated, 'a real user agent': fc.constantFrom(...real) })) {
  t.test(`${what}, with any client hints, is a device in words fit for a page`, async t => {
    t.doesNotThrow(() => fc.assert(fc.property(userAgent, headers, (userAgent, headers) => isDevice(describeDevice(userAgent, headers))), { numRuns: 2000 }))
  })
}

t.test('hints that do not fit the user agent leave it as it is', async t => {
  const firefox = seen.filter(userAgent => userAgent.includes('Firefox/'))
  t.doesNotThrow(() => fc.assert(fc.property(fc.constantFrom(...firefox), headers, (userAgent, headers) => {
    t.strictSame(describeDevice(userAgent, headers), describeDevice(userAgent))
  }), { numRuns: 100 }))
})
