/** Breaks of the lookups that @fastify/session is given. @module */
import type { BreakList } from '../break.js'

export default {
  file: 'plugin/request/fastify-session.ts',
  tests: ['request/outage', 'request/host-session', 'request/half-way', 'request/sign-in', 'registration'],
  breaks: [
    {
      name: 'an outage is an empty answer',
      promise: 'cannot-know is not signed-out',
      from: '{ process.nextTick(callback, null, carry({ record: null, outage })) }',
      to: '{ process.nextTick(callback, outage && null, null) }'
    },
    {
      name: 'an outage is an error of every route',
      promise: 'while the database is away, public routes work',
      from: 'process.nextTick(callback, null, carry({ record: null, outage }))',
      to: 'process.nextTick(callback, outage)'
    },
    {
      name: 'the outcome stays in the host\'s data',
      promise: 'the session holds the host\'s keys only',
      from: 'delete (session as Partial<Record<typeof CARRIED, Lookup>>)[CARRIED]',
      to: ''
    },
    {
      name: 'the record is hashed at each request',
      promise: 'a request costs no hash of the whole record',
      from: '{ ...lookup, toJSON: () => undefined }',
      to: '{ ...lookup }'
    },
    {
      name: 'a session of decryptSession is not ended',
      promise: 'destroy ends a session that app.decryptSession made',
      from: "sessions.endByToken(token, 'signed-out').then(",
      to: 'Promise.resolve(token).then('
    },
    {
      name: 'a session of decryptSession pretends to end',
      promise: 'a destroy that failed is an error',
      from: 'error => { process.nextTick(callback, error) })\n    }',
      to: 'error => { process.nextTick(callback, error && null) })\n    }'
    },
    {
      name: 'what the callback throws is the promise\'s',
      promise: 'an error in a callback is not lost in a promise',
      from: 'record => { process.nextTick(callback, null, record === null ? null : carry({ record, outage: null })) }',
      to: 'record => { callback(null, record === null ? null : carry({ record, outage: null })) }'
    }
  ]
} satisfies BreakList
