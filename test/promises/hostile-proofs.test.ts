/**
 * What others than browsers send to the routes of device binding, and as its cookies: each is refused, writes nothing, and logs no
 * secret.
 */
import { createHmac, generateKeyPairSync, type KeyObject, sign } from 'node:crypto'
import t, { type Test } from 'tap'
import { signerFactory } from '@fastify/cookie'
import { requireDeviceBinding } from '../../plugin/index.js'
import { keysFor } from '../../plugin/request/keys.js'
import { createShop, OLD_SECRET } from '../support/app.js'
import { COOKIE, type Reply } from '../support/browser-jar.js'
import { createClock, MINUTE, SECOND } from '../support/clock.js'
import { observed } from '../support/observed-store.js'
import { type RawDevice, rawDevice, sendWith } from '../support/raw-device.js'
import { BOUND_COOKIE, DEMAND_COOKIE, proofOf, REFRESH, REGISTER } from '../support/software-device.js'

/** Ada's laptop is bound; Bob's phone has signed in, and may still register; Eve has a bound session of her own. */
async function setup (t: Test) {
  const [store, clock, logs] = [observed(), createClock(), [] as string[]]
  const app = await createShop(t, {
    deviceBound: true,
    store,
    now: clock.now,
    logs,
    routes: app => app.all('/transfer', { onRequest: requireDeviceBinding() }, async () => ({ sent: true }))
  })
  const [ada, bob, eve] = [await rawDevice(app, 'ada'), await rawDevice(app, 'bob'), await rawDevice(app, 'eve')]
  for (const one of [ada, eve]) {
    t.equal((await one.register()).statusCode, 200)
    t.equal((await one.send('GET', '/account')).statusCode, 200)
  }
  await app.loginSessions.settled()
  // Every request needs its bound cookie now, and no touch is due.
  clock.advance(40 * SECOND)
  logs.length = 0
  return { app, store, clock, logs, ada, bob, eve }
}

type World = Awaited<ReturnType<typeof setup>>

// --- proofs ---

const base64url = (value: unknown): string => Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64url')

/** What a proof is made of: by itself the right one. */
interface Parts {
  header?: object
  payload?: unknown
  signature?: string | ((input: string) => string)
}

interface Context {
  /** The one that the server waits for. */
  challenge: string
  device: RawDevice
  /** Somebody else's, for the same use. */
  foreign: string
  /** Of the other use, for the same session. */
  swapped: string
  eve: RawDevice
}

type MakeProof = (context: Context) => string | Promise<string>

const ecdsa = (key: KeyObject, input: string): string => sign('sha256', Buffer.from(input), { key, dsaEncoding: 'ieee-p1363' }).toString('base64url')

async function written ({ challenge, device }: Context, { header, payload, signature }: Parts): Promise<string> {
  const right = { alg: 'ES256', typ: 'dbsc+jwt', jwk: device.publicKey }
  const input = `${base64url({ ...right, ...header })}.${base64url(payload === undefined ? { jti: challenge } : payload)}`
  if (typeof signature === 'string') return `${input}.${signature}`
  if (signature !== undefined) return `${input}.${signature(input)}`
  const bytes = await crypto.subtle.sign({ name: 'ECDSA', hash: 'SHA-256' }, device.privateKey, Buffer.from(input))
  return `${input}.${Buffer.from(bytes).toString('base64url')}`
}

const with_ = (parts: Parts): MakeProof => context => written(context, parts)
const withHeader = (header: object): MakeProof => with_({ header })
const withJwk = (jwk: unknown, header: object = {}): MakeProof => withHeader({ jwk, ...header })
const withPayload = (make: (context: Context) => unknown): MakeProof => context => written(context, { payload: make(context) })
const raw = (make: string | ((right: string) => string)): MakeProof =>
  async context => typeof make === 'string' ? make : make(await written(context, {}))

/** With a key of its own, in the header as well. */
function withOwnKey (type: 'ec' | 'rsa' | 'ed25519', options: object, alg: string, change: object = {}): MakeProof {
  const { privateKey, publicKey } = generateKeyPairSync(type as 'ec', options as { namedCurve: string })
  const jwk = { ...publicKey.export({ format: 'jwk' }), ...change }
  return with_({ header: { alg, jwk }, signature: input => type === 'ec' ? ecdsa(privateKey, input) : sign(type === 'rsa' ? 'sha256' : null, Buffer.from(input), privateKey).toString('base64url') })
}

const ec = generateKeyPairSync('ec', { namedCurve: 'P-256' })
const ecJwk = ec.publicKey.export({ format: 'jwk' })
const hs256 = (secret: string | Buffer, header: object = {}): MakeProof =>
  with_({ header: { alg: 'HS256', ...header }, signature: input => createHmac('sha256', secret).update(input).digest('base64url') })

const GARBAGE: Record<string, MakeProof> = Object.fromEntries([
  '', ' ', 'x', '.', '..', '...', 'a.b.c', '""', '"', '"x', '%', '{}', 'null', '\u00e9', 'e30.e30.', 'e30.e30.e30', `${base64url('null')}.${base64url('null')}.`, `${base64url([])}.${base64url([])}.x`,
  'x'.repeat(16_384), '.'.repeat(16_384), 'A.'.repeat(8192), `"${'A'.repeat(16_384)}"`, `a${' '.repeat(16_384)}b`, 'x'.repeat(1_000_000)
].map(text => [`the text ${text.slice(0, 20)} of ${text.length} characters`, raw(text)]))

const MALFORMED: Record<string, MakeProof> = {
  'a proof without its signature': raw(proof => proof.slice(0, proof.lastIndexOf('.') + 1)),
  'a proof with a fourth part': raw(proof => `${proof}.x`),
  'a proof twice': raw(proof => `${proof}, ${proof}`),
  'a proof with half of its signature': raw(proof => proof.slice(0, -43)),
  'a proof with another first bit': raw(proof => proof.slice(0, -2) + (proof.endsWith('AA') ? 'QQ' : 'AA')),
  'a signature of zeros': with_({ signature: 'A'.repeat(86) }),
  'a signature in DER': with_({ header: { jwk: ecJwk }, signature: input => sign('sha256', Buffer.from(input), ec.privateKey).toString('base64url') }),
  'a payload that is a list': withPayload(({ challenge }) => [challenge]),
  'a payload that is a text': withPayload(({ challenge }) => JSON.stringify(challenge)),
  'a payload that is null': withPayload(() => 'null'),
  'a payload that is no JSON': withPayload(() => '{"jti":'),
  'a payload of many brackets': withPayload(({ challenge }) => `{"jti":"${challenge}","x":${'['.repeat(5000)}${']'.repeat(5000)}}x`),
  'no jti': withPayload(() => ({})),
  ...Object.fromEntries([1, true, null, {}, [], ''].map(jti => [`the jti ${JSON.stringify(jti)}`, withPayload(() => ({ jti }))])),
  'the challenge in a list': withPayload(({ challenge }) => ({ jti: [challenge] })),
  'the challenge as another claim': withPayload(({ challenge }) => ({ nonce: challenge, jti: 'x' })),
  'a proof that is over': withPayload(({ challenge }) => ({ jti: challenge, exp: 1 })),
  'a proof that is not yet valid': withPayload(({ challenge }) => ({ jti: challenge, nbf: 9_999_999_999 }))
}

const ALGORITHMS: Record<string, MakeProof> = {
  'alg none, unsigned': with_({ header: { alg: 'none' }, signature: '' }),
  'alg None, unsigned': with_({ header: { alg: 'None' }, signature: '' }),
  'alg none, signed': withHeader({ alg: 'none' }),
  'no alg': withHeader({ alg: undefined }),
  'alg in a list': withHeader({ alg: ['ES256'] }),
  'alg a number': withHeader({ alg: 256 }),
  'HS256 with the public key as JSON': async context => await hs256(JSON.stringify(context.device.publicKey))(context),
  'HS256 with a coordinate of the public key': async context => await hs256(Buffer.from(context.device.publicKey.x!, 'base64url'))(context),
  'HS256 with the public key as PEM': hs256(ec.publicKey.export({ format: 'pem', type: 'spki' }), { jwk: ecJwk }),
  'HS256 with its secret in the header': hs256('secret', { jwk: { kty: 'oct', k: base64url('secret') } }),
  'ES256 said to be RS256': withHeader({ alg: 'RS256' }),
  'ES256 said to be ES384': withHeader({ alg: 'ES384' }),
  'ES256 said to be ES256K': withHeader({ alg: 'ES256K' }),
  'RS256 said to be ES256': withOwnKey('rsa', { modulusLength: 2048 }, 'ES256'),
  'RS256 said to be PS256': withOwnKey('rsa', { modulusLength: 2048 }, 'PS256'),
  Ed25519: withOwnKey('ed25519', {}, 'EdDSA'),
  'no typ': withHeader({ typ: undefined }),
  'typ JWT': withHeader({ typ: 'JWT' }),
  'typ a list': withHeader({ typ: ['dbsc+jwt'] }),
  'crit exp': withHeader({ crit: ['exp'], exp: 1 }),
  'crit empty': withHeader({ crit: [] }),
  'crit b64': withHeader({ crit: ['b64'], b64: false }),
  'crit something unknown': withHeader({ crit: ['http://example.com/x'], 'http://example.com/x': true })
}

/** Keys that a registration brings. A refresh does not look at them, but these have not signed with the session's key. */
const KEYS: Record<string, MakeProof> = {
  'RSA of 512 bits': withOwnKey('rsa', { modulusLength: 512 }, 'RS256'),
  'RSA of 1024 bits': withOwnKey('rsa', { modulusLength: 1024 }, 'RS256'),
  'RSA of 1024 bits, filled up with zeros': withFilledModulus(),
  'RSA of 16384 bits': with_({ header: { alg: 'RS256', jwk: { kty: 'RSA', n: `_${'w'.repeat(2730)}`, e: 'AQAB' } }, signature: 'w'.repeat(2731) }),
  'RSA of zeros': with_({ header: { alg: 'RS256', jwk: { kty: 'RSA', n: 'A'.repeat(342), e: 'AQAB' } }, signature: 'A'.repeat(342) }),
  ...Object.fromEntries(['AQ', 'Ag', 'Aw', 'AA', 'AAEAAQ', `_${'w'.repeat(341)}`].map(e =>
    [`RSA with the exponent ${e.slice(0, 8)}`, with_({ header: { alg: 'RS256', jwk: { kty: 'RSA', n: `v${'w'.repeat(341)}`, e } }, signature: 'A'.repeat(342) })])),
  'RSA with an exponent of 3': withOwnKey('rsa', { modulusLength: 2048, publicExponent: 3 }, 'RS256'),
  'P-384': withOwnKey('ec', { namedCurve: 'P-384' }, 'ES256'),
  'P-384 said to be P-256': withOwnKey('ec', { namedCurve: 'P-384' }, 'ES256', { crv: 'P-256' }),
  'secp256k1 said to be P-256': withOwnKey('ec', { namedCurve: 'secp256k1' }, 'ES256', { crv: 'P-256' }),
  'P-256 said to be P-384': withOwnKey('ec', { namedCurve: 'P-256' }, 'ES256', { crv: 'P-384' }),
  'P-256 said to be RSA': withOwnKey('ec', { namedCurve: 'P-256' }, 'ES256', { kty: 'RSA' }),
  'a private key': with_({ header: { jwk: ec.privateKey.export({ format: 'jwk' }) }, signature: input => ecdsa(ec.privateKey, input) }),
  'another key than the one that signs': withOwnKey('ec', { namedCurve: 'P-256' }, 'ES256', ecJwk)
}

function withFilledModulus (): MakeProof {
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 1024 })
  const n = Buffer.concat([Buffer.alloc(128), Buffer.from(publicKey.export({ format: 'jwk' }).n!, 'base64url')]).toString('base64url')
  return with_({ header: { alg: 'RS256', jwk: { kty: 'RSA', n, e: 'AQAB' } }, signature: input => sign('sha256', Buffer.from(input), privateKey).toString('base64url') })
}

/** Only a registration looks at these: the session's key has signed. */
const UNUSABLE: Record<string, MakeProof> = {
  'no key': withJwk(undefined),
  ...Object.fromEntries([null, 5, 'x', [], {}, true].map(jwk => [`the key ${JSON.stringify(jwk)}`, withJwk(jwk)])),
  ...Object.fromEntries(['oct', 'OKP', ['EC'], null, 5].map(kty => [`kty ${JSON.stringify(kty)}`, (context: Context) => written(context, { header: { jwk: { ...context.device.publicKey, kty } } })])),
  'a point that is not on the curve': withJwk({ ...ecJwk, x: ecJwk.y, y: ecJwk.x }),
  'the point of zeros': withJwk({ kty: 'EC', crv: 'P-256', x: 'A'.repeat(43), y: 'A'.repeat(43) }),
  'a coordinate that is too short': withJwk({ ...ecJwk, x: 'A'.repeat(42) }),
  'a coordinate that is too long': withJwk({ ...ecJwk, y: 'A'.repeat(44) }),
  'a coordinate that is a number': withJwk({ ...ecJwk, x: 5 }),
  'a coordinate with an operator': withJwk({ ...ecJwk, x: { $gt: '' } })
}

const CHALLENGES: Record<string, MakeProof> = {
  "somebody else's challenge": withPayload(({ foreign }) => ({ jti: foreign })),
  'a challenge for the other route': withPayload(({ swapped }) => ({ jti: swapped })),
  'a challenge with a space': withPayload(({ challenge }) => ({ jti: `${challenge} ` })),
  'a challenge without its signature': withPayload(({ challenge }) => ({ jti: challenge.slice(0, challenge.lastIndexOf('.')) })),
  'a challenge for somebody else, with the signature of this one': withPayload(({ challenge, device, eve }) => ({ jti: challenge.replace(device.key, eve.key) })),
  'a challenge that is signed with another secret': withPayload(({ challenge }) =>
    ({ jti: signerFactory(keysFor('device challenge', [OLD_SECRET])).sign(challenge.slice(0, challenge.lastIndexOf('.'))) })),
  'a challenge that is signed as a cookie': withPayload(({ challenge }) =>
    ({ jti: signerFactory(keysFor('bound cookie', [OLD_SECRET])).sign(challenge.slice(0, challenge.lastIndexOf('.'))) }))
}

/** A refused answer, which gives nothing and changes nothing. */
async function isRefused ({ store }: World, before: string, reply: Reply): Promise<boolean> {
  return reply.statusCode >= 400 && reply.statusCode < 500 && reply.headers['set-cookie'] === undefined && await store.everything() === before
}

/** The log only warns of cookies without a proof, and holds none of these. */
function logsAreClean (t: Test, { logs }: World, secrets: string[]): void {
  const warnings = logs.filter(line => /"level":(?:4|5|6)0/.test(line) && !/FST_LOGIN_SESSION_DEVICE_UNPROVEN|a bound session was refused/.test(line))
  t.strictSame(warnings, [], 'nothing is wrong with the server')
  for (const secret of secrets) t.notOk(logs.some(line => line.includes(secret)))
}

t.test('a proof that is wrong in one way registers nothing, and the right one does', async t => {
  const world = await setup(t)
  const { app, store, ada, bob, eve } = world
  const context: Context = { challenge: bob.challenge, device: bob, foreign: eve.challenge, swapped: await bob.newChallenge(), eve }
  const before = await store.everything()
  for (const [what, make] of Object.entries({ ...GARBAGE, ...MALFORMED, ...ALGORITHMS, ...KEYS, ...UNUSABLE, ...CHALLENGES })) {
    const reply = await app.inject({ method: 'POST', url: REGISTER, headers: { 'secure-session-response': await make(context) } })
    t.ok(await isRefused(world, before, reply), `${what}: ${reply.statusCode} ${reply.body}`)
  }
  t.equal((await ada.register()).statusCode, 400, 'a session is bound once')
  t.equal(await store.everything(), before)
  logsAreClean(t, world, [context.challenge, ...ada.cookies.values()])
  t.equal((await bob.register(await written(context, {}))).statusCode, 200)
})

t.test('a proof that is wrong in one way renews nothing, and the right one does', async t => {
  const world = await setup(t)
  const { app, store, clock, ada, bob, eve } = world
  const context: Context = { challenge: await ada.newChallenge(), device: ada, foreign: await eve.newChallenge(), swapped: ada.challenge, eve }
  const before = await store.everything()
  const send = (key: string, proof: string): Promise<Reply> =>
    app.inject({ method: 'POST', url: REFRESH, headers: { 'sec-secure-session-id': key, 'secure-session-response': proof } })
  for (const [what, make] of Object.entries({ ...GARBAGE, ...MALFORMED, ...ALGORITHMS, ...KEYS, ...CHALLENGES })) {
    const reply = await send(ada.key, await make(context))
    t.ok(await isRefused(world, before, reply), `${what}: ${reply.statusCode} ${reply.body}`)
  }
  for (const [whose, key] of [["Eve's", eve.key], ["Bob's, who is not bound", bob.key], ["nobody's", 'A'.repeat(30)]] as const) {
    const reply = await send(key, await written(context, {}))
    t.ok(await isRefused(world, before, reply), `the right proof for ${whose} session: ${reply.statusCode}`)
  }
  const byEve = await send(ada.key, await proofOf(context.challenge, eve.privateKey, 'ES256', eve.publicKey))
  t.equal(byEve.statusCode, 401)
  t.equal(await store.everything(), before)
  logsAreClean(t, world, [context.challenge, ...ada.cookies.values()])

  const once = await ada.newChallenge()
  clock.advance(1)
  const late = await ada.newChallenge()
  t.equal((await send(ada.key, await written({ ...context, challenge: once }, {}))).statusCode, 200)
  const after = await store.everything()
  t.ok(await isRefused(world, after, await send(ada.key, await written({ ...context, challenge: once }, {}))), 'a challenge is used once')
  clock.advance(2 * MINUTE)
  t.ok(await isRefused(world, after, await send(ada.key, await written({ ...context, challenge: late }, {}))), 'a challenge is over after two minutes')
})

// --- what comes with proofs ---

const IDS = [
  undefined, '', '"', '""', 'x', 'A'.repeat(29), 'A'.repeat(31), 'A'.repeat(16_384), '.'.repeat(30), `__proto__${'_'.repeat(21)}`, '../../../../../../../etc/passwd', '\u00e9'.repeat(30), "'", `"${'A'.repeat(30)}`,
  `"${'A'.repeat(30)}", "x"`, `'${'A'.repeat(30)}'`, '{"$ne":null}', ';', `${'A'.repeat(30)};`, `"${'A'.repeat(30)}";a="b"`, '%41'.repeat(10)
]

t.test('a refresh for an identifier that nobody has is refused, with and without a proof', async t => {
  const world = await setup(t)
  const { app, store, ada } = world
  const proof = await proofOf(await ada.newChallenge(), ada.privateKey, 'ES256')
  const before = await store.everything()
  for (const id of IDS) {
    for (const more of [{}, { 'secure-session-response': proof }]) {
      const reply = await app.inject({ method: 'POST', url: REFRESH, headers: { ...(id !== undefined && { 'sec-secure-session-id': id }), ...more } })
      t.ok(await isRefused(world, before, reply), `${id?.slice(0, 40)}: ${reply.statusCode}`)
      t.notMatch(reply.headers['secure-session-challenge'] ?? '', /[^\w.;"=+/-]/)
    }
  }
  logsAreClean(t, world, [proof])
})

t.test('bodies and methods that no browser sends change nothing, and bodies of a type that the server reads do no harm', async t => {
  const world = await setup(t)
  const { app, store, ada } = world
  const before = await store.everything()
  const bodies: Array<[type: string | undefined, body: string]> = [
    ['application/json', '{'], ['application/json', '{"jti":"x"}'], ['application/json', '"x"'], ['application/json', `"${'x'.repeat(2_000_000)}"`], ['text/plain', 'x'], ['application/x-www-form-urlencoded', 'a=b'],
    ['multipart/form-data; boundary=x', '--x--'], ['application/jwt', 'a.b.c'], ['application/xml', '<a/>'], [undefined, 'x'], ['', 'x'], ['/', 'x'], ['application/octet-stream', '\0'], ['application/;json', '{}']
  ]
  for (const url of [REGISTER, REFRESH]) {
    for (const [type, payload] of bodies) {
      const reply = await app.inject({ method: 'POST', url, payload, headers: { 'sec-secure-session-id': ada.key, ...(type !== undefined && { 'content-type': type }) } })
      t.ok(await isRefused(world, before, reply), `${type} ${payload.slice(0, 10)}: ${reply.statusCode}`)
    }
    for (const method of ['GET', 'HEAD', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'] as const) {
      const proof = await proofOf(await ada.newChallenge(), ada.privateKey, 'ES256', ada.publicKey)
      const reply = await app.inject({ method, url, headers: { 'sec-secure-session-id': ada.key, 'secure-session-response': proof } })
      t.ok(await isRefused(world, before, reply), `${method}: ${reply.statusCode}`)
    }
  }
  const reply = await ada.send('POST', REFRESH, { 'sec-secure-session-id': ada.key, 'secure-session-response': await proofOf(await ada.newChallenge(), ada.privateKey, 'ES256') }, { any: 'thing' })
  t.equal(reply.statusCode, 200, 'the right proof with a body that nobody asked for')
})

// --- cookies ---

t.test('no cookie but those that the session was given prove its device; a right one among others does', async t => {
  const world = await setup(t)
  const { app, store, logs, ada, eve } = world
  const [bound, other] = [ada.cookies.get(BOUND_COOKIE)!, eve.cookies.get(BOUND_COOKIE)!]
  await ada.peek('GET', '/account')
  const demanded = new Map(ada.cookies)
  t.equal((await sendWith(app, demanded, 'POST', '/transfer')).statusCode, 307)
  const demand = demanded.get(DEMAND_COOKIE)!
  const [content, signature] = [bound.slice(0, bound.lastIndexOf('.')), bound.slice(bound.lastIndexOf('.') + 1)]
  const before = await store.everything()
  logs.length = 0
  const forged = [
    ...Array.from({ length: bound.length }, (_, length) => bound.slice(0, length)), ...Array.from({ length: bound.length }, (_, start) => bound.slice(start + 1)),
    other, demand, `${content}.${other.slice(other.lastIndexOf('.') + 1)}`, `${other.slice(0, 30)}${bound.slice(30)}`, `${bound}${bound}`, `${bound}.`, `.${bound}`, `"${bound}"`, encodeURIComponent(`${bound} `), `${content}.zzzzzz.${signature}`,
    signerFactory(keysFor('bound cookie', [OLD_SECRET])).sign(content), '%', '%00', '\u00e9', 'x'.repeat(10_000), '.'.repeat(10_000)
  ]
  const sent = (name: string, ...values: string[]): string => [`${COOKIE}=${ada.cookies.get(COOKIE)}`, ...values.map(value => `${name}=${value}`)].join('; ')
  const statusOf = async (url: string, cookie: string, more = {}): Promise<number> => (await app.inject({ url, headers: { cookie, ...more } })).statusCode
  for (const value of forged) {
    for (const name of value === demand ? [BOUND_COOKIE] : [BOUND_COOKIE, DEMAND_COOKIE]) {
      const cookie = sent(name, value)
      t.strictSame([await statusOf('/account', cookie), await statusOf('/transfer', cookie)], [401, 401], `${name} ${value.slice(0, 60)}`)
      t.equal(await statusOf('/account', cookie, { 'secure-session-skipped': 'quota_exceeded' }), 503)
    }
  }
  t.equal(await statusOf('/account', sent(BOUND_COOKIE, ...Array(200).fill('x'), other, bound)), 200)
  t.equal(await statusOf('/account', sent(BOUND_COOKIE, encodeURIComponent(bound))), 200, 'escapes are undone, as in the session cookie')
  t.equal(await statusOf('/account', sent(DEMAND_COOKIE, ...Array(200).fill('x'), demand)), 200, 'the former proof of a demand counts')
  t.equal(await statusOf('/transfer', sent(DEMAND_COOKIE, demand)), 503, 'but not where a new one is demanded')
  t.equal(await store.everything(), before)
  logsAreClean(t, world, [bound, demand, content, ada.cookies.get(COOKIE)!])
})

const SKIPPED = ['', '?1', 'unreachable', 'quota_exceeded', 'server_error;session_identifier="x"', 'x'.repeat(16_384), '"', '\u00e9', 'a, b']

t.test('a copied cookie is nobody\'s, whatever its browser says of why it has no proof', async t => {
  const world = await setup(t)
  const { app, store, ada } = world
  const before = await store.everything()
  const thief = new Map([[COOKIE, ada.cookies.get(COOKIE)!]])
  for (const skipped of SKIPPED) {
    const headers = { 'secure-session-skipped': skipped }
    const [home, account, transfer] = [await sendWith(app, thief, 'GET', '/', headers), await sendWith(app, thief, 'GET', '/account', headers), await sendWith(app, thief, 'POST', '/transfer', headers)]
    t.strictSame([home.json().user, account.statusCode, transfer.statusCode], [null, 503, 503], skipped.slice(0, 20))
    t.equal((await ada.peek('GET', '/account', headers)).statusCode, 200, 'the right browser is let in')
  }
  t.equal(await store.everything(), before)
})
