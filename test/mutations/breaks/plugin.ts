/** Breaks of how the parts are put together. @module */
import type { BreakList } from '../break.js'

export default {
  file: 'plugin/plugin.ts',
  tests: ['registration', 'request/sign-in', 'promises/operations', 'request/outage', 'sessions/session-cap', 'request/hooks', 'request/known-device', 'sessions/rotation', 'sessions/touch', 'request/cookies'],
  breaks: [
    {
      name: 'the boot does not wait for the indexes',
      promise: 'an index that cannot be made stops the boot',
      from: 'await given.prepare?.()',
      to: 'given.prepare?.().catch(() => {})'
    },
    {
      name: 'the boot does not ask the database',
      promise: 'a database that is away stops the boot, and says so',
      from: 'await probe(store)\n',
      to: '\n'
    },
    {
      name: 'the store is not bounded',
      promise: 'every store call has an upper time bound',
      from: 'const store = boundedStore(given, storeTimeout)',
      to: 'const store = storeTimeout > 0 ? given : boundedStore(given, storeTimeout)'
    },
    {
      name: 'close does not wait for touches',
      promise: 'closing the server waits for queued touches',
      from: 'touches.flush(), ',
      to: ''
    },
    {
      name: 'close does not wait for retirements',
      promise: 'closing the server waits for retirements',
      from: 'retirements.flush(), ',
      to: ''
    },
    {
      name: 'close does not wait for hooks',
      promise: 'closing the server waits for hooks',
      from: ', drain()])',
      to: '])'
    },
    {
      name: 'every request sets the cookie',
      promise: 'no write and no cookie without need',
      from: 'rolling: false',
      to: 'rolling: true',
      expected: 'the cookie is hidden from @fastify/session, which looks at this only where it sees its own'
    },
    {
      name: 'every visitor gets a session',
      promise: 'anonymous requests write nothing',
      from: 'saveUninitialized: false',
      to: 'saveUninitialized: true'
    },
    {
      name: 'the response does not wait for a save',
      promise: 'session data is saved before the response',
      from: 'else saving.then(() => done(null, payload), done)',
      to: 'else { saving.catch(() => {}); done(null, payload) }'
    },
    {
      name: 'a save that failed is no error',
      promise: 'data that could not be saved is an error of the request',
      from: 'else saving.then(() => done(null, payload), done)',
      to: 'else saving.then(() => done(null, payload), () => done(null, payload))'
    },
    {
      name: 'a host\'s @fastify/cookie is taken as it is',
      promise: 'a host that reads cookies too late is told so',
      from: "else app.addHook('onRequest', needCookies)",
      to: ''
    },
    {
      name: 'a second registration is taken',
      promise: 'a second registration stops the boot',
      from: 'refuseSecondSession(app)\n  warn',
      to: 'warn'
    },
    {
      name: 'whoever signs in again is a new device',
      promise: 'a browser that was still signed in as this user is known',
      from: '!devices.recognise(this, userId) && !again',
      to: '!devices.recognise(this, userId)'
    },
    {
      name: 'there is no limit of sessions',
      promise: 'a sign-in beyond the limit ends one',
      from: 'if (maxSessionsPerUser !== null) await evictSurplus(',
      to: 'if (maxSessionsPerUser === 0) await evictSurplus('
    },
    {
      name: 'a limit that cannot be met fails the sign-in',
      promise: 'a sign-in succeeds although what is beyond the limit could not be ended',
      from: 'of a user could not be ended`)\n',
      to: 'of a user could not be ended`)\n      throw error\n'
    },
    {
      name: 'the limit is not waited for',
      promise: 'once a sign-in is answered no more than the limit are left',
      from: 'null) await evictSurplus(this, session, maxSessionsPerUser)',
      to: 'null) evictSurplus(this, session, maxSessionsPerUser).catch(() => {})'
    },
    {
      name: 'a confirmed password rotates nothing',
      promise: 'a confirmed password brings a new token',
      from: '() => bridge.rotate(request))',
      to: 'async () => bridge !== undefined)'
    },
    {
      name: 'strangers confirm',
      promise: 'confirming a password asks for a login',
      from: 'currentLoginSession(this)\n    // A route',
      to: 'if (this.loginSession === null) return\n    // A route',
      tests: ['confirmation/confirmation']
    },
    {
      name: 'without verifyPassword every password is right',
      promise: 'what cannot be checked is not confirmed',
      from: 'if (verifyPassword === undefined) throw',
      to: 'if (verifyPassword === null as never) throw',
      tests: ['confirmation/confirmation']
    },
    {
      name: 'only the newest secret is known',
      promise: 'nobody is signed out by a rotation of secrets',
      from: 'new Signer(secrets)',
      to: 'new Signer(secrets.slice(0, 1))',
      tests: ['request/secret-rotation']
    }
  ]
} satisfies BreakList
