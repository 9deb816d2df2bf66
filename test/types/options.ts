/** The core plugin's options: what may be written, and what does not compile. */
import Fastify, { type FastifyRequest } from 'fastify'
import { type Collection, MongoClient } from 'mongodb'
import loginSessions, {
  type Actor, type FailedConfirmation, type AddressMode, bcryptPassword, type ClientIp, type LoginSession, loginSessions as named, type LoginSessionsOptions, type LoginSessionStore, memoryStore, mongoStore,
  type OnConfirmationFailed, type OnSessionEnd, type OnSessionStart, type ParseUserAgent, type PasswordCheck, type SessionEndReason, type SessionStart, type VerifyPassword
} from '../../plugin/index.js'
import { type Equal, expectTrue } from './equal.js'

const app = Fastify()
const secret = 'at least 32 characters from a CSPRNG'
const store = memoryStore()

await app.register(loginSessions, { secret, store })
await app.register(named, { secret: [secret, 'the one before'], store })
await app.register(loginSessions, {
  secret,
  store,
  verifyPassword: bcryptPassword(async userId => userId === 'ada' ? '$2b$' : null),
  absoluteTimeout: 1,
  idleTimeout: 1,
  rememberIdleTimeout: null,
  visitorTimeout: 1,
  touchEvery: 1,
  storeTimeout: 1,
  maxSessionsPerUser: 1,
  cookie: { name: 'sid', secure: false, sameSite: 'strict', domain: 'shop.example' },
  ip: 'shortened',
  clientIp: request => request.headers['x-real-ip']?.toString(),
  isActivity: ({ routeOptions, headers }) => routeOptions.url !== '/poll' && headers['x-polling'] === undefined,
  parseUserAgent: (userAgent, headers) => headers.host === '' ? null : { browser: userAgent },
  onSessionStart: async (session, { newDevice, request }) => newDevice && request.log.info(session.id),
  onSessionEnd: ({ userId }, reason, { actor }) => reason === 'revoked' && actor.kind === 'session' && actor.id !== userId,
  onConfirmationFailed: async ({ userId }, { lockedUntil }) => lockedUntil?.toISOString() + userId,
  now: () => new Date()
})

// @ts-expect-error the options are missing
await app.register(loginSessions)
// @ts-expect-error the store is missing
await app.register(loginSessions, { secret })
// @ts-expect-error the secret is missing
await app.register(loginSessions, { store })
// @ts-expect-error a secret is text
await app.register(loginSessions, { secret: 1234567890, store })
// @ts-expect-error the environment may lack it
await app.register(loginSessions, { secret: process.env.SESSION_SECRET, store })
// @ts-expect-error a collection is no store: mongoStore(collection) is
await app.register(loginSessions, { secret, store: new MongoClient('').db().collection('loginSessions') })
// @ts-expect-error memoryStore has to be called
await app.register(loginSessions, { secret, store: memoryStore })
// @ts-expect-error misspelt
await app.register(loginSessions, { secret, store, idleTimeOut: 1 })
// @ts-expect-error times are milliseconds
await app.register(loginSessions, { secret, store, idleTimeout: '1h' })
// @ts-expect-error sessions without "keep me signed in" always have an idle timeout
await app.register(loginSessions, { secret, store, idleTimeout: null })
// @ts-expect-error 'none' would make the cookie cross-site
await app.register(loginSessions, { secret, store, cookie: { sameSite: 'none' } })
// @ts-expect-error the cookie is always HttpOnly
await app.register(loginSessions, { secret, store, cookie: { httpOnly: false } })
// @ts-expect-error there is no such way to keep an address
await app.register(loginSessions, { secret, store, ip: 'truncated' })
// @ts-expect-error a header may come twice
await app.register(loginSessions, { secret, store, clientIp: request => request.headers['x-real-ip'] })
// @ts-expect-error the address must be known at once
await app.register(loginSessions, { secret, store, clientIp: async () => '203.0.113.9' })
// @ts-expect-error it must be known at once
await app.register(loginSessions, { secret, store, isActivity: async () => true })
// @ts-expect-error there is no such kind of device
await app.register(loginSessions, { secret, store, parseUserAgent: () => ({ kind: 'toaster' }) })
// @ts-expect-error nothing is null, not undefined
await app.register(loginSessions, { secret, store, parseUserAgent: () => undefined })
// @ts-expect-error there is no such reason
await app.register(loginSessions, { secret, store, onSessionEnd: (_session, reason) => reason === 'expired' })
// @ts-expect-error tokens are not for hosts
await app.register(loginSessions, { secret, store, onSessionStart: session => session.tokens })
// @ts-expect-error now is a function
await app.register(loginSessions, { secret, store, now: new Date() })
// @ts-expect-error verifyPassword is told the user, and answers with a check
await app.register(loginSessions, { secret, store, verifyPassword: (userId: string, password: string) => password === userId })

type Required<T> = { [K in keyof T]-?: undefined extends T[K] ? never : K }[keyof T]
expectTrue<Equal<Required<LoginSessionsOptions>, 'secret' | 'store'>>(true)

expectTrue<Equal<LoginSessionsOptions['ip'], AddressMode | undefined>>(true)
expectTrue<Equal<AddressMode, 'whole' | 'shortened' | 'none'>>(true)
expectTrue<Equal<Parameters<ClientIp>, [request: FastifyRequest]>>(true)
expectTrue<Equal<ReturnType<ClientIp>, string | undefined>>(true)
expectTrue<Equal<Parameters<ParseUserAgent>[0], string>>(true)
expectTrue<Equal<Parameters<OnSessionStart>, [session: LoginSession, context: SessionStart]>>(true)
expectTrue<Equal<SessionStart, { newDevice: boolean, request: FastifyRequest }>>(true)
expectTrue<Equal<Parameters<OnSessionEnd>, [session: LoginSession, reason: SessionEndReason, context: { actor: Actor }]>>(true)
expectTrue<Equal<SessionEndReason, 'signed-out' | 'replaced' | 'revoked' | 'revoked-others' | 'revoked-all' | 'evicted' | 'attempts-exhausted'>>(true)
expectTrue<Equal<Actor, { kind: 'session', userId: string, id: string } | { kind: 'host', name: string | null }>>(true)
expectTrue<Equal<Parameters<OnConfirmationFailed>, [session: LoginSession, failed: FailedConfirmation]>>(true)
expectTrue<Equal<FailedConfirmation, { failures: number, total: number, lockedUntil: Date | null, request: FastifyRequest }>>(true)

// mongoStore takes any collection, also one that the host has typed.
expectTrue<Equal<ReturnType<typeof mongoStore>, LoginSessionStore>>(true)
declare const typed: Collection<{ _id: string, anything: number }>
mongoStore(typed)
mongoStore(new MongoClient('').db().collection('loginSessions'))
// mongoose and @fastify/mongodb bring a driver of their own.
declare const mongoose8: import('mongoose').Connection
mongoStore(mongoose8.db!.collection('loginSessions'))
declare const ofMongoose9: import('../../node_modules/mongoose9/node_modules/mongodb/mongodb.js').Collection
mongoStore(ofMongoose9)
declare const { mongo }: { mongo: import('@fastify/mongodb').FastifyMongoObject }
mongoStore(mongo.db!.collection('loginSessions'))
// @ts-expect-error a database is no collection
mongoStore(new MongoClient('').db())

// Every kind of verifier that the documentation shows.
expectTrue<Equal<ReturnType<typeof bcryptPassword>, VerifyPassword>>(true)
const verifiers: VerifyPassword[] = [
  () => null,
  async () => null,
  userId => password => userId === password,
  async userId => async password => userId === password,
  bcryptPassword(() => undefined)
]
expectTrue<Equal<Awaited<ReturnType<VerifyPassword>>, PasswordCheck | null>>(true)
// @ts-expect-error a check answers true or false
const hash: VerifyPassword = () => () => '$2b$'
// @ts-expect-error no password is null, not undefined
const missing: VerifyPassword = () => undefined
// @ts-expect-error user ids are text
const numbered: VerifyPassword = (userId: number) => null

export { hash, missing, numbered, verifiers }
