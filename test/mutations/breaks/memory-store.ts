/** Breaks of the store in memory: it has the same outcomes as the one on MongoDB. @module */
import type { BreakList } from '../break.js'

export default {
  file: 'plugin/stores/memory.ts',
  tests: ['stores/memory'],
  breaks: [
    {
      name: 'the caller\'s record is kept',
      promise: 'records are the caller\'s own copies',
      from: 'records.set(record.id, structuredClone(record))',
      to: 'records.set(record.id, { ...record })'
    },
    {
      name: 'the store\'s record is handed out',
      promise: 'records are the caller\'s own copies',
      from: 'record === undefined ? null : structuredClone(record)',
      to: 'record ?? null'
    },
    {
      name: 'the store\'s records are listed',
      promise: 'records are the caller\'s own copies, deep ones',
      from: 'return structuredClone(liveOf(userId, now))',
      to: 'return liveOf(userId, now).map(record => ({ ...record }))'
    },
    {
      name: 'the store\'s confirmation is handed out',
      promise: 'records are the caller\'s own copies',
      from: 'record === undefined ? null : { ...record.confirmation }',
      to: 'record === undefined ? null : record.confirmation'
    },
    {
      name: 'the counted confirmation is the store\'s',
      promise: 'records are the caller\'s own copies',
      from: 'return { ...record.confirmation }\n    },\n\n    async returnAttempt',
      to: 'return record.confirmation\n    },\n\n    async returnAttempt'
    },
    {
      name: 'the caller\'s session data is kept',
      promise: 'records are the caller\'s own copies',
      from: 'structuredClone(set)',
      to: 'set'
    },
    {
      name: 'the caller\'s touch is kept',
      promise: 'records are the caller\'s own copies',
      from: 'structuredClone({ lastActiveAt, ...change })',
      to: '{ lastActiveAt, ...change }'
    },
    {
      name: 'the caller\'s tokens are kept',
      promise: 'records are the caller\'s own copies',
      from: 'record.tokens = structuredClone(tokens)',
      to: 'record.tokens = tokens'
    },
    {
      name: 'the caller\'s end of a token is kept',
      promise: 'records are the caller\'s own copies',
      from: 'new Date(until)',
      to: 'until'
    },
    {
      name: 'an id or a token may exist twice',
      promise: 'an id or a token that exists already is an error',
      from: 'records.has(record.id) || record.tokens.some(({ hash }) => withToken(hash))',
      to: 'records.has(record.id) && record.tokens.some(({ hash }) => withToken(hash))'
    },
    {
      name: 'former tokens are not found',
      promise: 'a record is found by each of its tokens',
      from: 'record.tokens.some(token => token.hash === hash)',
      to: 'record.tokens[0]?.hash === hash'
    },
    {
      name: 'everybody\'s sessions are one\'s own',
      promise: 'ownership is in the filter',
      from: 'values().filter(record => record.userId === userId)',
      to: 'values().filter(record => record.userId !== undefined)'
    },
    {
      name: 'a session is found at its expiry',
      promise: 'the expiry is known to the millisecond',
      from: 'ofUser(userId).filter(record => record.expiresAt > now)',
      to: 'ofUser(userId).filter(record => record.expiresAt >= now)'
    },
    {
      name: 'nothing is ever swept',
      promise: 'the store does not grow for ever',
      from: 'sweep(record.createdAt)',
      to: ''
    },
    {
      name: 'what expires now is kept',
      promise: 'a record is dead at its expiry',
      from: 'record.expiresAt <= now) records.delete',
      to: 'record.expiresAt < now) records.delete'
    },
    {
      name: 'a touch brings back a removed record',
      promise: 'records that are gone stay so',
      from: 'const record = records.get(id)\n    if (record === undefined || record.lastActiveAt',
      to: 'const record = records.get(id) ?? { id, tokens: [], lastActiveAt: new Date(0), expiresAt: change.expiresAt } as never as LoginSessionRecord\n    records.set(id, record)\n    if (record === undefined || record.lastActiveAt'
    },
    {
      name: 'a touch of the same moment writes',
      promise: 'a touch writes a later moment only',
      from: 'record.lastActiveAt >= lastActiveAt',
      to: 'record.lastActiveAt > lastActiveAt'
    },
    {
      name: 'a touch at the expiry revives',
      promise: 'a record that was dead by then stays so, to the millisecond',
      from: 'record.expiresAt <= lastActiveAt',
      to: 'record.expiresAt < lastActiveAt'
    },
    {
      name: 'saving data into a removed record succeeds',
      promise: 'false: the record is gone',
      from: 'if (record === undefined) return false\n      Object.assign',
      to: 'if (record === undefined) return true\n      Object.assign'
    },
    {
      name: 'any token confirms',
      promise: 'only the newest token, or one whose newer one was lost, is rotated',
      from: 'if (newest?.hash !== current && !newestWasLost) return false',
      to: 'if (newest?.hash === undefined && !newestWasLost) return false'
    },
    {
      name: 'a retired token confirms',
      promise: 'a token that was retired brings no new one',
      from: ' && former.until === undefined',
      to: ''
    },
    {
      name: 'a former token confirms a millisecond late',
      promise: 'a former token confirms 30 seconds after the rotation, to the millisecond',
      from: 'at <= lostBefore',
      to: 'at < lostBefore'
    },
    {
      name: 'a confirmation keeps the failures',
      promise: 'a right password starts the count anew',
      from: 'record.confirmation = { failures: 0, at: now }',
      to: 'record.confirmation = { ...record.confirmation, at: now }'
    },
    {
      name: 'any token retires the former one',
      promise: 'only the newest token\'s use retires the former one',
      from: 'tokens?.[0]?.hash !== newest || tokens[1] === undefined',
      to: 'tokens?.[1] === undefined'
    },
    {
      name: 'the former token\'s end moves',
      promise: 'an end that is there never moves',
      from: 'tokens[1].until ??= ',
      to: 'tokens[1].until = '
    },
    {
      name: 'a lock is in force at its end',
      promise: 'a lock ends at its end, to the millisecond',
      from: 'lockedUntil > now) return null',
      to: 'lockedUntil >= now) return null'
    },
    {
      name: 'six wrong passwords',
      promise: 'five wrong passwords lock',
      from: 'counted >= limit',
      to: 'counted > limit'
    },
    {
      name: 'a lock that has passed leaves its count',
      promise: 'after a lock the count begins anew',
      from: '(lockedUntil === undefined ? failures : 0) + 1',
      to: 'failures + 1'
    },
    {
      name: 'an attempt forgets when the password was confirmed',
      promise: 'wrong passwords do not change when the last right one was',
      from: '...(at && { at }), ',
      to: ''
    },
    {
      name: 'more attempts are given back than taken',
      promise: 'the count never falls below zero',
      from: 'Math.max(0, confirmation.failures - 1)',
      to: 'confirmation.failures - 1'
    },
    {
      name: 'an attempt that is given back leaves its lock',
      promise: 'an attempt that is given back takes its lock along',
      from: 'delete confirmation.lockedUntil',
      to: ''
    },
    {
      name: 'anybody ends a session by its id',
      promise: 'ownership is in the filter',
      from: 'record === undefined || record.userId !== userId) return null',
      to: 'record === undefined || record.userId === undefined) return null'
    },
    {
      name: 'anybody ends many by their ids',
      promise: 'ownership is in the filter',
      from: 'ofUser(userId).filter(record => ids.includes(record.id))',
      to: 'values().filter(record => ids.includes(record.id))'
    }
  ]
} satisfies BreakList
