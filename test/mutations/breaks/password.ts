/** Breaks of the confirmation by password. @module */
import type { BreakList } from '../break.js'

export default {
  file: 'plugin/confirmation/password.ts',
  tests: ['confirmation/password', 'confirmation/password-timer', 'confirmation/attempts', 'sessions/rotation', 'request/half-way'],
  breaks: [
    {
      name: 'an attempt is counted after the check',
      promise: 'attempts at the same moment get no more than five checks',
      from: `const release = await attempts.take(id)
      try {
        if (password.length > PASSWORD_LENGTH || !await matches(id, check, password)) throw passwordWrongError()`,
      to: `const right = password.length <= PASSWORD_LENGTH && await matches(id, check, password)
      const release = await attempts.take(id)
      try {
        if (!right) throw passwordWrongError()`,
      tests: ['confirmation/attempts']
    },
    {
      name: 'attempts are not counted',
      promise: 'five wrong passwords lock',
      from: 'const release = await attempts.take(id)',
      to: 'const release = (): void => { attempts.lockedFor(id).catch(() => {}) }'
    },
    {
      name: 'anything true is a right password',
      promise: 'closed, never open: only true is right',
      from: '(async () => await check(password)) === true',
      to: '(async () => await check(password))'
    },
    {
      name: 'a password is trimmed',
      promise: 'what was typed is compared untouched',
      from: 'await check(password)',
      to: 'await check(password.trim())'
    },
    {
      name: 'a check that failed is counted',
      promise: 'an attempt whose password could not be checked is given back',
      from: 'await store.returnAttempt(id)\n      throw error',
      to: 'throw error'
    },
    {
      name: 'a check that failed is a wrong password',
      promise: 'a password that cannot be checked is a 503',
      from: 'await store.returnAttempt(id)\n      throw error',
      to: 'await store.returnAttempt(id)\n      return error === null'
    },
    {
      name: 'a check that failed is a right password',
      promise: 'closed, never open',
      from: 'await store.returnAttempt(id)\n      throw error',
      to: 'await store.returnAttempt(id)\n      return error !== null'
    },
    {
      name: 'a hash of any length',
      promise: 'passwords of more than 1024 characters are not looked at',
      from: 'password.length > PASSWORD_LENGTH || ',
      to: ''
    },
    {
      name: 'the longest password is one shorter',
      promise: 'passwords of 1024 characters are looked at',
      from: 'password.length > PASSWORD_LENGTH',
      to: 'password.length >= PASSWORD_LENGTH'
    },
    {
      name: 'no password is a wrong one',
      promise: 'no password sent: 422, not counted',
      from: "typeof password !== 'string' || password === ''",
      to: "typeof password !== 'string'"
    },
    {
      name: 'a password may be anything',
      promise: 'a password is text',
      from: "typeof password !== 'string' || password === ''",
      to: "password === undefined || password === ''"
    },
    {
      name: 'who has no password needs none',
      promise: 'a user without a password cannot confirm with one',
      from: 'if (check === null) throw noPasswordError()',
      to: 'if (check === null) return'
    },
    {
      name: 'no new token',
      promise: 'a confirmed password brings a new token',
      from: 'if (await rotate()) return',
      to: 'if (await Promise.resolve(rotate !== undefined)) return'
    },
    {
      name: 'the rotation is not waited for',
      promise: 'a session that ended while its password was checked confirms nothing',
      from: 'if (await rotate()) return',
      to: 'if (rotate()) return'
    },
    {
      name: 'an ended session confirms',
      promise: 'a session that ended while its password was checked confirms nothing',
      from: 'if (await store.confirmation(id) === null) throw requiredError()',
      to: 'if (await store.confirmation(id) === undefined) throw requiredError()'
    },
    {
      name: 'a right password that came second is counted as wrong',
      promise: 'parallel right passwords lock nobody out',
      from: 'await store.returnAttempt(id)\n      } finally',
      to: '} finally'
    },
    {
      name: 'an attempt is never over',
      promise: 'attempts wait for those before them, not for ever',
      from: 'release()\n',
      to: '\n'
    },
    {
      name: 'a check that answers leaves its timer behind',
      promise: 'no timer is left behind: a closed server ends',
      from: '.finally(() => clearTimeout(timer))',
      to: '.finally(() => { if (timer === undefined) clearTimeout(timer) })'
    },
    {
      name: 'a check may take for ever',
      promise: 'a check that takes longer than 10 seconds is a 503',
      from: 'return Promise.race([ask(), late])',
      to: 'return Promise.race([ask(), late.catch(() => new Promise<never>(() => {}))])'
    },
    {
      name: 'the host\'s own error comes through',
      promise: 'whatever the host throws is FST_LOGIN_SESSION_PASSWORD_CHECK_FAILED',
      from: '.catch(cause => { throw passwordCheckFailedError(cause) })',
      to: '.catch(cause => { throw cause })'
    },
    {
      name: 'a user without a hash has every password',
      promise: 'no hash: this user has no password',
      from: 'return hash ? password => bcrypt.compare(password, hash) : null',
      to: 'return password => hash ? bcrypt.compare(password, hash) : true'
    },
    {
      name: 'a lookup of hashes may be anything',
      promise: 'what is no function stops the boot and says what to write',
      from: "if (typeof passwordHash !== 'function') throw",
      to: 'if (passwordHash === null) throw'
    },
    {
      name: 'the page asks a question of those without a password',
      promise: 'who has no password is told that it cannot be done',
      from: "=== null ? 'no-password' : 'password'",
      to: "=== null ? 'question' : 'password'"
    }
  ]
} satisfies BreakList
