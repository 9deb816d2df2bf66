/** Breaks of what is done to @fastify/session's Session objects. @module */
import type { BreakList } from '../break.js'

export default {
  file: 'plugin/request/request-session.ts',
  tests: ['request/host-session', 'request/races', 'request/sign-in', 'request/half-way', 'request/outage'],
  breaks: [
    {
      name: 'the cookie is the host\'s data',
      promise: 'only the host\'s own keys are kept',
      from: 'const { cookie, ...data } = session as Keys',
      to: 'const { ...data } = session as Keys'
    },
    {
      name: 'old keys stay',
      promise: 'what belongs to another login does not stay in request.session',
      from: 'for (const key of Object.keys(dataOf(session))) delete (session as Keys)[key]',
      to: ''
    },
    {
      name: 'the token is enumerable',
      promise: 'the token is no data of the host\'s',
      from: 'enumerable: false',
      to: 'enumerable: true'
    },
    {
      name: 'a saved session is not modified',
      promise: 'Set-Cookie follows what is due alone',
      from: 'isSaved: () => false',
      to: 'isSaved: () => true'
    },
    {
      name: 'destroy answers before it is done',
      promise: 'destroy resolves when the session has ended',
      from: 'settle(verbs.destroy(), callback)',
      to: 'settle((verbs.destroy().catch(() => {}), Promise.resolve()), callback)'
    },
    {
      name: 'callbacks are not told of errors',
      promise: 'a callback is told what failed',
      from: 'error => { process.nextTick(callback, error) })',
      to: 'error => { process.nextTick(callback, error && null) })'
    },
    {
      name: 'what a callback throws is the promise\'s',
      promise: 'an error in a callback is not lost in a promise',
      from: 'done.then(() => { process.nextTick(callback) }',
      to: 'done.then(() => { callback() }'
    },
    {
      name: 'regenerate keeps nothing',
      promise: 'regenerate keeps the keys that it is told to keep',
      from: 'settle(verbs.regenerate(keep), callback)',
      to: 'settle(verbs.regenerate([]), callback)'
    },
    {
      name: 'the signed value stays that of the former token',
      promise: 'the cookie that is issued is the new token\'s',
      from: 'define(session, { sessionId: token, encryptedSessionId: signed })',
      to: 'define(session, { sessionId: token, ...(signed === token && { encryptedSessionId: signed }) })'
    }
  ]
} satisfies BreakList
