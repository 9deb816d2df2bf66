import Fastify from 'fastify'
import t from 'tap'
import loginSessions, { memoryStore } from '../plugin/index.js'
import { resolveOptions } from '../plugin/options.js'
import { OLD_SECRET, SECRET } from './support/app.js'
import { DAY, HOUR, MINUTE, SECOND } from './support/clock.js'

const RIGHT = { secret: SECRET, store: memoryStore() }
const { touch, setTokens, ...storeWithoutTwo } = memoryStore()

/** Each stops the boot; the sentence says what to write instead. */
const WRONG: Array<[what: string, options: Record<string, unknown>, says: RegExp]> = [
  ['no secret', { secret: undefined }, /secret is missing: write secret: process\.env\.SESSION_SECRET, at least 32 characters from `openssl rand -base64 32`$/],
  ['an empty secret', { secret: '' }, /secret must be a string of at least 32 characters, or .*: write secret: process\.env\.SESSION_SECRET, .*openssl/],
  ['a short secret', { secret: 'x'.repeat(31) }, /must be a string of at least 32 characters/],
  ['a secret that is a number', { secret: 1e40 }, /must be a string of at least 32 characters/],
  ['no secret in the list', { secret: [] }, /array of them \(newest first\)/],
  ['a short secret in the list', { secret: [SECRET, 'short'] }, /must be a string of at least 32 characters/],
  ['a missing secret in the list', { secret: [SECRET, undefined] }, /must be a string of at least 32 characters/],
  ['no store', { store: undefined }, /store is missing: write store: mongoStore\(db\.collection\('loginSessions'\)\)/],
  ['null as the store', { store: null }, /store is missing/],
  ['text as the store', { store: 'memory' }, /store is missing/],
  ['a function as the store', { store: memoryStore }, /store is a function that was not called: write store: mongoStore\(db\.collection\('loginSessions'\)\), or memoryStore\(\) in tests$/],
  ['a collection as the store', { store: { find () {} } }, /store lacks insert, findWithoutData, listByUser, .* \(a store has every method of LoginSessionStore\): write store: mongoStore\(/],
  ['a store that lacks two methods', { store: storeWithoutTwo }, /store lacks touch, setTokens \(a store/],
  ['verifyPassword that is a hash', { verifyPassword: '$2b$10$' }, /verifyPassword must be a function: write verifyPassword: bcryptPassword\(.*, or leave verifyPassword out$/],
  ['an unknown ip', { ip: 'truncated' }, /ip must be 'whole', 'shortened' or 'none': write ip: 'shortened', or leave ip out$/],
  ['no ip', { ip: null }, /ip must be 'whole'/],
  ['true as ip', { ip: true }, /ip must be 'whole'/],
  ['a header\'s name as clientIp', { clientIp: 'x-real-ip' }, /clientIp must be a function: write clientIp: request => request\.headers\['x-real-ip'\]/],
  ['isActivity that is false', { isActivity: false }, /isActivity must be a function: write isActivity: request => request\.headers\['x-polling'\] === undefined, or leave isActivity out$/],
  ['a visitorTimeout of 0', { visitorTimeout: 0 }, /visitorTimeout must be a positive number of milliseconds, not 0: write visitorTimeout: 30 \* 60_000 for half an hour/],
  ['parseUserAgent that is a pattern', { parseUserAgent: /App/ }, /parseUserAgent must be a function: write parseUserAgent: userAgent => /],
  ['onSessionStart that is text', { onSessionStart: 'mail' }, /onSessionStart must be a function: write onSessionStart: async \(session, \{ newDevice \}\)/],
  ['onSessionEnd that is null', { onSessionEnd: null }, /onSessionEnd must be a function: write onSessionEnd: async \(session, reason, \{ actor \}\)/],
  ['onConfirmationFailed that is an object', { onConfirmationFailed: {} }, /onConfirmationFailed must be a function: write onConfirmationFailed: async \(session, /],
  ['verifyPassword that is a promise', { verifyPassword: Promise.resolve() }, /verifyPassword must be a function: write verifyPassword: bcryptPassword\(userId => yourHashOf\(userId\)\)/],
  ['now that is a Date', { now: new Date() }, /now must be a function/],
  ['absoluteTimeout as text', { absoluteTimeout: '90d' }, /absoluteTimeout must be a positive number of milliseconds, not '90d': write absoluteTimeout: 90 \* 24 \* 60 \* 60_000 for 90 days/],
  ['an idleTimeout of 0', { idleTimeout: 0 }, /idleTimeout must be a positive number of milliseconds, not 0/],
  ['a negative idleTimeout', { idleTimeout: -1 }, /idleTimeout must be a positive number/],
  ['idleTimeout that is null', { idleTimeout: null }, /idleTimeout must be a positive number of milliseconds, not null/],
  ['an idleTimeout without end', { idleTimeout: Infinity }, /idleTimeout must be at most 31622400000000 milliseconds, not Infinity: write idleTimeout: 60 \* 60_000 for an hour/],
  ['an idleTimeout that is not a number', { idleTimeout: NaN }, /idleTimeout must be a positive number/],
  ['an absoluteTimeout that no Date can hold', { absoluteTimeout: 8.64e15 }, /absoluteTimeout must be at most 31622400000000 milliseconds/],
  ['a rememberIdleTimeout of 0', { rememberIdleTimeout: 0 }, /rememberIdleTimeout must be a positive number/],
  ['a touchEvery of 0', { touchEvery: 0 }, /touchEvery must be a positive number/],
  ['a storeTimeout of 0', { storeTimeout: 0 }, /storeTimeout must be a positive number/],
  ['storeTimeout as text', { storeTimeout: '2s' }, /storeTimeout must be a positive number of milliseconds, not '2s': write storeTimeout: 2000 for two seconds/],
  ['no sessions at all', { maxSessionsPerUser: 0 }, /maxSessionsPerUser must be a whole number from 1 on, not 0: write maxSessionsPerUser: 100, or null for no limit/],
  ['half a session', { maxSessionsPerUser: 1.5 }, /maxSessionsPerUser must be a whole number/],
  ['sessions without end', { maxSessionsPerUser: Infinity }, /maxSessionsPerUser must be a whole number .* or null/],
  ['maxSessionsPerUser as text', { maxSessionsPerUser: '10' }, /maxSessionsPerUser must be a whole number from 1 on, not '10': .* or null for no limit/],
  ['touchEvery as long as the idle timeout', { touchEvery: MINUTE, idleTimeout: MINUTE }, /touchEvery \(60000 ms\) must be shorter than every timeout \(the shortest is 60000 ms\): sessions stay up to touchEvery longer than their idle timeout/],
  ['touchEvery as long as the absolute timeout', { touchEvery: HOUR, absoluteTimeout: HOUR, idleTimeout: DAY }, /touchEvery .* must be shorter/],
  ['touchEvery as long as the idle timeout of remembered sessions', { rememberIdleTimeout: MINUTE }, /touchEvery .* must be shorter/],
  ['touchEvery as long as the timeout of visitors that the host gave', { touchEvery: MINUTE, visitorTimeout: MINUTE }, /touchEvery .* must be shorter than every timeout \(the shortest is 60000 ms\)/],
  ['a misspelt option', { absolutTimeout: DAY }, /unknown option absolutTimeout \(did you mean absoluteTimeout\?\): the options are secret, store, /],
  ['an option of another package', { resave: false }, /unknown option resave: the options are secret, store, /],
  ['a storeTimeout longer than timers last', { storeTimeout: 30 * 24 * 3600 * 1000 }, /storeTimeout must be at most 2147483647 milliseconds, not 2592000000: write storeTimeout: 2000/],
  ['a domain that no cookie can have', { cookie: { name: 'x', domain: 'not a domain;x' } }, /cookie\.domain must be a domain like 'example\.com'/],
  ['a clock of numbers', { now: Date.now }, /now must be a function that returns a Date/],
  ['a clock without a time', { now: () => new Date(NaN) }, /now must be a function that returns a Date/],
  ['an origin that is not in a list', { trustedOrigins: 'https://app.example' }, /trustedOrigins must be an array of origins, not 'https:\/\/app\.example': write trustedOrigins: \['https:\/\/app\.example\.com'\], or leave trustedOrigins out$/],
  ...['https://app.example/', 'https://app.example:443', 'https://App.example', 'app.example', 'https://*.example', 'file:///x', 'null', '*', '', null, undefined, 7, /app/]
    .map((origin): [string, object, RegExp] => [`${origin} as a trusted origin`, { trustedOrigins: ['https://app.example', origin] }, /trustedOrigins has .*, which is not an origin as browsers send it: write trustedOrigins: /]) as typeof WRONG,
  ['no cookie', { cookie: null }, /cookie must be an object, not null/],
  ['the cookie\'s name alone', { cookie: 'sid' }, /cookie must be an object, not 'sid': write cookie: \{ name:/],
  ['a list as the cookie', { cookie: [] }, /cookie must be an object, not \[\]: write cookie: \{ name:/],
  ['a misspelt cookie option', { cookie: { samesite: 'lax' } }, /unknown option cookie\.samesite \(did you mean sameSite\?\): the options of cookie are name, secure, /],
  ['an option that Fastify hands to plugins in the cookie', { cookie: { prefix: '/' } }, /unknown option cookie\.prefix/],
  ['a cookie option that would weaken the cookie', { cookie: { httpOnly: false } }, /unknown option cookie\.httpOnly/],
  ['an empty cookie name', { cookie: { name: '' } }, /cookie\.name must be a cookie name, not '': write cookie: \{ name: 'login-session' \}, or leave name out$/],
  ['a cookie name with a semicolon', { cookie: { name: 'a;b' } }, /cookie\.name must be a cookie name, not 'a;b'/],
  ['a cookie name with a line break', { cookie: { name: 'a\nb' } }, /cookie\.name must be a cookie name/],
  ['a cookie name that is a number', { cookie: { name: 7 } }, /cookie\.name must be a cookie name, not 7/],
  ['a cookie name that every object has', { cookie: { name: 'constructor' } }, /cookie\.name must not be a property of Object\.prototype, such as 'constructor': write cookie: \{ name: 'login-session'/],
  ['the cookie name toString', { cookie: { name: 'toString' } }, /cookie\.name must not be a property of Object\.prototype, such as 'toString'/],
  ['the cookie name __proto__', { cookie: { name: '__proto__' } }, /cookie\.name must not be a property of Object\.prototype, such as '__proto__'/],
  ['secure as text', { cookie: { secure: 'auto' } }, /cookie\.secure must be true or false, not 'auto': write cookie: \{ secure: false /],
  ['sameSite none', { cookie: { sameSite: 'none' } }, /cookie\.sameSite must be 'lax' or 'strict'/],
  ['an array as the domain', { cookie: { name: 'session', domain: ['shop.example'] } }, /cookie\.domain must be a domain like/],
  ['an empty domain', { cookie: { name: 'session', domain: '' } }, /cookie\.domain must be a domain like 'example\.com'/],
  ['a __Host- cookie that is not secure', { cookie: { secure: false } }, /browsers refuse a __Host- cookie .*write cookie: \{ name: 'login-session'/],
  ['a __Host- cookie with a domain', { cookie: { domain: 'shop.example' } }, /browsers refuse a __Host- cookie/],
  ['a __Host- cookie in other letters, as browsers read it', { cookie: { name: '__host-session', domain: 'shop.example' } }, /browsers refuse a __Host- cookie/],
  ['a __Secure- cookie in other letters', { cookie: { name: '__SECURE-session', secure: false } }, /browsers refuse a __Secure- cookie/],
  ['a __Secure- cookie that is not secure', { cookie: { name: '__Secure-session', secure: false } }, /browsers refuse a __Secure- cookie/]
]

for (const [what, options, says] of WRONG) {
  t.test(`${what} stops the boot with a sentence that says what to write`, async t => {
    const app = Fastify()
    t.teardown(() => app.close())
    const registered = (async () => await app.register(loginSessions, { ...RIGHT, ...options } as any))()
    await t.rejects(registered, { code: 'FST_LOGIN_SESSION_OPTION', message: says })
  })
}

t.test('secret and store are enough; the rest has sensible defaults', async t => {
  const { store, now, ...resolved } = resolveOptions(RIGHT)
  t.strictSame(resolved, {
    secrets: [SECRET],
    verifyPassword: undefined,
    confirm: undefined,
    absoluteTimeout: 90 * DAY,
    idleTimeout: HOUR,
    rememberIdleTimeout: null,
    visitorTimeout: 30 * MINUTE,
    touchEvery: MINUTE,
    storeTimeout: 2 * SECOND,
    maxSessionsPerUser: 100,
    trustedOrigins: [],
    deviceBound: null,
    cookie: { name: '__Host-login-session', attributes: { path: '/', httpOnly: true, secure: true, sameSite: 'lax' } },
    ip: 'whole',
    clientIp: undefined,
    isActivity: undefined,
    parseUserAgent: undefined,
    onSessionStart: undefined,
    onSessionEnd: undefined,
    onConfirmationFailed: undefined
  })
  t.equal(store, RIGHT.store)
  t.equal(now, undefined)
})

t.test('the default timeout of visitors fits any touchEvery', async t => {
  const { touchEvery, visitorTimeout } = resolveOptions({ ...RIGHT, touchEvery: 45 * MINUTE, visitorTimeout: undefined as never })
  t.strictSame([touchEvery, visitorTimeout], [45 * MINUTE, 30 * MINUTE])
})

t.test('every option is taken as it is given', async t => {
  const given = {
    store: memoryStore(),
    verifyPassword: () => null,
    confirm: () => null,
    absoluteTimeout: DAY,
    idleTimeout: 15 * MINUTE,
    rememberIdleTimeout: 2 * HOUR,
    visitorTimeout: 5 * MINUTE,
    touchEvery: SECOND,
    storeTimeout: 500,
    maxSessionsPerUser: 7,
    trustedOrigins: ['https://app.example', 'http://localhost:5173'],
    ip: 'shortened',
    clientIp: () => undefined,
    isActivity: () => true,
    parseUserAgent: () => null,
    onSessionStart () {},
    onSessionEnd () {},
    onConfirmationFailed () {},
    now: () => new Date(0)
  } as const
  const cookie = { name: 'sid', secure: false, sameSite: 'strict', domain: 'shop.example' } as const
  const { cookie: resolvedCookie, secrets, deviceBound, ...resolved } = resolveOptions({ ...given, secret: [SECRET, OLD_SECRET], cookie })
  t.strictSame(secrets, [SECRET, OLD_SECRET])
  t.equal(deviceBound, null)
  t.strictSame(Object.keys(resolved).sort(), Object.keys(given).sort())
  for (const [name, value] of Object.entries(given)) t.equal(resolved[name as keyof typeof given], value, name)
  const { name, ...attributes } = cookie
  t.strictSame(resolvedCookie, { name, attributes: { path: '/', httpOnly: true, ...attributes } })
})

t.test('null stands for no limit', async t => {
  const resolved = resolveOptions({ ...RIGHT, rememberIdleTimeout: null, maxSessionsPerUser: null })
  t.strictSame([resolved.rememberIdleTimeout, resolved.maxSessionsPerUser], [null, null])
})

t.test('a __Secure- cookie may have a domain', async t => {
  t.strictSame(resolveOptions({ ...RIGHT, cookie: { name: '__Secure-session', domain: 'shop.example' } }).cookie, {
    name: '__Secure-session', attributes: { path: '/', httpOnly: true, secure: true, sameSite: 'lax', domain: 'shop.example' }
  })
})

t.test('the options that Fastify hands to every plugin are known', async t => {
  const app = Fastify()
  t.teardown(() => app.close())
  await app.register(loginSessions, { ...RIGHT, prefix: '/shop', logLevel: 'warn' } as any)
  t.ok(app.loginSessions)
})
