import { createRequire } from 'node:module'
import fc from 'fast-check'
import t from 'tap'
import { readHints } from '../../plugin/client/client-hints.js'
import { CLIENT_HINTS, cutUserAgent, describeDevice, hasClientHints, type HeaderRecord, wantsClientHints } from '../../plugin/client/device.js'
import { labelOf } from '../../plugin/client/label.js'
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
  ['http://seewithkids.com/bot', 'seewithkids', null],
  ['http://www.montastic.com/robot', 'montastic', null],
  ['archive.org_bot/3.3', 'archive_bot', '3.3'],
  ['Mozilla/5.0 (l9scan/2.0; +https://github.com/LeakIX/l9scan)', 'l9scan', '2'],
  ['Mozilla/5.0 [en] (X11, U; OpenVAS)', 'OpenVAS', null],
  ['Mozilla/5.0 (compatible; +http://tweetedtimes.com)', 'tweetedtimes', null],
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

const LURES = [
  'evil.example', 'www.evil', 'WWW evil', 'https://evil', 'HTTPS:evil', '//evil', '\\\\evil\\share', 'mail@evil', 'evil.EXAMPLE/login', '203.0.113.9/login', 'xn--80ak6aa92e.xn--p1ai',
  'see evil.example now', 'evil\u3002example', 'ｅｖｉｌ．ｅｘａｍｐｌｅ', 'evil\u2024example', 'пример.рф', 'node.js.evil.example', 'evil.jsp', 'evil.js-x',
  'Your account is locked.', 'Sign in again!', 'Attention! Call us', 'Who is it?', 'Warning: virus', 'Locked; call us', 'Hello, ada', 'One. Two', 'Wait…', '请致电。', '锁定，请致电',
  'Please call our support team right now', 'Call +1 800 555 0199', 'Call 0800-123-4567', 'Call (030) 123 456 78'
]

const NAMES = [
  'Node.js', 'http.rb', 'Vert.x', 'KDDI-CA31 UP.Browser', 'Centro Ads.txt Crawler', 'Yahoo! Slurp', 'Unshorten!', 'E. Orliac', "Let's Encrypt validation server", 'Samsung Internet',
  'HeadlessChrome', 'Penthouse Critical Path CSS Generator', 'SM-S928B/DS', 'moto g(8) power', 'Redmi Note 13 Pro 5G', 'Xiaomi Redmi Note 13 Pro Plus 5G (2024)', 'iPhone14,2',
  'Nokia 3310 2017', '2201117TY', 'grub-client-1.0.4', '8.1', '149.0.7827.55', 'XP', 'Till 3', '微信'
]

t.test('what looks like a link, a sentence or a phone number is no label; names of browsers and devices are', async t => {
  t.strictSame(LURES.filter(lure => labelOf(lure) !== null), [])
  t.strictSame(NAMES.filter(name => labelOf(name) !== name), [])
})

t.test('no lure gets into a device, wherever it is sent', async t => {
  const shown = (userAgent: string, headers: HeaderRecord = {}) => Object.values(describeDevice(userAgent, headers)).join(' | ')
  for (const lure of LURES) {
    const said = [
      lure, `${lure}/1.0`, `Mozilla/5.0 (compatible; ${lure}/1.0)`, `Mozilla/5.0 (${lure})`, `${lure} Mozilla/5.0`, `Mozilla/5.0 ${lure} bot`,
      `Mozilla/5.0 (X11; Linux) AppleWebKit/537.36 (KHTML, like Gecko) ${lure}/1.0 Chrome/149.0.0.0 Electron/40.0`, `Mozilla/5.0 (Linux; Android 15; ${lure}) AppleWebKit/537.36 Chrome/149.0.0.0 Mobile`,
      `Mozilla/5.0 (Linux; Android 15; ${lure} Build/1) AppleWebKit/537.36 Chrome/149.0.0.0 Mobile`, `Mozilla/5.0 (${lure} 10; x64) AppleWebKit/537.36 Chrome/149.0.0.0`
    ].map(userAgent => shown(userAgent))
    const hints = { 'sec-ch-ua': `"Chromium";v="149", "${lure}";v="149"`, 'sec-ch-ua-platform': '"Android"', 'sec-ch-ua-model': `"${lure}"`, 'sec-ch-ua-platform-version': `"${lure}"` }
    t.strictSame([...said, shown(ANDROID, hints)].filter(text => text.includes(lure) || /:\/\/|www\.|@|[.\u3002](?!js|rb|txt)[\p{L}]{2}/u.test(text.normalize('NFKC'))), [], lure)
  }
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

// --- client hints ---

const WINDOWS = 'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/149.0.0.0 Safari/537.36'
const ANDROID = 'Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/149.0.0.0 Mobile Safari/537.36'
const MAC = 'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/149.0.0.0 Safari/537.36'

const low = { 'sec-ch-ua': '"Google Chrome";v="149", "Chromium";v="149", "Not)A;Brand";v="24"', 'sec-ch-ua-mobile': '?0', 'sec-ch-ua-platform': '"Windows"' }

t.test('Accept-CH asks for versions, the model and the form, by the names of the headers', async t => {
  t.equal(CLIENT_HINTS, 'Sec-CH-UA-Platform-Version, Sec-CH-UA-Model, Sec-CH-UA-Full-Version-List, Sec-CH-UA-Form-Factors')
})

t.test('each of the hints that were asked for shows that the browser answers', async t => {
  for (const name of CLIENT_HINTS.toLowerCase().split(', ')) t.ok(hasClientHints({ [name]: '""' }), name)
  t.notOk(hasClientHints(low))
  t.notOk(hasClientHints({}))
})

t.test('only a browser that knows hints and has not sent them is to be asked', async t => {
  t.ok(wantsClientHints(low))
  t.notOk(wantsClientHints({ ...low, 'sec-ch-ua-platform-version': '"15.0.0"' }))
  t.notOk(wantsClientHints({ 'user-agent': WINDOWS }))
})

t.test('without the full list the short one names the browser', async t => {
  t.match(describeDevice(WINDOWS, low), { browser: 'Chrome', browserVersion: '149', osVersion: null })
  t.match(describeDevice(WINDOWS, { 'sec-ch-ua': '"Brave";v="149", "Chromium";v="149"' }), { browser: 'Brave', browserVersion: '149' })
})

const VERSIONS: Array<[told: string, shown: string | null]> = [
  ['19.0.0', '11'], ['15.0.0', '11'], ['13.0.0', '11'], ['12.0.0', null], ['11.0.0', null], ['10.0.0', '10'], ['1.0.0', '10'],
  ['0.3.0', '8.1'], ['0.2.0', '8'], ['0.1.0', '7'], ['0.9.0', null], ['0', null], ['', null], ['-1', null], ['15x', null], ['2000.0.0', null], ['1e99', null], ['eleven', null], ['13', '11']
]

for (const [told, shown] of VERSIONS) {
  t.test(`Windows that tells of version "${told}" is ${shown === null ? 'just Windows' : `Windows ${shown}`}`, async t => {
    t.equal(describeDevice(WINDOWS, { ...low, 'sec-ch-ua-platform-version': `"${told}"` }).osVersion, shown)
  })
}

t.test('macOS and Android tell their versions as people know them', async t => {
  const version = (userAgent: string, platform: string, told: string) => describeDevice(userAgent, { ...low, 'sec-ch-ua-platform': `"${platform}"`, 'sec-ch-ua-platform-version': `"${told}"` }).osVersion
  t.equal(version(MAC, 'macOS', '26.1.0'), '26.1')
  t.equal(version(MAC, 'macOS', '10.15.7'), '10.15.7')
  t.equal(version(MAC, 'macOS', '15.0.0'), '15')
  t.equal(version(ANDROID, 'Android', '16.0.0'), '16')
  t.equal(version(ANDROID, 'Android', '8.1.0'), '8.1')
  t.equal(version(ANDROID, 'Android', ''), null)
  t.equal(version(ANDROID, 'Android', '99999999999'), null)
  t.equal(version(ANDROID, 'Windows', '15.0.0'), null, 'of another system')
})

t.test('the form factor of an Android overrides what its user agent looks like', async t => {
  const kind = (formFactors: string) => describeDevice(ANDROID, { ...low, 'sec-ch-ua-platform': '"Android"', 'sec-ch-ua-form-factors': formFactors }).kind
  t.equal(kind('"Tablet"'), 'tablet')
  t.equal(kind('"Desktop"'), 'desktop')
  t.equal(kind('"Automotive", "Tablet"'), 'other')
  t.equal(kind('"Watch"'), 'other')
  t.equal(kind('"EInk", "Tablet"'), 'tablet', 'the first that has a glyph')
  t.equal(kind('"constructor"'), 'phone')
  t.equal(kind(''), 'phone')
})

t.test('no computer becomes a tablet by its form factors', async t => {
  t.equal(describeDevice(WINDOWS, { ...low, 'sec-ch-ua-form-factors': '"Tablet", "Desktop"' }).kind, 'desktop')
})

const BRANDS: Array<[brands: string, browser: string, version: string]> = [
  ['"Not A;Brand";v="99", "Chromium";v="149.0.1.2", "Google Chrome";v="149.0.1.2"', 'Chrome', '149.0.1.2'],
  ['"Chromium";v="149.0.1.2", "Google Chrome";v="149.0.1.2", " Not;A Brand";v="99"', 'Chrome', '149.0.1.2'],
  ['"Chromium";v="149.0.1.2", "(Not(A:Brand";v="99"', 'Chromium', '149.0.1.2'],
  ['"\\\\Not\\"A;Brand";v="99", "Chromium";v="149.0.1.2"', 'Chromium', '149.0.1.2'],
  ['"Chromium";v="149.0.1.2", "Android WebView";v="149.0.1.2"', 'Android WebView', '149.0.1.2'],
  ['"Chromium";v="149.0.1.2", "Google Chrome";v="149.0.1.2", "Vivaldi";v="7.7"', 'Vivaldi', '7.7'],
  ['"Chromium";v="149.0.1.2", "Samsung Internet";v="29.0"', 'Samsung Internet', '29'],
  ['"Chromium";v="149.0.1.2", "Microsoft Edge";v="149.0.4.5", "Microsoft Edge WebView2";v="149.0.4.6"', 'Edge', '149.0.4.5'],
  ['"Chromium";v="149.0.1.2", "DuckDuckGo"', 'DuckDuckGo', ''],
  ['"...";v="1", "Chromium";v="149.0.1.2"', 'Chromium', '149.0.1.2'],
  ['"Chromium";v="148.0.1.2", "Brave";v="148.0.1.2"', 'Chrome', '149'],
  ['"Chromium";v="149.0.1.2", "constructor";v="1", "__proto__";v="2"', 'constructor', '1'],
  ['"Brave";v="149.0.1.2"', 'Chrome', '149']
]

for (const [brands, browser, version] of BRANDS) {
  t.test(`${brands} is ${browser} ${version}`, async t => {
    const device = describeDevice(WINDOWS, { 'sec-ch-ua-full-version-list': brands })
    t.strictSame([device.browser, device.browserVersion ?? ''], [browser, version])
  })
}

t.test('a browser that names itself in the user agent keeps its name', async t => {
  const device = describeDevice(`${WINDOWS} Vivaldi/7.7.3851.52`, { 'sec-ch-ua-full-version-list': '"Chromium";v="149.0.1.2", "Google Chrome";v="149.0.1.2"' })
  t.strictSame([device.browser, device.browserVersion], ['Vivaldi', '7'])
})

t.test('a model is a word or nothing', async t => {
  const model = (value: string | string[]) => describeDevice(ANDROID, { ...low, 'sec-ch-ua-platform': '"Android"', 'sec-ch-ua-model': value }).model
  t.equal(model('"Pixel 9 Pro Fold"'), 'Pixel 9 Pro Fold')
  t.equal(model('" SM-S938B "'), 'SM-S938B')
  t.equal(model('"a \\"quoted\\" \\\\ one"'), 'a "quoted" \\ one')
  t.equal(model(['"Pixel 9"', '"Pixel 8"']), 'Pixel 9')
  t.equal(model('"K"'), null)
  t.equal(model('"12.0"'), null)
  t.equal(model('""'), null)
  t.equal(model('" "'), null)
  t.equal(model('"..."'), null)
  t.equal(model('Pixel'), null)
  t.equal(model(`"${'x'.repeat(61)}"`), null)
  t.equal(describeDevice(WINDOWS, { ...low, 'sec-ch-ua-model': '"Surface"' }).model, null, 'of a computer')
})

const LISTS: Array<[text: string, names: string[]]> = [
  ['"a"', ['a']],
  ['"a", "b"', ['a', 'b']],
  ['"a","b"\t,\t"c"', ['a', 'b', 'c']],
  ['  "a"  ', ['a']],
  ['"a";v="1";q=0.5; r=?1;s', ['a']],
  ['"a, b";v="1"', ['a, b']],
  ['', []],
  ['"a",', []],
  [',"a"', []],
  ['"a" "b"', []],
  ['"a"; v="1', []],
  ['"a', []],
  ['a', []],
  ['"a";V="1"', []],
  ['"a\\n"', []],
  ['"ü"', []],
  ['"a\u0000"', []],
  ['("a")', []],
  ['"a";v="' + '1'.repeat(2000) + '"', []]
]

for (const [text, names] of LISTS) {
  t.test(`${JSON.stringify(text.slice(0, 40))} is ${names.length === 0 ? 'no list' : `a list of ${names.length}`}`, async t => {
    t.strictSame(readHints({ 'sec-ch-ua-form-factors': text }).formFactors, names)
  })
}

t.test('a brand without a version has none', async t => {
  t.strictSame(readHints({ 'sec-ch-ua': '"Chromium", "Brave";x="1"' }).brands, [{ name: 'Chromium', version: '' }, { name: 'Brave', version: '' }])
})

t.test('what is no header at all is read as none', async t => {
  const odd = { 'sec-ch-ua': 7, 'sec-ch-ua-platform': null, 'sec-ch-ua-model': {}, 'sec-ch-ua-form-factors': [null, Symbol('x'), '"XR"'] } as unknown as HeaderRecord
  t.strictSame(readHints(odd), { brands: [], platform: '', platformVersion: '', model: '', formFactors: ['XR'] })
  t.match(describeDevice(WINDOWS, odd), { browser: 'Chrome', browserVersion: '149' })
})

// --- user agents seen in the wild, and random ones ---

const require = createRequire(import.meta.url)
// The package gives only random ones; its data are what was seen in the wild.
const seen = (require('../../node_modules/user-agents/dist/user-agents.json') as Array<{ userAgent: string }>).map(({ userAgent }) => userAgent)
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
