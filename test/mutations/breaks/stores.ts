/** Breaks of the room `stores/`: the filters, durability and time bounds of what is asked of a store. @module */
/* eslint no-template-curly-in-string: off -- these are texts of code */
import type { BreakList } from '../break.js'

export default [
  {
    file: 'plugin/stores/mongo.ts',
    tests: ['stores/stores', 'sessions/login-sessions', 'request/races', 'promises/operations'],
    breaks: [
      {
        name: 'reads go to secondaries',
        promise: 'T1: a secondary may still show a session that has been revoked',
        from: "'primary'",
        to: "'secondaryPreferred'"
      },
      {
        name: 'one server is enough for a write',
        promise: 'T1, rule 8: signing in and revoking survive the loss of a server',
        from: "w: 'majority'",
        to: 'w: 1'
      },
      {
        name: "the host's client decides how durable a write is",
        promise: 'T1, rule 8: signing in and revoking survive the loss of a server, whatever the client of the host prefers',
        from: ", writeConcern: { w: 'majority' }",
        to: ''
      },
      {
        name: 'an insert replaces',
        promise: 'rule 2: nothing is upserted; an id that exists already is an error',
        from: 'insertOne(toDocument(record))',
        to: 'replaceOne({ _id: record.id }, toDocument(record), { upsert: true })'
      },
      {
        name: 'everybody finds a session by its id',
        promise: 'rule 4: the owner is in the filter',
        from: 'liveOf(userId, now, { _id: id })',
        to: '{ _id: id, expiresAt: { $gt: now } }'
      },
      {
        name: 'everybody removes a session by its id',
        promise: 'rule 4: the owner is in the filter',
        from: 'ofUser(userId, { _id: id })',
        to: '{ _id: id }'
      },
      {
        name: 'everybody removes many sessions by their ids',
        promise: 'rule 4: the owner is in the filter',
        from: 'liveOf(userId, now, { _id: { $in: ids } })',
        to: '{ _id: { $in: ids }, expiresAt: { $gt: now } }'
      },
      {
        name: 'a removal is two steps',
        promise: 'R13: of many who remove a record, one gets it',
        from: 'findOneAndDelete(ofUser(userId, { _id: id }))',
        to: 'findOne(ofUser(userId, { _id: id })).then(async found => await sessions.deleteOne({ _id: id }) && found)'
      },
      {
        name: 'nobody waits for the removal of many',
        promise: 'T1: a revoked session is removed when the answer arrives',
        from: 'async removeMany (userId, ids, now) {',
        to: 'async removeMany (userId, ids, now) {\n      if (ids.length > 0) return sessions.deleteMany(ofUser(userId, { _id: { $in: ids } })).catch(() => {}) && ids.length'
      },
      {
        name: 'what has expired is not removed with many',
        promise: 'T1: a touch that is on its way does not prolong what was removed after its expiry',
        from: 'await sessions.deleteMany(ofUser(userId, { _id: { $in: ids } }))',
        to: ''
      },
      {
        name: 'a former token removes nothing',
        promise: 'T1: the former token owns the record, too',
        from: "findOneAndDelete({ 'tokens.hash'",
        to: "findOneAndDelete({ 'tokens.0.hash'"
      },
      {
        name: 'the barrier is a read',
        promise: 'T1: the barrier resolves when every removal that reads have shown is durable',
        from: 'deleteOne({ _id: { $in: [] } })',
        to: "findOne({ _id: '' })"
      },
      {
        name: 'expired sessions are found',
        promise: 'rule 1: every read compares the expiry with now',
        from: ', expiresAt: { $gt: now }',
        to: ''
      },
      {
        name: 'a user id may be an operator',
        promise: 'T5: a user id is compared as a value',
        from: '{ $eq: userId }',
        to: 'userId as any'
      },
      {
        name: 'saving data upserts',
        promise: 'T1: a save never revives',
        from: 'dataUpdate(changes))',
        to: 'dataUpdate(changes), { upsert: true })'
      },
      {
        name: 'a touch upserts',
        promise: 'T1: a touch never revives a removed record',
        from: '$set: { lastActiveAt, ...change } }',
        to: '$set: { lastActiveAt, ...change } }, upsert: true'
      },
      {
        name: 'a touch revives what has expired',
        promise: 'T1: a touch never revives an expired record',
        from: ', expiresAt: { $gt: lastActiveAt }',
        to: ''
      },
      {
        name: 'touches are ordered',
        promise: 'T7: one touch that fails holds up no other',
        from: 'ordered: false',
        to: 'ordered: true'
      },
      {
        name: 'any token rotates',
        promise: 'R8: only the newest token is rotated, or the former one if the newest was lost',
        from: ", $or: [{ 'tokens.0.hash': current }, responseWasLost]",
        to: ''
      },
      {
        name: 'a former token that has its end rotates',
        promise: 'R8: a retired token brings no new one',
        from: "'tokens.1.until': { $exists: false }, 'confirmation.at'",
        to: "'confirmation.at'"
      },
      {
        name: 'a confirmation upserts',
        promise: 'T1: a confirmation never revives',
        from: 'at: now } } })',
        to: 'at: now } } }, { upsert: true })'
      },
      {
        name: 'any token retires the former one',
        promise: 'R8: the grace begins with the first use of the newer token',
        from: "'tokens.0.hash': newest, ",
        to: ''
      },
      {
        name: 'the end of the former token moves',
        promise: 'R8: the grace begins once',
        from: ", 'tokens.1.until': { $exists: false } }",
        to: ' }'
      },
      {
        name: 'an attempt during a lock is counted and checked',
        promise: 'T3: no password is checked during a lock',
        from: "{ 'confirmation.lockedUntil': { $lte: now } }",
        to: '{}',
        tests: ['stores/stores', 'confirmation/password']
      },
      {
        name: 'an attempt is counted in two steps',
        promise: 'T3: attempts at the same moment get no more than five checks',
        from: "_id: id, $or: [{ 'confirmation",
        to: "_id: (await sessions.findOne({ _id: id, 'confirmation.lockedUntil': { $not: { $gt: now } } }))?._id ?? '', $or: [{}, { 'confirmation"
      },
      {
        name: 'more attempts are given back than were counted',
        promise: 'T3: the count never falls below zero',
        from: ", 'confirmation.failures': { $gt: 0 }",
        to: ''
      },
      {
        name: 'lookups are cached',
        promise: 'T1, rule 1: nothing is cached',
        from: 'cache: false',
        to: 'cache: true'
      },
      {
        name: 'a batch has no limit',
        promise: 'T7: one find looks up a thousand tokens at most',
        from: '= 1000',
        to: '= 1_000_000'
      },
      {
        name: 'a batch finds a hundred',
        promise: 'T2: a record that is left out would sign its user out',
        from: 'limit: wanted.length',
        to: 'limit: Math.min(100, wanted.length)'
      },
      {
        name: 'a batch finds what fits into one reply',
        promise: 'T2: a record that is left out would sign its user out',
        from: 'batchSize: wanted.length',
        to: 'batchSize: wanted.length, singleBatch: true'
      },
      {
        name: 'a lookup is answered with the record of another',
        promise: 'rule 4: each lookup is answered with its own record',
        from: 'hashes.map(hash =>',
        to: '[...hashes].sort().map(hash =>'
      },
      {
        name: 'parallel lookups share what is deep',
        promise: 'R9: parallel requests do not share their session data, at any depth',
        from: 'BSON.deserialize(BSON.serialize(document))',
        to: '{ ...document }'
      },
      {
        name: 'former tokens are not found',
        promise: 'R8: parallel requests survive a rotation',
        from: 'document.tokens.map(',
        to: 'document.tokens.slice(0, 1).map('
      }
    ]
  },
  {
    file: 'plugin/stores/mongo-document.ts',
    tests: ['stores/stores', 'request/saving', 'request/request-session'],
    breaks: [
      {
        name: 'saving data replaces all of it',
        promise: 'rule 3: session data is written key by key',
        from: 'mapKeys(set, key => `data.${escapeKey(key)}`)',
        to: '{ data: mapKeys(set, escapeKey) }'
      }
    ]
  },
  {
    file: 'plugin/stores/memory.ts',
    tests: ['stores/stores'],
    breaks: [
      {
        name: 'everybody removes a session by its id',
        promise: 'rule 4: the owner is in the filter',
        from: ' || record.userId !== userId',
        to: ''
      },
      {
        name: 'a touch revives what has expired',
        promise: 'T1: a touch never revives an expired record',
        from: ' || record.expiresAt <= lastActiveAt',
        to: ''
      }
    ]
  },
  {
    file: 'plugin/stores/bounded.ts',
    tests: ['stores/bounded', 'request/outage', 'request/login', 'confirmation/password'],
    breaks: [
      {
        name: 'silence is an empty answer',
        promise: 'T2: a store that hangs does not say that nobody is signed in',
        from: 'withTimeout(call, timeout, method)',
        to: 'Promise.race([call, new Promise(resolve => { setTimeout(resolve, timeout, null) })])'
      },
      {
        name: 'silence lasts for ever',
        promise: 'T2: every store call has an upper time bound',
        from: 'withTimeout(call, timeout, method)',
        to: 'call'
      },
      {
        name: 'a late attempt stays counted',
        promise: 'T3: an outage locks nobody out of confirming',
        from: 'if (counted as AttemptState | null | undefined) await store.returnAttempt(args[0] as string)',
        to: ''
      },
      {
        name: 'an insert that failed is not undone',
        promise: 'P1: a sign-in that failed, though its insert was carried out, leaves no session in the list',
        from: 'call.catch(() => {}).then(',
        to: 'call.then('
      },
      {
        name: 'the late outcome of a call is lost',
        promise: 'R13: a removal that completes late is announced',
        from: 'storeUnavailableError(cause, call)',
        to: 'storeUnavailableError(cause, Promise.resolve(null))',
        tests: ['request/hooks']
      }
    ]
  }
] satisfies BreakList[]
