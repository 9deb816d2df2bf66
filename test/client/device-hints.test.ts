import t from 'tap'
import { readHints } from '../../plugin/client/client-hints.js'
import { CLIENT_HINTS, describeDevice, hasClientHints, wantsClientHints, type HeaderRecord } from '../../plugin/client/device.js'

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
