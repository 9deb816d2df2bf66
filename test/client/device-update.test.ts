/**
 * A device as later requests describe it: the row follows the updates of its browser, and never becomes another device.
 */
import t from 'tap'
import { describeDevice, type Device } from '../../plugin/client/device.js'
import { updatedDevice } from '../../plugin/client/device-update.js'

const PIXEL: Device = { browser: 'Chrome', browserVersion: '149.0.7827.55', os: 'Android', osVersion: '16', kind: 'phone', model: 'Pixel 9' }

/** What a request changes, of the fields that it shows otherwise. Null: nothing. */
const update = (seen: Partial<Device>, recorded: Partial<Device> = {}, isSameUserAgent = false) =>
  updatedDevice({ ...PIXEL, ...recorded }, { ...PIXEL, ...seen }, isSameUserAgent)

t.test('versions follow upwards, compared as numbers, part by part', async t => {
  t.strictSame(update({ browserVersion: '150.0.1' }), { ...PIXEL, browserVersion: '150.0.1' })
  t.strictSame(update({ browserVersion: '150', osVersion: null, model: null }), { ...PIXEL, browserVersion: '150' }, 'what the request does not say stays')
  t.strictSame(update({ browserVersion: '149.0.7827.100' }), { ...PIXEL, browserVersion: '149.0.7827.100' })
  t.strictSame(update({ browserVersion: '1000' }), { ...PIXEL, browserVersion: '1000' })
  t.strictSame(update({ osVersion: '17' }), { ...PIXEL, osVersion: '17' })
  t.strictSame(update({ osVersion: '16.1', browserVersion: '150' }), { ...PIXEL, osVersion: '16.1', browserVersion: '150' })
})

t.test('details are added, and never taken away', async t => {
  t.strictSame(update({}, { browserVersion: '149', osVersion: null, model: null }), PIXEL)
  t.equal(update({ browserVersion: '149' }), null)
  t.equal(update({ browserVersion: null, osVersion: null, model: null }), null)
  t.equal(update({}), null)
})

t.test('a version that is lower, or is not a number, changes nothing', async t => {
  t.equal(update({ browserVersion: '148' }), null)
  t.equal(update({ browserVersion: '149.0.7827.54' }), null)
  t.equal(update({ browserVersion: '150', osVersion: '15' }), null, 'another device')
  t.equal(update({ browserVersion: '148', osVersion: '17' }), null)
  t.equal(update({ osVersion: 'XP' }), null)
  t.equal(update({ osVersion: '11' }, { osVersion: 'XP' }), null)
})

t.test('another browser, system, kind or model is another device', async t => {
  for (const other of [{ browser: 'Edge' }, { browser: null }, { os: 'Linux' }, { os: null }, { kind: 'tablet' }, { kind: 'unknown' }, { model: 'Pixel 8' }] as const) {
    for (const isSame of [true, false]) t.equal(update({ browserVersion: '150', ...other }, {}, isSame), null, JSON.stringify(other))
  }
})

t.test('only the same user agent may add the kind, or to a browser without a name', async t => {
  t.strictSame(update({}, { kind: 'unknown' }, true), PIXEL)
  t.equal(update({}, { kind: 'unknown' }, false), null)
  t.strictSame(update({ browser: null, osVersion: '17' }, { browser: null }, true), { ...PIXEL, browser: null, osVersion: '17' })
  t.equal(update({ browser: null, osVersion: '17' }, { browser: null }, false), null)
})

t.test('updates of real browsers are followed', async t => {
  const updates: Array<[before: string, now: string, changes: Partial<Device>]> = [
    ['Mozilla/5.0 (X11; Linux x86_64; rv:151.0) Gecko/20100101 Firefox/151.0', 'Mozilla/5.0 (X11; Linux x86_64; rv:152.0) Gecko/20100101 Firefox/152.0', { browserVersion: '152' }],
    ['Mozilla/5.0 (iPhone; CPU iPhone OS 18_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/26.1 Mobile/15E148 Safari/604.1',
      'Mozilla/5.0 (iPhone; CPU iPhone OS 18_7 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/26.2 Mobile/15E148 Safari/604.1', { browserVersion: '26.2', osVersion: '26.2' }],
    ['curl/8.5.0', 'curl/8.10.1', { browserVersion: '8.10' }]
  ]
  for (const [before, now, changes] of updates) {
    t.strictSame(updatedDevice(describeDevice(before), describeDevice(now), false), { ...describeDevice(before), ...changes })
    t.equal(updatedDevice(describeDevice(now), describeDevice(before), false), null)
  }
})
