import t from 'tap'
import { type Device, deviceName } from '../../plugin/index.js'

const named = (device: Partial<Device>, language?: string | null): string =>
  deviceName({ browser: null, browserVersion: null, os: null, osVersion: null, kind: 'unknown', model: null, ...device }, language)

t.test('a device has a name, whatever is known of it', async t => {
  t.equal(named({ browser: 'Chrome', os: 'Windows', osVersion: '8.1' }), 'Chrome on Windows 8.1')
  t.equal(named({ browser: 'Safari', os: 'iOS', osVersion: '18.4' }), 'Safari on iOS 18')
  t.equal(named({ browser: 'Firefox', os: 'Linux' }), 'Firefox on Linux')
  t.equal(named({ os: 'Linux' }), 'Unknown browser on Linux')
  t.equal(named({ browser: 'curl' }), 'curl')
  t.equal(named({}), 'Unknown device')
})

t.test('in the language that is asked for, or in English', async t => {
  const firefox = { browser: 'Firefox', os: 'Linux' }
  t.equal(named(firefox, 'de-AT'), 'Firefox auf Linux')
  t.equal(named(firefox, 'fr-CH, fr;q=0.9, en;q=0.8'), 'Firefox sur Linux')
  t.equal(named(firefox, 'tlh'), 'Firefox on Linux')
  for (const none of ['', null, undefined]) t.equal(named(firefox, none), 'Firefox on Linux')
})
