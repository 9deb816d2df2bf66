/** Breaks of the store on MongoDB: filters, durability, shared lookups. @module */
/* eslint no-template-curly-in-string: off -- these are texts of code */
import type { BreakList } from '../break.js'

export default {
  file: 'plugin/stores/mongo.ts',
  tests: ['stores/mongo', 'sessions/revocation', 'request/races', 'promises/operations'],
  breaks: [
    {
      name: 'reads go to secondaries',
      promise: 'reads ask the primary: a secondary may still show a session that has been revoked',
      from: "readPreference: 'primary', ",
      to: "readPreference: 'secondaryPreferred', "
    },
    {
      name: 'reads go where the host\'s client prefers',
      promise: 'reads ask the primary, whatever the host\'s client prefers',
      from: "readPreference: 'primary', ",
      to: ''
    },
    {
      name: 'writes are sure of one server only',
      promise: 'signing in and revoking survive the loss of a server',
      from: "{ w: 'majority' }",
      to: '{ w: 1 }'
    },
    {
      name: 'writes are as sure as the host\'s client wants',
      promise: 'signing in and revoking survive the loss of a server, whatever the host\'s client prefers',
      from: ", writeConcern: { w: 'majority' } } as const",
      to: ' } as const'
    },
    {
      name: 'a token may exist twice',
      promise: 'a token is unique',
      from: '{ unique: true }',
      to: '{}'
    },
    {
      name: 'dead records are kept for an hour',
      promise: 'the TTL index removes what has expired',
      from: 'expireAfterSeconds: 0',
      to: 'expireAfterSeconds: 3600'
    },
    {
      name: 'users have no index',
      promise: 'a list costs what it shows, not what the collection holds',
      from: 'await ensureIndex(sessions, { userId: 1 }, {})',
      to: ''
    },
    {
      name: 'an index that cannot be made is no matter',
      promise: 'an index that cannot be made stops the boot',
      from: 'await sessions.createIndex(key, options)',
      to: 'await sessions.createIndex(key, options).catch(() => {})'
    },
    {
      name: 'an insert replaces',
      promise: 'an id that exists already is an error',
      from: 'await sessions.insertOne(toDocument(record))',
      to: 'await sessions.replaceOne({ _id: record.id }, toDocument(record), { upsert: true })'
    },
    {
      name: 'anybody finds a session by its id',
      promise: 'ownership is in the filter',
      from: 'toRecord(await sessions.findOne(liveOf(userId, now, { _id: id })))',
      to: 'toRecord(await sessions.findOne({ _id: id, expiresAt: { $gt: now } }))'
    },
    {
      name: 'anybody ends a session by its id',
      promise: 'ownership is in the filter',
      from: 'findOneAndDelete(ofUser(userId, { _id: id }))',
      to: 'findOneAndDelete({ _id: id })'
    },
    {
      name: 'everybody\'s sessions end',
      promise: 'ownership is in the filter',
      from: 'deleteMany(liveOf(userId, now, { _id: { $in: ids } }))',
      to: 'deleteMany({ _id: { $in: ids }, expiresAt: { $gt: now } })'
    },
    {
      name: 'a removal is two steps',
      promise: 'a record is given to one of many who remove it',
      from: 'await sessions.findOneAndDelete(ofUser(userId, { _id: id }))',
      to: `await sessions.findOne(ofUser(userId, { _id: id })).then(async found => {
        if (found !== null) await sessions.deleteOne({ _id: id })
        return found
      })`
    },
    {
      name: 'a removal is not waited for',
      promise: 'revoked means dead when the answer arrives',
      from: 'const { deletedCount } = await sessions.deleteMany(liveOf(userId, now, { _id: { $in: ids } }))',
      to: 'const deletedCount = await sessions.countDocuments(liveOf(userId, now, { _id: { $in: ids } }))\n      sessions.deleteMany(ofUser(userId, { _id: { $in: ids } })).catch(() => {})\n      if (now !== undefined) return deletedCount'
    },
    {
      name: 'dead sessions are found',
      promise: 'every read compares the expiry with now',
      from: '{ ...ofUser(userId, more), expiresAt: { $gt: now } }',
      to: 'now && ofUser(userId, more)'
    },
    {
      name: 'a session is found at its expiry',
      promise: 'the expiry is known to the millisecond',
      from: 'expiresAt: { $gt: now } }\n}',
      to: 'expiresAt: { $gte: now } }\n}'
    },
    {
      name: 'a user id may be an operator',
      promise: 'a user id is a value, never a question',
      from: 'userId: { $eq: userId }',
      to: 'userId'
    },
    {
      name: 'saving data upserts',
      promise: 'nothing is upserted: a removed record stays removed',
      from: '{ _id: id }, dataUpdate(changes))',
      to: '{ _id: id }, dataUpdate(changes), { upsert: true })'
    },
    {
      name: 'saving data is always a success',
      promise: 'false: the record is gone',
      from: '{ _id: id }, dataUpdate(changes))\n      return matchedCount === 1',
      to: '{ _id: id }, dataUpdate(changes))\n      return matchedCount < 2'
    },
    {
      name: 'saving data replaces all of it',
      promise: 'session data is written key by key',
      from: 'mapKeys(set, key => `data.${escapeKey(key)}`)',
      to: '{ data: mapKeys(set, escapeKey) }'
    },
    {
      name: 'a touch upserts',
      promise: 'a touch does not bring back a removed record',
      from: 'update: { $set: { lastActiveAt, ...change } }',
      to: 'update: { $set: { lastActiveAt, ...change } }, upsert: true'
    },
    {
      name: 'a touch revives the dead',
      promise: 'a record that was dead by then stays so',
      from: ', expiresAt: { $gt: lastActiveAt } }',
      to: ' }'
    },
    {
      name: 'a touch at the expiry revives',
      promise: 'a record that was dead by then stays so, to the millisecond',
      from: 'expiresAt: { $gt: lastActiveAt }',
      to: 'expiresAt: { $gte: lastActiveAt }'
    },
    {
      name: 'a touch moves back',
      promise: 'last-active never moves back',
      from: 'lastActiveAt: { $lt: lastActiveAt }, ',
      to: ''
    },
    {
      name: 'a touch of the same moment writes',
      promise: 'a touch writes a later moment only',
      from: '{ $lt: lastActiveAt }',
      to: '{ $lte: lastActiveAt }'
    },
    {
      name: 'a touch loses the address and the expiry',
      promise: 'last-active, expiry and address are written in one step',
      from: '$set: { lastActiveAt, ...change }',
      to: '$set: { lastActiveAt, ...(change && {}) }'
    },
    {
      name: 'touches wait for the majority',
      promise: 'a touch may be lost, and does not wait for the majority',
      from: ', writeConcern: { w: 1 }',
      to: ''
    },
    {
      name: 'touches are as sure as nothing',
      promise: 'a touch that was written is seen by the next read',
      from: 'writeConcern: { w: 1 }',
      to: 'writeConcern: { w: 0 }'
    },
    {
      name: 'touches are ordered',
      promise: 'touches travel as one unordered bulk write',
      from: 'ordered: false',
      to: 'ordered: true'
    },
    {
      name: 'any token confirms',
      promise: 'only the newest token, or one whose newer one was lost, is rotated',
      from: "{ _id: id, $or: [{ 'tokens.0.hash': current }, newestWasLost] }",
      to: '{ _id: id, ...(newestWasLost && {}) }'
    },
    {
      name: 'a retired token confirms',
      promise: 'a token that was retired brings no new one',
      from: "'tokens.1.until': { $exists: false }, 'confirmation.at'",
      to: "'confirmation.at'"
    },
    {
      name: 'a former token confirms at once',
      promise: 'a former token confirms only after 30 seconds without its newer one',
      from: ", 'confirmation.at': { $lte: lostBefore }",
      to: ''
    },
    {
      name: 'a former token confirms a millisecond late',
      promise: 'a former token confirms 30 seconds after the rotation, to the millisecond',
      from: '{ $lte: lostBefore }',
      to: '{ $lt: lostBefore }'
    },
    {
      name: 'a former token never confirms',
      promise: 'who lost the answer is not stuck with a token that brings no other',
      from: "$or: [{ 'tokens.0.hash': current }, newestWasLost]",
      to: "$or: [{ 'tokens.0.hash': current }, { $and: [newestWasLost, { _id: '' }] }]"
    },
    {
      name: 'a confirmation upserts',
      promise: 'nothing is upserted: a removed record stays removed',
      from: 'confirmation: { failures: 0, at: now } } })',
      to: 'confirmation: { failures: 0, at: now } } }, { upsert: true })'
    },
    {
      name: 'a confirmation keeps the failures',
      promise: 'a right password starts the count anew',
      from: '{ $set: { tokens, confirmation: { failures: 0, at: now } } }',
      to: "{ $set: { tokens, 'confirmation.at': now } }"
    },
    {
      name: 'a confirmation tells nothing of who was first',
      promise: 'of many at the same moment one gets the new token',
      from: 'confirmation: { failures: 0, at: now } } })\n      return matchedCount === 1',
      to: 'confirmation: { failures: 0, at: now } } })\n      return matchedCount < 2'
    },
    {
      name: 'any token retires the former one',
      promise: 'only the newest token\'s use retires the former one',
      from: "_id: id, 'tokens.0.hash': newest, ",
      to: '_id: id, '
    },
    {
      name: 'the former token\'s end moves',
      promise: 'an end that is there never moves',
      from: "'tokens.1': { $exists: true }, 'tokens.1.until': { $exists: false }",
      to: "'tokens.1': { $exists: true }"
    },
    {
      name: 'a former token is made of nothing',
      promise: 'where there is no former token nothing is written',
      from: "'tokens.1': { $exists: true }, ",
      to: ''
    },
    {
      name: 'an attempt during a lock is taken',
      promise: 'no attempt is taken while locked',
      from: "{ _id: id, $or: [{ 'confirmation.lockedUntil': { $exists: false } }, { 'confirmation.lockedUntil': { $lte: now } }] }",
      to: "{ _id: id, 'confirmation.failures': { $lt: now } as never }",
      tests: ['stores/mongo', 'confirmation/password']
    },
    {
      name: 'a lock is in force at its end',
      promise: 'a lock ends at its end, to the millisecond',
      from: "'confirmation.lockedUntil': { $lte: now }",
      to: "'confirmation.lockedUntil': { $lt: now }"
    },
    {
      name: 'six wrong passwords',
      promise: 'five wrong passwords lock',
      from: "$gte: ['$confirmation.failures', limit]",
      to: "$gt: ['$confirmation.failures', limit]"
    },
    {
      name: 'a lock that has passed leaves its count',
      promise: 'after a lock the count begins anew',
      from: "'missing'] }, '$confirmation.failures', 0]",
      to: "'missing'] }, '$confirmation.failures', '$confirmation.failures']"
    },
    {
      name: 'attempts are counted in two steps',
      promise: 'attempts at the same moment get no more than five checks',
      from: "const document = await sessions.findOneAndUpdate(\n        { _id: id, $or: [{ 'confirmation.lockedUntil': { $exists: false } }, { 'confirmation.lockedUntil': { $lte: now } }] },",
      to: "const open = await sessions.findOne({ _id: id, $or: [{ 'confirmation.lockedUntil': { $exists: false } }, { 'confirmation.lockedUntil': { $lte: now } }] })\n      if (open === null) return null\n      const document = await sessions.findOneAndUpdate(\n        { _id: id },"
    },
    {
      name: 'the state before the attempt is told',
      promise: 'the state with this attempt counted is returned',
      from: "returnDocument: 'after'",
      to: "returnDocument: 'before'"
    },
    {
      name: 'more attempts are given back than taken',
      promise: 'the count never falls below zero',
      from: "{ _id: id, 'confirmation.failures': { $gt: 0 } }",
      to: '{ _id: id }'
    },
    {
      name: 'an attempt that is given back leaves its lock',
      promise: 'an attempt that is given back takes its lock along',
      from: ", $unset: { 'confirmation.lockedUntil': '' } })",
      to: ' })'
    },
    {
      name: 'an expired record is not removed with many',
      promise: 'a touch on its way does not prolong what was removed after its expiry',
      from: 'await sessions.deleteMany(ofUser(userId, { _id: { $in: ids } }))\n',
      to: '\n'
    },
    {
      name: 'nothing is waited for',
      promise: 'settle resolves once all that reads have shown is durable',
      from: 'await sessions.deleteOne({ _id: { $in: [] } })',
      to: ''
    },
    {
      name: 'a former token ends nothing',
      promise: 'whoever holds a token owns the record: the former one too',
      from: "findOneAndDelete({ 'tokens.hash': hash })",
      to: "findOneAndDelete({ 'tokens.0.hash': hash })"
    },
    {
      name: 'lookups are cached',
      promise: 'nothing is cached: each turn reads the truth',
      from: 'cache: false, ',
      to: 'cache: true, '
    },
    {
      name: 'each lookup is a find of its own',
      promise: 'lookups of one event-loop turn travel as one find',
      from: 'maxBatchSize: LOOKUPS_AT_ONCE',
      to: 'maxBatchSize: 1'
    },
    {
      name: 'lookups travel before their turn is over',
      promise: 'lookups of one event-loop turn travel as one find',
      from: 'batchScheduleFn: run => { setImmediate(run) }',
      to: 'batchScheduleFn: run => { run() }'
    },
    {
      name: 'a batch has no limit',
      promise: 'at most a thousand tokens are looked up by one find',
      from: 'LOOKUPS_AT_ONCE = 1000',
      to: 'LOOKUPS_AT_ONCE = 1_000_000'
    },
    {
      name: 'lookups of one browser share a document',
      promise: 'parallel requests do not share their session data',
      from: 'handedOut.has(document) ?',
      to: 'handedOut.has(document) && false ?'
    },
    {
      name: 'lookups of one browser share what is deep',
      promise: 'parallel requests do not share their session data, at any depth',
      from: 'BSON.deserialize(BSON.serialize(document)) as LoginSessionDocument',
      to: '{ ...document }'
    },
    {
      name: 'the same tokens get the answers of others',
      promise: 'each lookup is answered with its own record',
      from: 'return hashes.map(hash => {',
      to: 'return [...hashes].sort().map(hash => {'
    },
    {
      name: 'former tokens are not found',
      promise: 'parallel requests survive a rotation',
      from: 'document.tokens.map(',
      to: 'document.tokens.slice(0, 1).map('
    },
    {
      name: 'a batch finds a hundred',
      promise: 'a record that is left out would sign its user out',
      from: 'limit: wanted.length',
      to: 'limit: Math.min(100, wanted.length)'
    },
    {
      name: 'a batch finds what fits into one reply',
      promise: 'more than fits into one reply is found all the same',
      from: 'batchSize: wanted.length }',
      to: 'batchSize: wanted.length, singleBatch: true }'
    },
    {
      name: 'a batch of many makes two round trips',
      promise: 'one round trip is the rule',
      from: ', batchSize: wanted.length }',
      to: ' }'
    },
    {
      name: 'dots are paths',
      promise: 'keys of session data may hold any characters',
      from: ".replaceAll('.', '%2E')",
      to: ''
    },
    {
      name: 'dollars are operators',
      promise: 'keys of session data may hold any characters',
      from: '/[%$\\0]/g',
      to: '/[%\\0]/g'
    },
    {
      name: 'percent signs are escapes',
      promise: 'keys of session data may hold any characters',
      from: '/[%$\\0]/g',
      to: '/[$\\0]/g'
    },
    {
      name: 'no key is empty',
      promise: 'keys of session data may hold any characters, or none',
      from: "key === '' ? '%' : ",
      to: ''
    },
    {
      name: 'deleted keys stay',
      promise: 'what the host deletes is gone',
      from: '...(unset.length > 0 && {',
      to: '...(unset.length > 1 && {'
    }
  ]
} satisfies BreakList
