import t from 'tap'
import { cutUserAgent, describeDevice, type DeviceKind } from '../plugin/device.js'

const WEBKIT = 'AppleWebKit/537.36 (KHTML, like Gecko)'

const KNOWN: Array<[userAgent: string, browser: string | null, os: string | null, kind: DeviceKind]> = [
  [`Mozilla/5.0 (Windows NT 10.0; Win64; x64) ${WEBKIT} Chrome/149.0.0.0 Safari/537.36`, 'Chrome', 'Windows', 'desktop'],
  [`Mozilla/5.0 (Windows NT 10.0; Win64; x64) ${WEBKIT} Chrome/149.0.0.0 Safari/537.36 Edg/149.0.0.0`, 'Edge', 'Windows', 'desktop'],
  [`Mozilla/5.0 (Windows NT 10.0; Win64; x64) ${WEBKIT} Chrome/149.0.0.0 Safari/537.36 OPR/120.0.0.0`, 'Opera', 'Windows', 'desktop'],
  [`Mozilla/5.0 (X11; Linux x86_64) ${WEBKIT} HeadlessChrome/149.0.0.0 Safari/537.36`, 'Chrome', 'Linux', 'desktop'],
  [`Mozilla/5.0 (X11; CrOS x86_64 14541.0.0) ${WEBKIT} Chrome/149.0.0.0 Safari/537.36`, 'Chrome', 'ChromeOS', 'desktop'],
  ['Mozilla/5.0 (X11; Ubuntu; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0', 'Firefox', 'Ubuntu', 'desktop'],
  ['Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/26.0 Safari/605.1.15', 'Safari', 'macOS', 'desktop'],
  ['Mozilla/5.0 (iPhone; CPU iPhone OS 18_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/26.0 Mobile/15E148 Safari/604.1', 'Safari', 'iOS', 'phone'],
  ['Mozilla/5.0 (iPad; CPU OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.5 Mobile/15E148 Safari/604.1', 'Safari', 'iOS', 'tablet'],
  ['Mozilla/5.0 (iPhone; CPU iPhone OS 18_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) CriOS/149.0.0.0 Mobile/15E148 Safari/604.1', 'Chrome', 'iOS', 'phone'],
  [`Mozilla/5.0 (Linux; Android 10; K) ${WEBKIT} Chrome/149.0.0.0 Mobile Safari/537.36`, 'Chrome', 'Android', 'phone'],
  ['Mozilla/5.0 (Android 15; Mobile; rv:145.0) Gecko/145.0 Firefox/145.0', 'Firefox', 'Android', 'phone'],
  [`Mozilla/5.0 (Linux; Android 14; SAMSUNG SM-S928B) ${WEBKIT} SamsungBrowser/28.0 Chrome/130.0.0.0 Mobile Safari/537.36`, 'Samsung Internet', 'Android', 'phone'],
  [`Mozilla/5.0 (SMART-TV; LINUX; Tizen 7.0) ${WEBKIT} SamsungBrowser/4.0 Chrome/94.0.4606.31 TV Safari/537.36`, 'Samsung Internet', 'Tizen', 'tv'],
  ['curl/8.5.0', 'curl', null, 'unknown'],
  ['python-requests/2.32.3', 'python-requests', null, 'unknown'],
  ['okhttp/4.12.0', 'okhttp', null, 'unknown'],
  ['PostmanRuntime/7.43.0', 'PostmanRuntime', null, 'unknown'],
  ['', null, null, 'unknown'],
  ['Mozilla/5.0', null, null, 'unknown'],
  ['-', null, null, 'unknown']
]

for (const [userAgent, browser, os, kind] of KNOWN) {
  t.test(`${userAgent || 'no user agent'} is ${browser ?? 'no known browser'} on ${os ?? 'no known system'}`, async t => {
    t.strictSame(describeDevice(userAgent), { browser, os, kind })
  })
}

const HOSTILE = [
  '<script>alert(1)</script>', '<img src=x onerror=alert(1)>/1.0', '"><svg onload=alert(1)>', '${7*7}', '{{7*7}}', '<%= 7*7 %>', // eslint-disable-line no-template-curly-in-string
  '../../etc/passwd', '\u202Egnp.exe', '\0\0\0', '\uD800', 'constructor/1.0', '__proto__/1.0', 'toString/1.0', 'hasOwnProperty',
  'Mozilla/5.0 (constructor; __proto__) toString/1.0', '('.repeat(16_000), ' '.repeat(16_000), 'a/'.repeat(8_000), '; '.repeat(8_000), 'x'.repeat(16_000) + '/1',
  'Mozilla/5.0 (Linux; Android ' + '9'.repeat(16_000) + ') Chrome/' + '9.'.repeat(8_000)
]

for (const userAgent of HOSTILE) {
  t.test(`${JSON.stringify(userAgent.slice(0, 40))} is told in words or not at all`, async t => {
    const { browser, os, kind } = describeDevice(userAgent)
    for (const word of [browser, os]) {
      if (word === null) continue
      t.type(word, 'string')
      t.match(word, /^.{1,100}$/su)
    }
    t.ok(['desktop', 'phone', 'tablet', 'tv', 'other', 'unknown'].includes(kind))
  })
}

t.test('a word that JavaScript knows is a browser\'s name like any other', async t => {
  t.equal(describeDevice('constructor/1.0').browser, 'constructor')
})

t.test('512 characters of a user agent are kept', async t => {
  t.equal(cutUserAgent('x'.repeat(513)), 'x'.repeat(512))
  t.equal(cutUserAgent('x'.repeat(512)), 'x'.repeat(512))
  t.equal(cutUserAgent('curl/8.5.0'), 'curl/8.5.0')
  t.equal(cutUserAgent(undefined), '')
})
