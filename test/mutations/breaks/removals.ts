/** Breaks of ending sessions and announcing it. @module */
import type { BreakList } from '../break.js'

export default {
  file: 'plugin/sessions/endings.ts',
  tests: ['request/hooks', 'sessions/endings', 'sessions/session-cap', 'sessions/revocation', 'sessions/expiry', 'request/races', 'promises/operations'],
  breaks: [
    {
      name: 'a session is announced before it is removed',
      promise: 'hooks are called after the deed, once',
      from: 'return announce(await store.remove(userId, id, now()))',
      to: `const session = announce(await store.find(userId, id, now()))
      await store.remove(userId, id, now())
      return session`
    },
    {
      name: 'a removal that failed is announced',
      promise: 'what could not be removed is not announced, and is an error',
      from: 'return announce(await store.remove(userId, id, now()))',
      to: `const found = await store.find(userId, id, now())
      return announce(await store.remove(userId, id, now()).catch(() => found))`
    },
    {
      name: 'revokeOthers ends this one too',
      promise: 'revokeOthers spares the given session',
      from: '.filter(id => id !== exceptId)',
      to: ''
    },
    {
      name: 'without a hook, revokeOthers ends this one too',
      promise: 'revokeOthers spares the given session',
      from: 'ended === undefined ? await store.removeMany(userId, ids, now())',
      to: 'ended === undefined ? await store.removeMany(userId, await store.idsByUser(userId), now())',
      tests: ['sessions/revocation']
    },
    {
      name: 'after five rounds revokeOthers ends this one too',
      promise: 'revokeOthers spares the given session',
      from: 'return removed + await store.removeMany(userId, await found(), now())',
      to: 'return removed + await store.removeMany(userId, await store.idsByUser(userId), now())'
    },
    {
      name: 'after five rounds the rest is spared',
      promise: 'who signs in faster than sessions are listed does not escape',
      from: 'return removed + await store.removeMany(userId, await found(), now())',
      to: 'return removed'
    },
    {
      name: 'that nobody is left is said before it is certain',
      promise: 'an answer waits until what others have removed is durable',
      from: 'else await store.settle()',
      to: 'else await Promise.resolve()',
      tests: ['promises/failover']
    },
    {
      name: 'a look that finds nobody is the last',
      promise: 'what only a lost primary had shown is not taken for certain',
      from: 'else if (round > 0) return removed\n      else await store.settle()',
      to: 'else {\n        await store.settle()\n        return removed\n      }',
      tests: ['promises/failover']
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
      from: 'if (ids.length > 0) removed += await some(userId, ids, reason)',
      to: 'if (ids.length > 0) return await some(userId, ids, reason)'
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
      name: 'a removal that gets through late is silent',
      promise: 'a removal that was given up, and gets through late, is told of when it does',
      from: 'whenLate(error, announce)',
      to: ''
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
      from: 'one.id !== started.id && lastBegunFirst',
      to: 'one.id === started.id || lastBegunFirst'
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
      from: 'one.id !== started.id && lastBegunFirst(one, started) > 0',
      to: 'one.id !== started.id'
    },
    {
      name: 'without a limit of how many go at a time',
      promise: 'signing in ends a hundred at the most where each is announced',
      from: 'ids.slice(-REMOVALS_AT_ONCE)',
      to: 'ids'
    }
  ]
} satisfies BreakList
