import t from 'tap'
import { cutUserAgent, describeDevice } from '../../plugin/client/device.js'
import { labelOf } from '../../plugin/client/names.js'
import { isDevice, isWord } from '../support/device-shape.js'
import { SAMPLES } from '../support/user-agents.js'

for (const { what, userAgent, device, hints, hinted } of SAMPLES) {
  t.test(`${what} is ${device.browser ?? 'no known browser'} on ${device.os ?? 'no known system'}`, async t => {
    t.strictSame(describeDevice(userAgent), device)
    t.strictSame(describeDevice(userAgent, {}), device)
  })
  if (hints === undefined) continue
  t.test(`${what} is ${hinted?.browser} ${hinted?.browserVersion} on ${[hinted?.os, hinted?.osVersion].join(' ').trim()} with client hints`, async t => {
    t.strictSame(describeDevice(userAgent, hints), hinted)
  })
}

t.test('the table is large and each of its rows is another', async t => {
  t.ok(SAMPLES.length >= 80)
  t.ok(SAMPLES.filter(({ hints }) => hints !== undefined).length >= 12)
  t.equal(new Set(SAMPLES.map(({ what }) => what)).size, SAMPLES.length)
})

t.test('what one word of a user agent changes', async t => {
  const android = (comment: string, rest = 'Chrome/149.0.0.0 Mobile Safari/537.36') => describeDevice(`Mozilla/5.0 (Linux; ${comment}) AppleWebKit/537.36 (KHTML, like Gecko) ${rest}`)

  t.match(android('Android 10; K'), { osVersion: null, model: null }, 'the frozen Android')
  t.match(android('Android 10; Pixel 3'), { osVersion: '10', model: 'Pixel 3' }, 'a real Android 10')
  t.match(android('Android 8.1.0; moto g(6)'), { osVersion: '8.1', model: 'moto g(6)' })
  t.match(android('Android 11; CUBOT X50 Build/RP1A.200720.011'), { browser: 'Chrome', model: 'CUBOT X50', kind: 'phone' }, 'a phone whose name ends in bot')
  t.match(android('Android 12; SM-T970', 'Chrome/149.0.0.0 Safari/537.36'), { kind: 'tablet', model: 'SM-T970' })
})

t.test('systems of their own time keep their version', async t => {
  t.equal(describeDevice('Mozilla/5.0 (Windows NT 6.3; Win64; x64; rv:115.0) Gecko/20100101 Firefox/115.0').osVersion, '8.1')
  t.equal(describeDevice('Mozilla/5.0 (Windows NT 5.1; rv:52.0) Gecko/20100101 Firefox/52.0').osVersion, 'XP')
  t.equal(describeDevice('Mozilla/5.0 (Macintosh; Intel Mac OS X 10_14_6) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/14.1.2 Safari/605.1.15').osVersion, '10.14.6')
  t.equal(describeDevice('Mozilla/5.0 (iPhone; CPU iPhone OS 18_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 Mobile/15E148 Safari/604.1').osVersion, '18.6')
  t.equal(describeDevice('Mozilla/5.0 (iPhone; CPU iPhone OS 27_0_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) CriOS/154.0.8037.55 Mobile/15E148 Safari/604.1').osVersion, '27.0.1')
  t.equal(describeDevice('Mozilla/5.0 (Windows Phone 10.0; Android 6.0.1; Microsoft; Lumia 950) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/52.0.2743.116 Mobile Safari/537.36 Edge/15.15254').os, 'Windows Phone')
})

t.test('HarmonyOS is told by its form', async t => {
  t.match(describeDevice('Mozilla/5.0 (PC; OpenHarmony 5.0) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/132.0.0.0 Safari/537.36 ArkWeb/5.0.1.110'), { os: 'HarmonyOS', osVersion: '5', kind: 'desktop' })
  t.match(describeDevice('Mozilla/5.0 (Tablet; OpenHarmony 5.0) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/132.0.0.0 Safari/537.36 ArkWeb/5.0.1.110'), { os: 'HarmonyOS', kind: 'tablet' })
})

const ROBOTS: Array<[userAgent: string, name: string, version: string | null]> = [
  ['Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/125.0.0.0 Safari/537.36 YisouSpider/5.0', 'YisouSpider', '5'],
  ['Mozilla/5.0 edansbot (Windows NT 10.0; Win64; x64; rv:90.0) Gecko/20100101 Firefox/118.0', 'edansbot', null],
  ['Mozilla/5.0 (compatible; Yahoo! Slurp; http://help.yahoo.com/help/us/ysearch/slurp)', 'Yahoo! Slurp', null],
  ['Mozilla/5.0+(compatible;+PiplBot;+http://www.pipl.com/bot/)', 'PiplBot', null],
  ['Better Uptime Bot Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/74.0.3729.169 Safari/537.36', 'Better Uptime Bot', '5'],
  ['Yanga WorldSearch Bot v1.1/beta (http://www.yanga.co.uk/)', 'Yanga WorldSearch Bot', '1.1'],
  ['2ip bot/1.1 (+http://2ip.io)', '2ip bot', '1.1'],
  ['http://seewithkids.com/bot', 'seewithkids.com', null],
  ['Mozilla/5.0 (l9scan/2.0; +https://github.com/LeakIX/l9scan)', 'l9scan', '2'],
  ['Mozilla/5.0 [en] (X11, U; OpenVAS)', 'OpenVAS', null],
  ['Mozilla/5.0 (compatible; +http://tweetedtimes.com)', 'tweetedtimes.com', null],
  ['Mozilla/5.0 (Java) outbrain', 'outbrain', null]
]

for (const [userAgent, name, version] of ROBOTS) {
  t.test(`${userAgent} is ${name}`, async t => {
    t.match(describeDevice(userAgent), { browser: name, browserVersion: version, kind: 'program', model: null })
  })
}

t.test('browsers of old that say "compatible" are no robots', async t => {
  t.match(describeDevice('Mozilla/4.0 (compatible; MSIE 8.0; Windows NT 6.1; Trident/4.0)'), { browser: 'Internet Explorer', browserVersion: '8', os: 'Windows', osVersion: '7' })
})

t.test('a word that only begins like bot is no robot', async t => {
  t.equal(describeDevice('Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/149.0.0.0 Safari/537.36 Abbott/1.0').browser, 'Chrome')
})

t.test('a laptop whose maker also makes phones is a desktop', async t => {
  t.match(describeDevice('Mozilla/5.0 (Windows NT 10.0; WOW64; Trident/7.0; Touch; Dell Latitude; rv:11.0) like Gecko'), { os: 'Windows', kind: 'desktop', model: null })
})

t.test('a browser that hides its name on a known system has none', async t => {
  t.match(describeDevice('Mozilla/5.0 (Linux; Android 14; SM-A546B)'), { browser: null, browserVersion: null, os: 'Android' })
})

const HOSTILE = [
  '<script>alert(1)</script>', '<img src=x onerror=alert(1)>/1.0', '"><svg onload=alert(1)>', '${7*7}', '{{7*7}}', '<%= 7*7 %>', // eslint-disable-line no-template-curly-in-string
  '../../etc/passwd', '\u202Egnp.exe', '\0\0\0', '\uD800', 'constructor/1.0', '__proto__/1.0', 'toString/1.0', 'hasOwnProperty',
  'Mozilla/5.0 (constructor; __proto__) toString/1.0', '('.repeat(16_000), ' '.repeat(16_000), 'a/'.repeat(8_000), '; '.repeat(8_000), 'x'.repeat(16_000) + '/1',
  'Mozilla/5.0 (Linux; Android ' + '9'.repeat(16_000) + ') Chrome/' + '9.'.repeat(8_000), 'compatible; '.repeat(2_000), 'bot/'.repeat(4_000), 'a'.repeat(300) + 'bot',
  'Mozilla/5.0 (Linux; Android 15; \u202Egnp.exe Build/1) AppleWebKit/537.36 Chrome/149.0.0.0 Mobile Safari/537.36', 'Mozilla/5.0 ' + '(x)'.repeat(5_000)
]

for (const userAgent of HOSTILE) {
  t.test(`${JSON.stringify(userAgent.slice(0, 40))} is told in words or not at all`, async t => {
    t.ok(isDevice(describeDevice(userAgent)))
    t.ok(isDevice(describeDevice(userAgent, { 'sec-ch-ua': userAgent, 'sec-ch-ua-platform': userAgent, 'sec-ch-ua-model': [userAgent, userAgent] })))
  })
}

t.test('a word that JavaScript knows is a browser\'s name like any other', async t => {
  t.equal(describeDevice('constructor/1.0').browser, 'constructor')
})

t.test('what is no text for a page is no word', async t => {
  const unfit = ['', ' ', 'x'.repeat(61), '\u202Egnp.exe', 'a\0b', 'a\nb', '\uD800', 'a\u200Bb', 'a\u2028b', 'a\u2029b', '…', '\u{1F600}']
  t.strictSame(unfit.map(labelOf), unfit.map(() => null))
  t.strictSame(unfit.map(isWord), unfit.map(() => false))

  const fit = ['x', 'Pixel 9', 'moto g(7) power', '微信', 'x'.repeat(60), '\u{20000}'.repeat(60)]
  t.strictSame(fit.map(labelOf), fit)
  t.strictSame(fit.map(isWord), fit.map(() => true))

  t.equal(labelOf(' Pixel 9 '), 'Pixel 9')
  t.equal(labelOf(null), null)
  t.equal(labelOf(undefined), null)
})

t.test('512 characters of a user agent are kept', async t => {
  t.equal(cutUserAgent('x'.repeat(513)), 'x'.repeat(512))
  t.equal(cutUserAgent('x'.repeat(512)), 'x'.repeat(512))
  t.equal(cutUserAgent('curl/8.5.0'), 'curl/8.5.0')
  t.equal(cutUserAgent(undefined), '')
})

t.test('what comes after 512 characters changes nothing', async t => {
  const userAgent = 'Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0'.padEnd(512)
  t.strictSame(describeDevice(`${userAgent} compatible; Googlebot/2.1`), describeDevice(userAgent))
})
