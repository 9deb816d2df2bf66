/** Breaks of the counting of attempts. @module */
import type { BreakList } from '../break.js'

export default {
  file: 'plugin/confirmation/attempts.ts',
  tests: ['confirmation/attempts', 'confirmation/password', 'confirmation/password-timer', 'request/half-way'],
  breaks: [
    {
      name: 'six wrong passwords',
      promise: 'five wrong passwords lock',
      from: 'ATTEMPTS = 5',
      to: 'ATTEMPTS = 6'
    },
    {
      name: 'a lock of fourteen minutes',
      promise: 'the lock lasts 15 minutes',
      from: '15 * 60_000',
      to: '14 * 60_000'
    },
    {
      name: 'the lock is refused, not waited for',
      promise: 'right passwords at the same moment are all taken',
      from: 'if (waited) continue',
      to: 'if (waited) break'
    },
    {
      name: 'nobody waits for those under way',
      promise: 'right passwords at the same moment are all taken',
      from: 'await Promise.all(holding.map(attempt => attempt.over))',
      to: ''
    },
    {
      name: 'an attempt waits for ever',
      promise: 'an attempt waits no longer than one check may take',
      from: "if (waited === 'late') break",
      to: "if (waited === 'late') continue"
    },
    {
      name: 'an attempt leaves its timer behind',
      promise: 'no timer is left behind: a closed server ends',
      from: 'clearTimeout(timer)',
      to: 'timer?.hasRef()'
    },
    {
      name: 'a refused attempt stays under way',
      promise: 'nobody waits for an attempt that was refused',
      from: 'attempt.granted.then(granted => { if (!granted) release() }, release)',
      to: 'attempt.granted.catch(() => {})',
      expected: 'a refused one holds nobody up: it is only kept, which the memory tells'
    },
    {
      name: 'attempts are never forgotten',
      promise: 'nothing is kept of attempts that are over',
      from: 'attempts.delete(attempt)\n',
      to: '\n'
    },
    {
      name: 'sessions are never forgotten',
      promise: 'nothing is kept of sessions whose attempts are over',
      from: 'if (attempts.size === 0) underWay.delete(id)',
      to: '',
      expected: 'an empty set a session is kept, which only the memory tells: `npm run soak` confirms passwords all the while'
    },
    {
      name: 'an ended session is locked',
      promise: 'a session that is gone is not locked: it is gone',
      from: 'if (state === null) throw requiredError()',
      to: 'if (state === null) throw lockedError(BUSY)'
    },
    {
      name: 'a young lock is final',
      promise: 'a lock that another server\'s right password lifts is waited for',
      from: 'if (looked || left < LOCK_TIME - YOUNG_LOCK) throw',
      to: 'if (looked || left <= LOCK_TIME) throw'
    },
    {
      name: 'every lock is looked at twice',
      promise: 'whoever is locked out is told at once',
      from: 'if (looked || left < LOCK_TIME - YOUNG_LOCK) throw',
      to: 'if (looked) throw'
    },
    {
      name: 'the time that is left is that of the whole lock',
      promise: 'Retry-After says how long the lock lasts',
      from: 'throw lockedError(left)',
      to: 'throw lockedError(LOCK_TIME)'
    },
    {
      name: 'a lock that has passed is a lock',
      promise: 'a lock ends',
      from: 'Math.max(0, lockedUntil.getTime() - now().getTime())',
      to: 'lockedUntil.getTime() - now().getTime()'
    },
    {
      name: 'a lifted lock is a lock',
      promise: 'a lock that is lifted just as it is met is none',
      from: 'if (left <= 0) continue',
      to: 'if (left < 0) continue'
    },
    {
      name: 'a failure of the store is a refusal',
      promise: 'cannot-know is an error, not a lock',
      from: 'return await store.takeAttempt(id, ATTEMPTS, new Date(at.getTime() + LOCK_TIME), at) !== null',
      to: 'return await store.takeAttempt(id, ATTEMPTS, new Date(at.getTime() + LOCK_TIME), at).catch(() => null) !== null'
    },
    {
      name: 'the others are not under way yet',
      promise: 'attempts of one session know of each other',
      from: 'const attempts = underWay.get(id) ?? new Set()',
      to: 'const attempts = new Set<Attempt>()'
    }
  ]
} satisfies BreakList
