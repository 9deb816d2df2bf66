/** Breaks of the room `confirmation/`: checking a password, counting attempts, locking. @module */
import type { BreakList } from '../break.js'

export default [
  {
    file: 'plugin/confirmation/confirmation.ts',
    tests: ['confirmation/password', 'confirmation/attempts', 'sessions/rotation', 'request/login'],
    breaks: [
      {
        name: 'any sign-in counts as a confirmation, however long ago',
        promise: 'R17: a confirmation counts for as long as the host says',
        from: 'isConfirmedWithin(session, validFor, now())',
        to: '(isConfirmedWithin(session, validFor, now()) || session.confirmedAt === null)',
        tests: ['confirmation/ways']
      },
      {
        name: 'a way counts as it was before the wait',
        promise: 'A7: what is checked after a wait is what counts then',
        from: 'hasWaited ? await prepare() : prepared',
        to: 'prepared',
        tests: ['confirmation/ways', 'confirmation/password']
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
        from: 'if (await effects.rotate())',
        to: 'if (effects.rotate())'
      },
      {
        name: 'a right password that came second stays counted',
        promise: 'T3: only wrong passwords lock',
        from: 'await store.returnAttempt(key)\n    })',
        to: '})'
      },
      {
        name: 'attempts are not counted',
        promise: 'T3: five wrong passwords lock',
        from: 'await attempts.take(key)',
        to: '{ failures: 0 } as AttemptState'
      },
      {
        name: 'what only waits is counted',
        promise: 'A7: a check that only waited is no attempt',
        from: '    await (prepared.hashes',
        to: '    await attempts.take(key)\n    await (prepared.hashes'
      },
      {
        name: 'checks of the host take the places of those that hash',
        promise: 'a slow service of the host keeps nobody waiting who has a password',
        from: 'prepared.hashes ? hashingTurns : hostTurns',
        to: 'hashingTurns',
        tests: ['confirmation/ways']
      },
      {
        name: 'somebody may guess for ever',
        promise: 'A10: a hundred wrong passwords in a row end the session',
        from: 'if (total < MOST_FAILURES) throw',
        to: 'throw',
        tests: ['confirmation/failures']
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
        from: 'await check(password)) === true',
        to: 'await check(password))'
      },
      {
        name: 'a user without a password needs none',
        promise: 'P4: a user without a password cannot confirm with one',
        from: 'check: () => { throw noPasswordError() }',
        to: 'check: null'
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
    file: 'plugin/confirmation/ask-host.ts',
    tests: ['confirmation/password', 'confirmation/ways'],
    breaks: [
      {
        name: 'a check may take for ever',
        promise: 'T7: a check that takes longer than 10 seconds is a 503',
        from: 'withTimeout(ask(), CHECK_TIMEOUT, name)',
        to: 'ask()'
      }
    ]
  },
  {
    file: 'plugin/confirmation/own-way.ts',
    tests: ['confirmation/ways'],
    breaks: [
      {
        name: 'everything true is a right answer',
        promise: 'T3: only true is right',
        from: 'await check()) === true',
        to: 'await check()) as boolean'
      },
      {
        name: 'an answer of any length is handed over',
        promise: 'T3: an answer that nobody can have is wrong, without being checked',
        from: 'answer.length > ANSWER_LENGTH',
        to: 'answer.length > 2 * ANSWER_LENGTH'
      },
      {
        name: 'nobody has to confirm on the host\'s page',
        promise: 'P4: where the way is a page, the confirmation was made there',
        from: 'check: () => { throw confirmationRequiredError(path) }',
        to: 'check: null'
      },
      {
        name: 'who is offered nothing needs nothing',
        promise: 'P4: where nothing is offered, nothing can be ended',
        from: 'check: () => { throw cannotConfirmError() }',
        to: 'check: null'
      },
      {
        name: 'nothing sent is a wrong answer',
        promise: 'T3: an answer that was not sent is no attempt',
        from: "typeof answer !== 'string' || answer === ''",
        to: "typeof answer !== 'string'"
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
  },
  {
    file: 'plugin/confirmation/turns.ts',
    tests: ['confirmation/turns', 'confirmation/password'],
    breaks: [
      {
        name: 'all checks run at the same time',
        promise: 'A7: password checks leave threads to everything else',
        from: 'while (free > 0) {',
        to: 'while (true) {'
      },
      {
        name: 'one user has all turns',
        promise: 'A7: users take turns',
        from: '    users.delete(userId)\n    if (user.waiting.size > 0) users.set(userId, user)',
        to: '    if (user.waiting.size === 0) users.delete(userId)'
      },
      {
        name: 'any number of one session may wait',
        promise: 'A7: at most ten checks of one session wait',
        from: 'if (turns.length >= MOST_WAITING) throw busyError()',
        to: ''
      },
      {
        name: 'a check waits for ever',
        promise: 'T7: a check that waits longer than 10 seconds is refused',
        from: '= 10_000\n',
        to: '= 2 ** 31 - 1\n'
      },
      {
        name: 'a stolen cookie has all turns of its user',
        promise: 'T3: nobody can keep another session of the user from confirming',
        from: 'if (turns.length > 0) user.waiting.set(session, turns)',
        to: 'if (turns.length > 0) user.waiting = new Map([[session, turns], ...user.waiting])'
      },
      {
        name: 'what gave up waiting stays in the queue',
        promise: 'T7: memory stays flat, and nobody waits for what has gone',
        from: '    giveUp(turn)\n    throw busyError()',
        to: '    throw busyError()'
      }
    ]
  }
] satisfies BreakList[]
