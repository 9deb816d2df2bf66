import { type AddressInfo, connect } from 'node:net'
import { basename } from 'node:path'
import bcrypt from 'bcrypt'
import { check } from 'recheck'
import t, { type Test } from 'tap'
import { describeDevice } from '../../plugin/client/device.js'
import { addressPatterns } from '../../plugin/client/network.js'
import { bcryptPassword } from '../../plugin/confirmation/password.js'
import { PASSWORD } from '../support/app.js'
import { browser, COOKIE, type Reply, setCookies } from '../support/browser-jar.js'
import { NAUGHTY } from '../support/naughty.js'
import { API, createShopWithPages, formOf, PAGE } from '../support/page.js'
import { type Regex, regexesOf, sourcesOf } from '../support/regexes.js'
import { root } from '../support/root.js'
import { observed } from '../support/observed-store.js'

const JSON_TYPE = { 'content-type': 'application/json' }
const FORM_TYPE = { 'content-type': 'application/x-www-form-urlencoded' }
const right = JSON.stringify(PASSWORD)

/** JSON with no string where the password belongs, or no JSON at all, though the right password is in it. */
const BODIES: string[] = [
  '', ' ', 'null', 'true', '0', '""', '[]', '{}', right, `[${right}]`, `[{"password":${right}}]`, '{"password":null}', '{"password":true}', '{"password":1}', '{"password":1e999}', '{"password":[]}', '{"password":{}}',
  `{"password":[${right}]}`, `{"password":[[${right}]]}`, '{"password":{"$ne":null}}', '{"password":{"$gt":""}}', '{"password":{"$regex":".*"}}', '{"password":{"toString":"x"}}', `{"password":{"0":${right},"length":1}}`,
  `{"__proto__":{"password":${right}}}`, `{"constructor":{"prototype":{"password":${right}}}}`, `{"password":{"__proto__":${right}}}`, `{"Password":${right}}`, `{"password ":${right}}`, `{"pass\\u0000word":${right}}`,
  `{"password":${right},"password":{"$ne":null}}`, `{"password":${right},"password":null}`, `{"password":${right},"__proto__":null}`,
  '{"password":NaN}', '{"password":undefined}', `{"password":${right}}x`, `{"password":${right}}{}`, `{"password":${right}`, `{password:${right}}`, `{'password':${right}}`, `{"password":${right},}`, `/**/{"password":${right}}`,
  `\ufeff\ufeff{"password":${right}}`, `${'['.repeat(8000)}${']'.repeat(8000)}`, `{"password":${'['.repeat(7900)}${right}${']'.repeat(7900)}}`, '['.repeat(10_000), `{"password":${'{"a":'.repeat(10_000)}1${'}'.repeat(10_000)}}`,
  `{"password":${right},"more":"${'x'.repeat(1_000_000)}"}`
]

/** The same as a form; the token is put before it. */
const FORMS: string[] = [
  '', 'password=', 'password', '=', '&&&', `password=${PASSWORD}&password=${PASSWORD}`, `password[]=${PASSWORD}`, `password[0]=${PASSWORD}`, 'password[$ne]=', `password.x=${PASSWORD}`, `Password=${PASSWORD}`, `password%00=${PASSWORD}`,
  `__proto__[password]=${PASSWORD}`, `__proto__=${PASSWORD}`, `constructor.prototype.password=${PASSWORD}`, `{"password":${right}}`, `x=${'x'.repeat(1_000_000)}&password=${PASSWORD}`
]

/** Ada's laptop and phone, in a shop where every password that is looked at is right. */
async function setup (t: Test) {
  const store = observed()
  const checked: string[] = []
  const app = await createShopWithPages(t, { store, verifyPassword: () => password => { checked.push(password); return true } })
  const [laptop, phone] = [browser(app), browser(app)]
  await laptop.signIn('ada')
  const { id } = await phone.signIn('ada')
  const { csrf } = formOf(await laptop.get(`${PAGE}/${id}/revoke`)).fields as { csrf: string }
  return { app, store, checked, laptop, phone, id, csrf }
}

const isRefused = ({ statusCode }: Reply): boolean => statusCode >= 400 && statusCode < 500

t.test('JSON that holds no string for a password confirms nothing and counts as no attempt', async t => {
  const { store, checked, laptop, id } = await setup(t)
  const before = await store.everything()
  for (const url of [`${API}/${id}/revoke`, `${API}/others/revoke`]) {
    for (const payload of BODIES) {
      const reply = await laptop.post(url, undefined, { payload, headers: JSON_TYPE })
      t.ok(isRefused(reply), `${reply.statusCode}: ${payload.slice(0, 60)}`)
      t.equal(await store.everything(), before)
    }
  }
  t.strictSame(checked, [])
})

t.test('a form that holds no one password, or no one token, confirms nothing and counts as no attempt', async t => {
  const { store, checked, laptop, id, csrf } = await setup(t)
  const before = await store.everything()
  const tokens = ['', `csrf=${csrf}&csrf=${csrf}&password=x`, `csrf[]=${csrf}&password=x`, `csrf[0]=${csrf}&password=x`, `__proto__[csrf]=${csrf}&password=x`, `csrf=${csrf}%00&password=x`, `csrf=%20${csrf}&password=x`, `{"csrf":"${csrf}","password":"x"}`]
  for (const url of [`${PAGE}/${id}/revoke`, `${PAGE}/others/revoke`]) {
    for (const payload of [...FORMS.map(form => `csrf=${encodeURIComponent(csrf)}&${form}`), ...tokens]) {
      const reply = await laptop.post(url, undefined, { payload, headers: FORM_TYPE })
      t.ok(isRefused(reply), `${reply.statusCode}: ${payload.slice(0, 80)}`)
      t.equal(await store.everything(), before)
    }
  }
  t.strictSame(checked, [])
})

t.test('naughty passwords reach the check as they were typed, through forms and JSON', async t => {
  const { checked, laptop, csrf, app } = await setup(t)
  const typed = [...NAUGHTY, '🔑', 'a\u0000b', '  x  ', 'x'.repeat(1024)].filter(text => text !== '' && text.length <= 1024)
  for (const password of typed) {
    checked.length = 0
    t.equal((await laptop.post('/confirm', { password })).statusCode, 200)
    t.equal((await laptop.post(`${API}/others/revoke`, { password })).statusCode, 200)
    t.strictSame(checked, [password, password])
    // Forms know no halves of characters.
    if (/\p{Cs}/u.test(password)) continue
    await laptop.post(`${PAGE}/others/revoke`, undefined, { payload: new URLSearchParams({ csrf, password }).toString(), headers: FORM_TYPE })
    t.equal(checked[2], password)
  }
  t.equal((await app.loginSessions.list('ada')).length, 1)
})

t.test('with bcrypt, what differs from a password is not it: zeros, case, spaces, halves of characters, and all of its first 72 bytes', async t => {
  const long = `${'é'.repeat(35)}12`
  const check = async (hashed: string, typed: string): Promise<unknown> => {
    const hash = await bcrypt.hash(hashed, 4)
    return await (await bcryptPassword(() => hash)('ada'))!(typed)
  }
  t.equal(Buffer.byteLength(long), 72)
  for (const [hashed, typed] of [
    ['secret', 'secret\u0000'], ['secret\u0000a', 'secret'], ['secret\u0000a', 'secret\u0000b'], ['secret', 'Secret'], ['secret', 'secret '], ['🔑', '🔒'], ['🔑', '\ud83d'], [long, `${long.slice(0, -1)}3`], [`${long}x`, `${long.slice(0, -1)}3x`]
  ] as const) t.equal(await check(hashed, typed), false, JSON.stringify([hashed, typed]))
  t.equal(await check('\u0000🔑é', '\u0000🔑é'), true)
  t.equal(await check(`${long}x`, `${long}y`), true, 'what follows them is not looked at, as the README of bcrypt has it')
})

t.test('a password of a megabyte is wrong without being looked at', async t => {
  const { checked, laptop } = await setup(t)
  const { statusCode } = await laptop.post('/confirm', { password: 'x'.repeat(1_000_000) })
  t.equal(statusCode, 422)
  t.strictSame(checked, [])
})

t.test('of a session cookie every beginning, every doubling and every stranger\'s signature is anonymous, and writes nothing', async t => {
  const { app, store, laptop, phone } = await setup(t)
  const own = laptop.cookieValue()!
  const value = decodeURIComponent(own)
  const [token, signature] = value.split('.') as [string, string]
  const [otherToken, otherSignature] = decodeURIComponent(phone.cookieValue()!).split('.') as [string, string]
  const before = await store.everything()
  const forged = [
    ...Array.from({ length: value.length }, (_, length) => value.slice(0, length)), ...Array.from({ length: value.length }, (_, start) => value.slice(start + 1)),
    `${token}.${otherSignature}`, `${otherToken}.${signature}`, `${value}${value}`, `${token}.${token}.${signature}`, `${token}..${signature}`, `${signature}.${token}`, `.${value}`, `${value}.`, value.toUpperCase(), `s:${value}`,
    '%', '%E0%A4%A', '%00', '"', '""', '"x', '\u00e9\u00fc', 'x'.repeat(10_000), '.'.repeat(10_000), '%'.repeat(10_000)
  ]
  for (const cookie of forged) {
    const sent = `${COOKIE}=${cookie}; ${COOKIE}-device=${cookie}`
    const [home, account] = [await app.inject({ url: '/', headers: { cookie: sent } }), await app.inject({ url: '/account', headers: { cookie: sent } })]
    t.strictSame([home.statusCode, home.json().user, account.statusCode], [200, null, 401], cookie.slice(0, 60))
    t.notOk([home, account].flatMap(setCookies).some(line => !line.startsWith(`${COOKIE}=;`)), 'nothing is given')
  }
  t.equal(await store.everything(), before)
  t.equal(await laptop.user(), 'ada')
})

/** What is answered to these bytes: everything until the server closes. */
async function answerTo (port: number, ...bytes: Array<string | Buffer>): Promise<string> {
  return await new Promise((resolve, reject) => {
    let answer = ''
    const socket = connect(port, '127.0.0.1', () => { socket.end(Buffer.concat(bytes.map(part => Buffer.isBuffer(part) ? part : Buffer.from(part, 'latin1')))) })
    socket.setEncoding('latin1').on('data', text => { answer += text }).on('close', () => resolve(answer)).on('error', error => {
      // The server may close before it has read everything.
      if (answer === '' && (error as NodeJS.ErrnoException).code !== 'ECONNRESET') reject(error)
    })
  })
}

t.test('bytes that no client library sends get an answer below 500 or none, and write nothing', async t => {
  const { app, store, laptop, phone, id } = await setup(t)
  await app.listen({ port: 0, host: '127.0.0.1' })
  const { port } = app.server.address() as AddressInfo
  const before = await store.everything()
  const head = `Host: shop.example\r\nX-Forwarded-Proto: https\r\nConnection: close\r\nCookie: ${COOKIE}=${laptop.cookieValue()}\r\n`
  const post = `POST ${API}/${id}/revoke HTTP/1.1\r\n${head}Content-Type: application/json\r\n`
  const body = `{"password":${right}}`
  const RAW: Array<[what: string, ...bytes: Array<string | Buffer>]> = [
    ['nothing', ''], ['zeros', '\0\0\0\0\r\n\r\n'], ['no HTTP', 'hello\r\n\r\n'], ['TLS', Buffer.from([0x16, 3, 1, 0, 200, 1])], ['HTTP/9.9', `GET / HTTP/9.9\r\n${head}\r\n`], ['HTTP/2', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'],
    ['no host', 'GET / HTTP/1.1\r\n\r\n'], ['two hosts', `GET / HTTP/1.1\r\nHost: a\r\n${head}\r\n`], ['a path of bytes', `GET ${PAGE}/\xff\xfe/revoke HTTP/1.1\r\n${head}\r\n`], ['a path with a zero', `GET ${PAGE}/\0/revoke HTTP/1.1\r\n${head}\r\n`],
    ['broken percent-encoding', `GET ${PAGE}/%ff/revoke?%=%zz HTTP/1.1\r\n${head}\r\n`], ['no path', `OPTIONS * HTTP/1.1\r\n${head}\r\n`], ['another host\'s URL', `GET http://evil.example${PAGE} HTTP/1.1\r\n${head}\r\n`], ['two slashes', `GET //evil.example${PAGE} HTTP/1.1\r\n${head}\r\n`], ['dots', `GET ${PAGE}/assets/../../../../etc/passwd HTTP/1.1\r\n${head}\r\n`], ['encoded dots', `GET ${PAGE}/assets/%2e%2e%2f%2e%2e%2fpackage.json HTTP/1.1\r\n${head}\r\n`],
    ['a header that goes on', `GET ${PAGE} HTTP/1.1\r\n${head}User-Agent: a\r\n b\r\n\r\n`], ['a header with a zero', `GET ${PAGE} HTTP/1.1\r\n${head}User-Agent: a\0b\r\n\r\n`], ['lone line feeds', `GET ${PAGE} HTTP/1.1\n${head.replaceAll('\r', '')}\n`], ['a lone carriage return', `GET ${PAGE} HTTP/1.1\r\n${head}User-Agent: a\rSet-Cookie: b\r\n\r\n`],
    ['64 KB of cookie', `GET ${PAGE} HTTP/1.1\r\n${head}Cookie: ${'x'.repeat(65_536)}\r\n\r\n`], ['a thousand cookies', `GET / HTTP/1.1\r\n${head}${`Cookie: ${COOKIE}=x\r\n`.repeat(1000)}\r\n`], ['two cookies of ours', `GET / HTTP/1.1\r\n${head}Cookie: ${COOKIE}=forged.x\r\n\r\n`],
    ['two lengths', `${post}Content-Length: ${body.length}\r\nContent-Length: 1\r\n\r\n${body}`], ['a length and chunks', `${post}Content-Length: ${body.length}\r\nTransfer-Encoding: chunked\r\n\r\n${body}`], ['no chunks', `${post}Transfer-Encoding: chunked\r\n\r\n${body}`], ['an odd coding', `${post}Transfer-Encoding: gzip\r\n\r\n${body}`], ['a body too short', `${post}Content-Length: 500\r\n\r\n${body}`], ['a negative length', `${post}Content-Length: -1\r\n\r\n${body}`],
    ['Sec-Fetch-Site twice', `${post}Sec-Fetch-Site: same-origin\r\nSec-Fetch-Site: cross-site\r\nContent-Length: ${body.length}\r\n\r\n${body}`], ['Sec-Fetch-Site twice the same', `${post}Sec-Fetch-Site: same-origin\r\nSec-Fetch-Site: same-origin\r\nContent-Length: ${body.length}\r\n\r\n${body}`], ['Origin twice', `${post}Origin: https://shop.example\r\nOrigin: https://evil.example\r\nContent-Length: ${body.length}\r\n\r\n${body}`], ['Content-Type twice', `${post.replace('application/json', 'text/plain')}Content-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body}`],
    ['an expectation', `${post}Expect: the-unexpected\r\nContent-Length: ${body.length}\r\n\r\n${body}`], ['a method of its own', `REVOKE ${API}/${id}/revoke HTTP/1.1\r\n${head}\r\n`], ['CONNECT', `CONNECT shop.example:443 HTTP/1.1\r\n${head}\r\n`], ['TRACE', `TRACE ${PAGE} HTTP/1.1\r\n${head}\r\n`], ['an upgrade', `GET ${PAGE} HTTP/1.1\r\n${head.replace('close', 'upgrade')}Upgrade: websocket\r\n\r\n`], ['half a request', `GET ${PAGE} HTTP/1.1\r\nHost: shop`]
  ]
  for (const [what, ...bytes] of RAW) {
    const answer = await answerTo(port, ...bytes)
    t.match(answer, /^(?:HTTP\/1\.[01] [1-4]\d\d |$)/, what)
    t.notMatch(answer, /^Set-Cookie: b/im, what)
    t.equal(await store.everything(), before, what)
  }
  t.strictSame([await laptop.user(), await phone.user()], ['ada', 'ada'])
})

// --- regular expressions: none of them is slow on any text ---

/** Judges by search where the proof would take minutes. No verdict depends on the speed of this machine. */
const JUDGE = { timeout: null, attackTimeout: null, incubationTimeout: null, seedingTimeout: null, maxNFASize: 200 }

/** How the steps of a match may grow with its text: 1 with the text, 2 with its square, … */
async function degreeOf ({ source, flags }: Pick<Regex, 'source' | 'flags'>): Promise<number> {
  const verdict = await check(source, flags, JUDGE)
  if (verdict.status === 'safe') return 1
  return verdict.status === 'vulnerable' && verdict.complexity.type === 'polynomial' ? verdict.complexity.degree : Infinity
}

/**
 * Files that read nothing longer than the 512 characters which are kept of a user agent: the square of that is a quarter
 * of a million steps, a millisecond. Its cube would be a hundred million.
 */
const READS_LITTLE = new Set(['device.ts', 'label.ts', 'names.ts', 'system.ts'])

/** What an operator's search makes of networks of every length, and of those with zeros, which have several spellings. */
function networkRegexes (): RegExp[] {
  const lengths = (first: number, last: number): number[] => Array.from({ length: last - first + 1 }, (_, index) => first + index)
  const networks = [
    ...lengths(8, 32).map(bits => `203.0.113.200/${bits}`),
    ...lengths(16, 128).map(bits => `2001:db8:7:8:9:a:b:c/${bits}`),
    ...lengths(4, 32).map(digits => `::/${4 * digits}`),
    ...lengths(1, 8).map(groups => `2001:0:0:8::c/${16 * groups}`)
  ]
  const made = networks.flatMap(network => addressPatterns(network)!.patterns).filter(pattern => typeof pattern !== 'string')
  // Expressions that differ in digits only are one for the judge.
  const byShape = new Map(made.map(regex => [regex.source.replaceAll(/(?<![[{,-])\b[0-9a-f]+(?![\]}-])/g, '1'), regex]))
  return [...byShape.values()]
}

t.test('the judge knows a slow expression when it sees one', async t => {
  t.equal(await degreeOf({ source: '^(a+)+$', flags: '' }), Infinity)
  t.equal(await degreeOf({ source: '^(?:\\w|\\d)*x', flags: 'i' }), Infinity)
  t.equal(await degreeOf({ source: 'a.*b.*c$', flags: '' }), 3)
  t.equal(await degreeOf({ source: '\\s+$', flags: '' }), 2)
  t.equal(await degreeOf({ source: '^[a-z]+$', flags: 'i' }), 1)
})

t.test('no expression of the plugin or of the page\'s scripts is slow on any text that it gets', async t => {
  const files = [...sourcesOf(`${root}plugin`, '.ts'), ...sourcesOf(`${root}public`, '.js')]
  const regexes = files.flatMap(file => regexesOf(file, basename(file) === 'network.ts' ? networkRegexes() : []))
  t.ok(regexes.length > 60, `${regexes.length} expressions`)
  const degrees = await Promise.all(regexes.map(degreeOf))
  for (const [index, regex] of regexes.entries()) {
    const limit = READS_LITTLE.has(basename(regex.file)) ? 2 : 1
    const degree = degrees[index]!
    if (degree > limit) t.fail(`${basename(regex.file)}: /${regex.source}/${regex.flags} may take text to the power of ${degree}`)
  }
})

/** ua-parser-js looked at the first for half a second, at the second for a tenth, before its words were cut. */
const MADE_TO_BE_SLOW = ['archos ' + '1'.repeat(505), 'naver(' + '1.'.repeat(253), `Mozilla/5.0 (Linux; Android 9; archos ${'1'.repeat(475)}`]

t.test('a flood of user agents that are made to be slow is told before this test has to end', async t => {
  let told = 0
  while (told < 1500) told += MADE_TO_BE_SLOW.filter(userAgent => describeDevice(userAgent).kind !== undefined).length
  t.equal(told, 1500)
})
