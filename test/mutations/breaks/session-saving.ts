/** Breaks of saving the host's session data. @module */
import type { BreakList } from '../break.js'

export default {
  file: 'plugin/request/saving.ts',
  tests: ['request/saving', 'request/host-session', 'request/half-way', 'request/outage', 'request/races'],
  breaks: [
    {
      name: 'the error\'s own response saves again',
      promise: 'a store that fails once is asked once',
      from: 'state.snapshot = snapshotOf(data)\n    const saving',
      to: 'const saving'
    },
    {
      name: 'saves overtake each other',
      promise: 'the next save comes after the one under way',
      from: '(state.saving ?? Promise.resolve()).then(() => write(state, changes))',
      to: 'write(state, changes)'
    },
    {
      name: 'a save that is over is taken for the newer ones',
      promise: 'a response waits for all saves that are under way',
      from: 'if (state.saving === saving) state.saving = null',
      to: 'state.saving = null'
    },
    {
      name: 'the response does not wait for a save under way',
      promise: 'session data is saved before the response',
      from: 'if (changes === null) return state.saving',
      to: 'if (changes === null) return null'
    },
    {
      name: 'a save that failed fails the sign-in after it',
      promise: 'a save that failed is told to who waits for it, and to nobody else',
      from: 'await state.saving.catch(() => {})',
      to: 'await state.saving'
    },
    {
      name: 'who waits for saves waits for those that have begun',
      promise: 'a sign-in or sign-out comes after all saves, also those that begin while it waits',
      from: 'while (state.saving !== null) await',
      to: 'if (state.saving !== null) await'
    },
    {
      name: 'saving during an outage makes a visitor of the user',
      promise: 'no second session is made of data written while the store cannot be read',
      from: 'throwOutage(state.request)\n    // False means',
      to: '// False means',
      expected: 'the store refuses a token that exists already: the same 503, one call later'
    },
    {
      name: 'a removed record comes back as a visitor\'s',
      promise: 'revoked means dead: a late write brings nothing back',
      from: 'if (state.record !== null) await sessions.save(state.record, changes)\n    else await',
      to: 'if (state.record === null || !await sessions.save(state.record, changes)) await'
    },
    {
      name: 'a removed record comes back as it was',
      promise: 'revoked means dead: a late write brings nothing back',
      from: 'if (state.record !== null) await sessions.save(state.record, changes)\n',
      to: `if (state.record !== null) {
      const { userId, remember } = state.record
      if (!await sessions.save(state.record, changes) && userId !== undefined) await sessions.start({ token: state.token, userId, remember, visit: visits.visitOf(state.request), data: changes.set })
    }
`
    },
    {
      name: 'a visitor\'s data get no cookie',
      promise: 'an anonymous session comes with its first data',
      from: 'state.issue = true',
      to: ''
    },
    {
      name: 'a visitor\'s record is put over a login',
      promise: 'whoever signs in while data are saved is signed in',
      from: "if (state.token !== token) return await sessions.end(record, token, 'signed-out')",
      to: ''
    },
    {
      name: 'a visitor\'s record stays that nobody has the token of',
      promise: 'a save that begins while a visitor signs in leaves no record behind',
      from: "return await sessions.end(record, token, 'signed-out')",
      to: 'return'
    }
  ]
} satisfies BreakList
