/** Breaks of ending sessions and announcing it. @module */
import type { BreakList } from '../break.js'

export default {
  file: 'plugin/removals.ts',
  tests: ['hooks', 'removals', 'session-cap', 'revocation', 'expiry', 'races', 'operations'],
  breaks: [
    {
      name: 'an expired session is announced',
      promise: 'onSessionEnd is called only for sessions that ended before their time',
      from: ' && record.expiresAt > at)',
      to: ')'
    },
    {
      name: 'a session is announced at its expiry',
      promise: 'a session that ended in its time is not announced, to the millisecond',
      from: 'record.expiresAt > at',
      to: 'record.expiresAt >= at'
    },
    {
      name: 'a visitor\'s session is announced',
      promise: 'an anonymous session is nobody\'s login',
      from: 'record.userId !== undefined && ',
      to: ''
    },
    {
      name: 'a session is announced before it is removed',
      promise: 'hooks are called after the deed, once',
      from: 'return announce(await store.remove(userId, id, at), reason, at)',
      to: `const session = announce(await store.find(userId, id, at), reason, at)
    await store.remove(userId, id, at)
    return session`
    },
    {
      name: 'a removal that failed is announced',
      promise: 'what could not be removed is not announced, and is an error',
      from: 'return announce(await store.remove(userId, id, at), reason, at)',
      to: `const found = await store.find(userId, id, at)
    return announce(await store.remove(userId, id, at).catch(() => found), reason, at)`
    },
    {
      name: 'with a hook, revokeOthers ends this one too',
      promise: 'revokeOthers spares the given session',
      from: '.filter(id => id !== exceptId)',
      to: ''
    },
    {
      name: 'without a hook, revokeOthers ends this one too',
      promise: 'revokeOthers spares the given session',
      from: 'return await store.removeMany(userId, await found(), now())',
      to: 'return await store.removeMany(userId, await store.idsByUser(userId), now())',
      tests: ['revocation']
    },
    {
      name: 'after five rounds revokeOthers ends this one too',
      promise: 'revokeOthers spares the given session',
      from: 'return removed + await store.removeMany(userId, ids, now())',
      to: 'return removed + await store.removeMany(userId, await store.idsByUser(userId), now())'
    },
    {
      name: 'after five rounds the rest is spared',
      promise: 'who signs in faster than sessions are listed does not escape',
      from: 'return removed + await store.removeMany(userId, ids, now())',
      to: 'return removed'
    },
    {
      name: 'that nobody is left is said before it is certain',
      promise: 'an answer waits until what others have removed is durable',
      from: 'return removed + await store.removeMany(userId, ids, now())',
      to: 'return removed + (ids.length === 0 ? 0 : await store.removeMany(userId, ids, now()))'
    },
    {
      name: 'one round only',
      promise: 'who signs in while the first sessions are removed does not escape unannounced',
      from: 'ROUNDS = 5',
      to: 'ROUNDS = 1'
    },
    {
      name: 'whoever signs in meanwhile escapes',
      promise: 'revokeAll goes on until no session is left',
      from: '      ids = await found()',
      to: '      ids = []'
    },
    {
      name: 'a failed removal is swallowed',
      promise: 'revokeAll rejects when some could not be ended',
      from: 'if (failed !== undefined) throw failed.reason',
      to: 'if (failed !== undefined) removed += 0'
    },
    {
      name: 'sessions that others removed are counted',
      promise: 'the number is that of the sessions that this call ended',
      from: 'if (await one(userId, id, reason) !== null) removed++',
      to: 'await one(userId, id, reason); removed++'
    },
    {
      name: 'a removal by token swallows the failure',
      promise: 'an error of the store is never silence',
      from: 'announce(await store.removeByToken(hash), reason, at)',
      to: 'announce(await store.removeByToken(hash).catch(() => null), reason, at)',
      tests: ['outage', 'half-way']
    },
    {
      name: 'a removal by token is silent',
      promise: 'a login that ends by its token is announced',
      from: 'announce(await store.removeByToken(hash), reason, at)',
      to: 'await store.removeByToken(hash)'
    },
    {
      name: 'all at once',
      promise: 'at most a hundred removals are under way at the same moment',
      from: 'REMOVALS_AT_ONCE = 100',
      to: 'REMOVALS_AT_ONCE = 100_000'
    },
    {
      name: 'the last of each hundred is left out',
      promise: 'revokeAll ends every session',
      from: 'ids.slice(start, start + REMOVALS_AT_ONCE)',
      to: 'ids.slice(start, start + REMOVALS_AT_ONCE - 1)'
    },
    {
      name: 'the most recently active one is evicted',
      promise: 'beyond the limit the least recently active session ends',
      from: 'b.lastActiveAt.getTime() - a.lastActiveAt.getTime() ||',
      to: 'a.lastActiveAt.getTime() - b.lastActiveAt.getTime() ||'
    },
    {
      name: 'one less than the limit is left',
      promise: 'a user may have as many sessions as the limit says',
      from: 'ranked.slice(most)',
      to: 'ranked.slice(most - 1)'
    },
    {
      name: 'one more than the limit is left',
      promise: 'a user has no more sessions than the limit says',
      from: 'ranked.slice(most)',
      to: 'ranked.slice(most + 1)'
    },
    {
      name: 'the session just started is evicted',
      promise: 'whoever signs in is signed in',
      from: '[...newer.sort(lastBegunFirst), started, ...older.sort(lastActiveFirst)]',
      to: '[...newer.sort(lastBegunFirst), ...older.sort(lastActiveFirst), started]'
    },
    {
      name: 'an eviction is not told as one',
      promise: 'onSessionEnd is told why',
      from: ", 'evicted')",
      to: ", 'replaced')"
    },
    {
      name: 'servers that look at the same moment evict others',
      promise: 'of equals the same ones go, whoever looks',
      from: '|| (a.id < b.id ? 1 : -1)',
      to: '|| 1'
    },
    {
      name: 'a session that began later counts like an older one',
      promise: 'of sign-ins at the same moment, all servers keep the same ones',
      from: 'others.filter(one => lastBegunFirst(one, started) < 0)',
      to: '[] as typeof others'
    },
    {
      name: 'without a limit of how many go at a time',
      promise: 'signing in ends a hundred at the most where each is announced',
      from: 'ids.slice(-REMOVALS_AT_ONCE)',
      to: 'ids'
    }
  ]
} satisfies BreakList
