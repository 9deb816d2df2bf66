/** Breaks of the host's hooks. @module */
/* eslint no-template-curly-in-string: off -- these are texts of code */
import type { BreakList } from '../break.js'

export default {
  file: 'plugin/request/hooks.ts',
  tests: ['request/hooks'],
  breaks: [
    {
      name: 'what a hook throws is thrown',
      promise: 'what a hook throws is logged and changes nothing',
      from: '`login sessions: ${hook} failed`)',
      to: '`login sessions: ${hook} failed`)\n      throw error'
    },
    {
      name: 'what a hook throws is swallowed',
      promise: 'what a hook throws is logged',
      from: 'log.error({ err: error, loginSession: id }, `login sessions: ${hook} failed`)',
      to: 'if (log === undefined) throw error'
    },
    {
      name: 'what a hook rejects with is not caught',
      promise: 'what a hook throws is logged and changes nothing',
      from: 'await call()',
      to: 'call()'
    },
    {
      name: 'close does not wait for hooks',
      promise: 'app.close() waits for hooks',
      from: 'while (underWay.size > 0) await Promise.all(underWay)',
      to: ''
    },
    {
      name: 'close waits for the first hooks only',
      promise: 'app.close() waits for hooks that others started meanwhile',
      from: 'while (underWay.size > 0) await',
      to: 'if (underWay.size > 0) await'
    },
    {
      name: 'close waits for hooks for ever',
      promise: 'app.close() waits for hooks for 10 seconds at the most',
      from: 'if (!await settledWithin(DRAIN_TIMEOUT, finish()))',
      to: 'if (!await finish().then(() => true))'
    },
    {
      name: 'hooks that are over are never forgotten',
      promise: 'nothing is kept of hooks that are over',
      from: '.finally(() => { underWay.delete(running) })',
      to: ''
    },
    {
      name: 'the end of a session is told as its start',
      promise: 'onSessionEnd is told why',
      from: 'onSessionEnd(session, reason)) })',
      to: 'onSessionEnd(session, reason && \'revoked\')) })'
    }
  ]
} satisfies BreakList
