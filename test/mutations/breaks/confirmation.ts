/** Breaks of the room `confirmation/`: checking a password, counting attempts, locking. @module */
import type { BreakList } from '../break.js'

export default [
  {
    file: 'plugin/confirmation/password.ts',
    tests: ['confirmation/password', 'confirmation/attempts', 'sessions/rotation', 'request/login'],
    breaks: [
      {
        name: 'an attempt is counted after the check',
        promise: 'T3: attempts at the same moment get no more than five checks',
        from: 'const release = await attempts.take(id)',
        to: 'await matches(id, check, password)\n      const release = await attempts.take(id)',
        tests: ['confirmation/attempts']
      },
      {
        name: 'attempts are not counted',
        promise: 'T3: five wrong passwords lock',
        from: 'await attempts.take(id)',
        to: '() => {}'
      },
      {
        name: 'an attempt whose check failed stays counted',
        promise: 'T3: only wrong passwords lock',
        from: 'await store.returnAttempt(id)\n      throw',
        to: 'throw'
      },
      {
        name: 'everything true is a right password',
        promise: 'T3: only true is right',
        from: 'check(password)) === true',
        to: 'check(password))'
      },
      {
        name: 'a check that failed is a right password',
        promise: 'T3: a password that cannot be checked confirms nothing',
        from: 'throw error',
        to: 'return true'
      },
      {
        name: 'a check may take for ever',
        promise: 'T7: a check that takes longer than 10 seconds is a 503',
        from: '[ask(), late]',
        to: '[ask(), late.catch(() => new Promise<never>(() => {}))]'
      },
      {
        name: 'a user without a password needs none',
        promise: 'P4: a user without a password cannot confirm with one',
        from: 'if (check === null) throw noPasswordError()',
        to: 'if (check === null) return'
      },
      {
        name: 'every password is right for a user without a hash',
        promise: 'P4: a user without a password cannot confirm with one',
        from: 'return hash ? password => bcrypt.compare(password, hash) : null',
        to: 'return password => !hash || bcrypt.compare(password, hash)'
      },
      {
        name: 'nobody waits for the rotation',
        promise: 'T1: a session that ended while its password was checked confirms nothing',
        from: 'if (await rotate())',
        to: 'if (rotate())'
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
      }
    ]
  }
] satisfies BreakList[]
