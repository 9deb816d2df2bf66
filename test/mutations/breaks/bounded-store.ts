/** Breaks of the store whose every answer comes in time. @module */
/* eslint no-template-curly-in-string: off -- these are texts of code */
import type { BreakList } from '../break.js'

export default {
  file: 'plugin/stores/bounded.ts',
  tests: ['stores/bounded', 'request/outage', 'request/half-way', 'confirmation/password'],
  breaks: [
    {
      name: 'the store\'s own error comes through',
      promise: 'every failure of the store is FST_LOGIN_SESSION_STORE_UNAVAILABLE',
      from: 'reject(error)\n',
      to: 'reject(cause)\n'
    },
    {
      name: 'silence is an empty answer',
      promise: 'never a wrong answer: a store that hangs does not say that nobody is signed in',
      from: 'setTimeout(() => fail(new Error(`${method} took longer than ${timeout} ms`)), timeout)',
      to: 'setTimeout(() => resolve(null as T), timeout)'
    },
    {
      name: 'silence lasts for ever',
      promise: 'every store call has an upper time bound',
      from: 'took longer than ${timeout} ms`)), timeout)',
      to: 'took longer than ${timeout} ms`)), 2 ** 31 - 1)'
    },
    {
      name: 'an answer leaves its timer behind',
      promise: 'no timer is left behind: a closed server ends',
      from: 'clearTimeout(timer)\n      resolve(value)',
      to: 'resolve(value)'
    },
    {
      name: 'a failure leaves its timer behind',
      promise: 'no timer is left behind: a closed server ends',
      from: 'failed = true\n      clearTimeout(timer)\n',
      to: 'failed = true\n'
    },
    {
      name: 'a store that throws at once is not caught',
      promise: 'a store that throws at once is as broken as one that rejects',
      from: 'new Promise<T>(resolve => { resolve(call()) })',
      to: 'call()'
    },
    {
      name: 'methods lose their this',
      promise: 'a store may be an object with methods',
      from: 'Reflect.apply(store[method], store, args)',
      to: 'Reflect.apply(store[method], undefined, args)'
    },
    {
      name: 'a late sign-in stays',
      promise: 'a sign-in whose insert came too late leaves no stranger in the list',
      from: 'if (userId !== undefined) await store.remove(userId, id, createdAt)',
      to: 'if (userId === undefined) await store.remove(userId!, id, createdAt)'
    },
    {
      name: 'a late password attempt stays',
      promise: 'an outage locks nobody\'s confirmation',
      from: 'if (counted) await store.returnAttempt(id)',
      to: ''
    },
    {
      name: 'a refused late attempt is given back',
      promise: 'an attempt that a lock refused lifts no lock',
      from: 'if (counted) await store.returnAttempt(id)',
      to: 'await store.returnAttempt(id)'
    },
    {
      name: 'a call that is in time is taken back',
      promise: 'signed in means stored',
      from: 'if (failed) return late(value)',
      to: 'late(value)'
    },
    {
      name: 'what comes of a call that was given up is told to nobody',
      promise: 'a removal that gets through late is announced',
      from: 'failedCalls.set(error, called)',
      to: '',
      tests: ['request/hooks']
    },
    {
      name: 'only silence is taken back',
      promise: 'an insert that failed, though it may have got through, is taken back',
      from: 'error => { fail(error); late() }',
      to: 'error => { fail(error) }'
    },
    {
      name: 'a broken taking-back ends the process',
      promise: 'nobody waits for taking back, and its failure harms nobody',
      from: '?.catch(() => {}) }',
      to: ' }'
    }
  ]
} satisfies BreakList
