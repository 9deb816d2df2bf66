/** Breaks of the room `confirmation/`: checking a password, counting attempts, locking. @module */
import type { BreakList } from '../break.js'

export default [
  {
    file: 'plugin/confirmation/confirmation.ts',
    tests: ['confirmation/password', 'confirmation/attempts', 'sessions/rotation', 'request/login'],
    breaks: [
      {
        name: 'a user without a password needs none',
        promise: 'P4: a user without a password cannot confirm with one',
        from: 'if (found === null) throw noPasswordError()',
        to: 'if (found === null) return'
      },
      {
        name: 'an attempt whose check failed stays counted',
        promise: 'T3: only wrong passwords lock',
        from: 'await store.returnAttempt(key)\n      throw',
        to: 'throw'
      },
      {
        name: 'a check that failed is a right password',
        promise: 'T3: a password that cannot be checked confirms nothing',
        from: 'throw error',
        to: 'return true'
      },
      {
        name: 'nobody waits for the rotation',
        promise: 'T1: a session that ended while its password was checked confirms nothing',
        from: 'if (await rotate())',
        to: 'if (rotate())'
      },
      {
        name: 'a right password that came second stays counted',
        promise: 'T3: only wrong passwords lock',
        from: 'await store.returnAttempt(key)\n      })',
        to: '})'
      }
    ]
  },
  {
    file: 'plugin/confirmation/password.ts',
    tests: ['confirmation/password', 'confirmation/attempts', 'sessions/rotation', 'request/login'],
    breaks: [
      {
        name: 'everything true is a right password',
        promise: 'T3: only true is right',
        from: 'check(password)) === true',
        to: 'check(password))'
      },
      {
        name: 'a check may take for ever',
        promise: 'T7: a check that takes longer than 10 seconds is a 503',
        from: "withTimeout(ask(), CHECK_TIMEOUT, 'verifyPassword')",
        to: 'ask()'
      },
      {
        name: 'every password is right for a user without a hash',
        promise: 'P4: a user without a password cannot confirm with one',
        from: 'if (!hash) return null',
        to: 'if (!hash) return () => true'
      }
    ]
  },
  {
    file: 'plugin/confirmation/attempts.ts',
    tests: ['confirmation/attempts', 'confirmation/password', 'request/login'],
    breaks: [
      {
        name: 'six wrong passwords lock',
        promise: 'T3: five wrong passwords lock',
        from: '= 5\n',
        to: '= 6\n'
      },
      {
        name: 'a lock lasts fourteen minutes',
        promise: 'T3: the lock lasts 15 minutes',
        from: '15 * 60_000',
        to: '14 * 60_000'
      },
      {
        name: 'an outage is a lock',
        promise: 'T2: a store that fails is an error, not a lock',
        from: 'at.getTime() + LOCK_TIME), at)',
        to: 'at.getTime() + LOCK_TIME), at).catch(() => null)'
      },
      {
        name: 'attempts are not counted',
        promise: 'T3: five wrong passwords lock',
        from: 'await take(key)',
        to: ''
      },
      {
        name: 'an attempt is counted after the check',
        promise: 'T3: parallel attempts get no more than five checks',
        from: 'await take(key)\n      return await check()',
        to: 'return await check().finally(() => take(key))'
      },
      {
        name: 'attempts of a session run in parallel',
        promise: 'T3: a right password lifts the count before the next attempt is taken',
        from: 'waitFor(before).then(work)',
        to: 'work()'
      },
      {
        name: 'an attempt waits only for the one before it',
        promise: 'T3: attempts of a session run one after the other, also when one of them has given up waiting',
        from: 'allSettled([before, running])',
        to: 'allSettled([running])'
      },
      {
        name: 'an attempt that gave up waiting runs all the same',
        promise: 'T3: attempts of a session run one after the other',
        from: 'throw lockedError(0)',
        to: 'return'
      },
      {
        name: 'an attempt waits for ever',
        promise: 'T7: an attempt that waits longer than 10 seconds is refused',
        from: 'settledWithin(LONGEST_WAIT, others)',
        to: 'others.then(() => true)'
      },
      {
        name: 'the queue of a session is never forgotten',
        promise: 'T7: memory stays flat',
        from: 'busy.delete(key)',
        to: 'busy.set(key, over)'
      }
    ]
  }
] satisfies BreakList[]
