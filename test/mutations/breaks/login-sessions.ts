/** Breaks of the verbs: start, resume, end, list, revoke. @module */
import type { BreakList } from '../break.js'

export default {
  file: 'plugin/sessions/lifecycle.ts',
  tests: ['sessions/revocation', 'sessions/expiry', 'sessions/rotation', 'request/sign-in', 'sessions/touch', 'request/half-way', 'request/outage', 'request/races', 'request/hooks', 'request/coming-back', 'promises/operations'],
  breaks: [
    {
      name: 'whatever the store finds is signed in',
      promise: 'expiry is judged at every request',
      from: 'return record !== null && isLive(record, hash, now()) ? record : null',
      to: 'return record',
      tests: ['sessions/expiry']
    },
    {
      name: 'records are cached',
      promise: 'revoking is immediate: each request reads the truth',
      from: 'const record = await store.findByToken(hash)\n      return',
      to: `const cache: Map<string, LoginSessionRecord> = (globalThis as any).cache ??= new Map()
      const record = cache.get(hash) ?? await store.findByToken(hash)
      if (record !== null) cache.set(hash, record)
      return`
    },
    {
      name: 'a failing store signs out',
      promise: 'cannot-know is not signed-out',
      from: 'const record = await store.findByToken(hash)\n      return',
      to: 'const record = await store.findByToken(hash).catch(() => null)\n      return',
      tests: ['request/outage']
    },
    {
      name: 'a lost race for the rotation brings a token all the same',
      promise: 'of parallel confirmations one brings the new token',
      from: '? next : null',
      to: '? next : next',
      tests: ['sessions/rotation']
    },
    {
      name: 'the rotation is not awaited',
      promise: 'a token is handed out once it is stored',
      from: 'return await store.confirm(',
      to: 'return store.confirm(',
      tests: ['sessions/rotation']
    },
    {
      name: 'any value is a user id',
      promise: 'an undefined userId never selects more than nobody\'s sessions',
      from: "if (typeof value !== 'string' || value === '') throw",
      to: 'if (value === null) throw'
    },
    {
      name: 'an empty user id selects',
      promise: 'an empty userId is a mistake, not a question',
      from: "typeof value !== 'string' || value === ''",
      to: "typeof value !== 'string'"
    },
    {
      name: 'former tokens are never retired',
      promise: 'the former token ends 30 seconds after the new one was first used',
      from: 'if (retirement !== null) retirements.add(retirement)',
      to: '',
      tests: ['sessions/rotation']
    },
    {
      name: 'nothing is touched',
      promise: 'whoever makes requests stays signed in',
      from: 'if (touch !== null) touches.add(touch)',
      to: '',
      tests: ['sessions/touch']
    },
    {
      name: 'a login ends by the token of its request only',
      promise: 'signing out ends the login whatever has become of its token since',
      from: 'if (record.userId !== undefined) await removals.one',
      to: 'if (record.userId === \'\') await removals.one'
    },
    {
      name: 'ending a session is not waited for',
      promise: 'signed out means removed when the answer arrives',
      from: 'await removals.one(record.userId, record.id, reason)',
      to: 'removals.one(record.userId, record.id, reason).catch(() => {})',
      tests: ['request/outage']
    },
    {
      name: 'ending a session swallows the failure',
      promise: 'a sign-out that failed does not look like one',
      from: 'await removals.one(record.userId, record.id, reason)',
      to: 'await removals.one(record.userId, record.id, reason).catch(() => null)',
      tests: ['request/outage']
    },
    {
      name: 'ending a visitor\'s session swallows the failure',
      promise: 'an error of the store is never silence',
      from: 'else await store.removeByToken(hash)',
      to: 'else await store.removeByToken(hash).catch(() => null)',
      tests: ['request/half-way']
    },
    {
      name: 'ending an unread session does nothing',
      promise: 'signing in again ends what the browser had, though it could not be read',
      from: 'if (record !== null && ownsRecord(record, hash, now())) await end(record, hash, reason)',
      to: 'if (record !== null && ownsRecord(record, hash, now())) await Promise.resolve()'
    },
    {
      name: 'what has expired is spared',
      promise: 'who leaves an expired session is done with it, though a late touch might prolong it',
      from: 'ownsRecord(record, hash, now())) await end',
      to: 'isLive(record, hash, now())) await end',
      tests: ['request/coming-back']
    },
    {
      name: 'what cannot be looked up counts as ended',
      promise: 'a session that could not be ended is an error',
      from: 'const record = await store.findByToken(hash)\n    if',
      to: 'const record = await store.findByToken(hash).catch(() => null)\n    if',
      tests: ['request/outage', 'request/half-way']
    },
    {
      name: 'a sign-in that was never answered is announced as ended',
      promise: 'onSessionEnd is not called for what was stored but never answered',
      from: 'await store.remove(userId, id, now())',
      to: "await removals.one(userId, id, 'replaced')",
      tests: ['request/hooks']
    },
    {
      name: 'signing in does not wait for the insert',
      promise: 'signed in means stored, durably',
      from: 'await store.insert(record)',
      to: 'store.insert(record).catch(() => {})',
      tests: ['request/outage']
    },
    {
      name: 'revokeOthers ends this one too',
      promise: 'revokeOthers spares the given session',
      from: "'revoked-others', text(id, 'id'))",
      to: "(text(id, 'id'), 'revoked-others'))"
    },
    {
      name: 'revoke says "signed-out"',
      promise: 'hooks are told why a session ended',
      from: "idOf(id), 'revoked')",
      to: "idOf(id), 'signed-out')",
      tests: ['request/hooks']
    },
    {
      name: 'revokeAll says "revoked-others"',
      promise: 'hooks are told why a session ended',
      from: "'revoked-all')",
      to: "'revoked-others')",
      tests: ['request/hooks']
    },
    {
      name: 'the list is the wrong way round',
      promise: 'the list has the last active first',
      from: 'b.lastActiveAt.getTime() - a.lastActiveAt.getTime()',
      to: 'a.lastActiveAt.getTime() - b.lastActiveAt.getTime()'
    },
    {
      name: 'saving swallows the failure',
      promise: 'data that could not be saved is an error of the request',
      from: 'return store.updateData(record.id, changes)',
      to: 'return store.updateData(record.id, changes).catch(() => false)',
      tests: ['request/outage']
    },
    {
      name: 'find looks among dead sessions by a clock that stands still',
      promise: 'find knows the expiry',
      from: 'store.find(userId, id, now())',
      to: 'store.find(userId, id, new Date(0))',
      tests: ['sessions/expiry']
    },
    {
      name: 'that there is no such session is answered at once',
      promise: 'nobody is told that a session is gone by a removal that a failover undoes',
      from: 'await store.settle()\n      return await find(user, session)',
      to: 'return null',
      tests: ['promises/failover']
    },
    {
      name: 'a session is looked for once only',
      promise: 'what only a lost primary had shown is not taken for certain',
      from: 'return await find(user, session)',
      to: 'return null',
      tests: ['promises/failover']
    },
    {
      name: 'that there is nothing to end is taken for certain at once',
      promise: 'nobody is told to be signed out by a removal that a failover undoes',
      from: 'await store.settle()\n      await endByToken(token, reason)',
      to: '',
      tests: ['request/coming-back', 'promises/failover']
    },
    {
      name: 'what a failover brings back is not ended',
      promise: 'who was told to be signed out is signed out',
      from: 'await store.settle()\n      await endByToken(token, reason)',
      to: 'await store.settle()',
      tests: ['request/coming-back', 'promises/failover']
    },
    {
      name: 'a token that has run out ends its session',
      promise: 'who holds a former token ends nobody\'s session with it',
      from: ' && ownsRecord(record, hash, now())',
      to: '',
      tests: ['sessions/rotation', 'request/coming-back']
    }
  ]
} satisfies BreakList
