import t from 'tap'
import type { Device } from '../../plugin/client/device.js'
import { deviceTitle, deviceWithBrowser } from '../../plugin/pages/device-title.js'
import { SHIPPED } from '../../plugin/pages/messages.js'
import { createTexts } from '../../plugin/pages/texts.js'

const textsIn = (language: string) => createTexts(language, SHIPPED[language]!, 'UTC')
const NOTHING: Device = { browser: null, browserVersion: null, os: null, osVersion: null, kind: 'unknown', model: null }

const CASES: Array<[title: string, withBrowser: string, device: Partial<Device>]> = [
  ['iPhone', 'iPhone (Safari)', { browser: 'Safari', os: 'iOS', osVersion: '26.1', kind: 'phone', model: 'iPhone' }],
  ['iPhone', 'iPhone (iOS WebView)', { browser: 'iOS WebView', os: 'iOS', kind: 'phone' }],
  ['iPad', 'iPad (Safari)', { browser: 'Safari', os: 'iPadOS', kind: 'tablet', model: 'iPad' }],
  ['Pixel 9', 'Pixel 9 (Chrome)', { browser: 'Chrome', os: 'Android', kind: 'phone', model: 'Pixel 9' }],
  ['Android phone', 'Android phone (Samsung Internet)', { browser: 'Samsung Internet', os: 'Android', kind: 'phone', model: 'SM-S918B' }],
  ['Android phone', 'Android phone (Firefox)', { browser: 'Firefox', os: 'Android', kind: 'phone' }],
  ['Android tablet', 'Android tablet (Chrome)', { browser: 'Chrome', os: 'Android', kind: 'tablet' }],
  ['Phone', 'Phone', { kind: 'phone' }],
  ['Tablet', 'Tablet', { kind: 'tablet' }],
  ['Windows computer', 'Windows computer (Edge)', { browser: 'Edge', os: 'Windows', osVersion: '11', kind: 'desktop' }],
  ['Mac', 'Mac (Safari)', { browser: 'Safari', os: 'macOS', kind: 'desktop' }],
  ['Chromebook', 'Chromebook (Chrome)', { browser: 'Chrome', os: 'ChromeOS', kind: 'desktop' }],
  ['Linux computer', 'Linux computer (Chromium)', { browser: 'Chromium', os: 'Linux', kind: 'desktop' }],
  ['Computer', 'Computer (Firefox)', { browser: 'Firefox', kind: 'desktop' }],
  ['TV', 'TV (Chrome)', { browser: 'Chrome', os: 'Android', kind: 'tv', model: 'BRAVIA 4K' }],
  ['Apple TV', 'Apple TV', { os: 'tvOS', kind: 'tv' }],
  ['PlayStation 5', 'PlayStation 5 (PlayStation)', { browser: 'PlayStation', os: 'PlayStation', kind: 'other', model: 'PlayStation 5' }],
  ['Apple Watch', 'Apple Watch', { os: 'watchOS', kind: 'other' }],
  ['Nintendo', 'Nintendo', { os: 'Nintendo', kind: 'other' }],
  ['Device', 'Device', { kind: 'other' }],
  ['curl', 'curl', { browser: 'curl', kind: 'program' }],
  ['Program', 'Program', { kind: 'program' }],
  ['Program', 'Program (Please call support)', { browser: 'Please call support', kind: 'program' }],
  ['Android phone', 'Android phone (Chrome)', { browser: 'Chrome', os: 'Android', kind: 'phone', model: 'Not you sign out' }],
  ['Android phone', 'Android phone (Chrome)', { browser: 'Chrome', os: 'Android', kind: 'phone', model: 'Call 112 now or be sorry' }],
  ['Galaxy Tab S9 Plus', 'Galaxy Tab S9 Plus (Chrome)', { browser: 'Chrome', os: 'Android', kind: 'tablet', model: 'Galaxy Tab S9 Plus' }],
  ['iPhone', 'iPhone', { os: 'iOS', kind: 'unknown' }],
  ['Fuchsia', 'Fuchsia (Chrome)', { browser: 'Chrome', os: 'Fuchsia', kind: 'unknown' }],
  ['Unknown device', 'Unknown device', {}]
]

for (const [title, withBrowser, device] of CASES) {
  t.test(`a device is called what people call it: ${withBrowser}`, async t => {
    t.equal(deviceTitle({ ...NOTHING, ...device }, textsIn('en')), title)
    t.equal(deviceWithBrowser({ ...NOTHING, ...device }, textsIn('en')), withBrowser)
  })
}

t.test('devices are called by words of the language', async t => {
  const device: Device = { ...NOTHING, browser: 'Chrome', os: 'Windows', kind: 'desktop' }
  t.equal(deviceTitle(device, textsIn('de')), 'Windows-Computer')
  t.equal(deviceWithBrowser(device, textsIn('ja')), 'Windows パソコン（Chrome）')
  t.match(deviceWithBrowser(device, textsIn('ar')), /^\u2068.*\(Chrome\)\u2069$/, 'the bracket stays beside the browser')
})
