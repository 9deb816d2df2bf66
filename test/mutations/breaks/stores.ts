/** Breaks of the room `stores/`: the filters, durability and time bounds of what is asked of a store. @module */
/* eslint no-template-curly-in-string: off -- these are texts of code */
import type { BreakList } from '../break.js'

export default [
  {
    file: 'plugin/stores/mongo.ts',
    tests: ['stores/stores', 'stores/foreign-bson', 'request/races', 'promises/operations'],
    breaks: [
      {
        name: 'reads go to secondaries',
        promise: 'T1: a secondary may still show a session that has been revoked',
        from: "readPreference: 'primary', writeConcern",
        to: "readPreference: 'secondaryPreferred', writeConcern"
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
        to: 'replaceOne({ _id: record._id }, toDocument(record), { upsert: true })'
      },
      {
        name: 'everybody removes a session by its key',
        promise: 'rule 4: the owner is in the filter',
        from: '{ _id: key, ...ownedBy(userId) }',
        to: '{ _id: key }'
      },
      {
        name: 'everybody removes many sessions by their keys',
        promise: 'rule 4: the owner is in the filter',
        from: '{ _id: { $in: keys }, ...ownedBy(userId) }',
        to: '{ _id: { $in: keys } }'
      },
      {
        name: 'a removal is two steps',
        promise: 'R13: of many who remove a record, one gets it',
        from: 'sessions.findOneAndDelete({ _id: key, ...ownedBy(userId) }, WITHOUT_DATA)',
        to: 'sessions.findOne({ _id: key, ...ownedBy(userId) }, WITHOUT_DATA).then(async found => await sessions.deleteOne({ _id: key }) && found)'
      },
      {
        name: 'nobody waits for the removal of many',
        promise: 'T1: a revoked session is removed when the answer arrives',
        from: 'async removeMany (keys, userId, now) {',
        to: 'async removeMany (keys, userId, now) {\n      if (keys.length > 0) return sessions.deleteMany({ _id: { $in: keys }, ...ownedBy(userId) }).catch(() => {}) && keys.length'
      },
      {
        name: 'expired sessions are not removed with many',
        promise: 'T1: a touch that is on its way does not prolong what was removed after its expiry',
        from: 'await sessions.deleteMany(these)\n',
        to: '\n'
      },
      {
        name: 'the barrier is a read',
        promise: 'T1: the barrier resolves when every removal that reads have shown is durable',
        from: 'sessions.deleteMany({ _id: rangeOf(prefix), createdAt: { $exists: false } })',
        to: 'sessions.findOne({ _id: rangeOf(prefix), createdAt: { $exists: false } })'
      },
      {
        name: 'expired sessions count as ended',
        promise: 'R13: only sessions that were live have ended',
        from: '{ ...these, expiresAt: { $gt: now } }',
        to: 'these'
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
        name: 'the tokens are replaced, whatever they are by now',
        promise: 'R8: of parallel rotations none overwrites the token of another',
        from: '{ _id: key, tokens: expected }',
        to: '{ _id: key }'
      },
      {
        name: 'a confirmation upserts',
        promise: 'T1: a confirmation never revives',
        from: '{ confirmation: attempts }) } })',
        to: '{ confirmation: attempts }) } }, { upsert: true })'
      },
      {
        name: 'a binding is written, whatever it is by now',
        promise: 'a proof of the device is used once: of parallel writes of the binding one wins',
        from: '{ _id: key, binding: expected ?? { $exists: false } }',
        to: '{ _id: key }'
      },
      {
        name: 'no expected binding means any binding',
        promise: 'a session is bound to the first key that is registered, and to no other',
        from: 'binding: expected ?? { $exists: false } }',
        to: '...(expected && { binding: expected }) }'
      },
      {
        name: 'a binding upserts',
        promise: 'T1: a late registration never revives a revoked session',
        from: '{ $set: { binding } })',
        to: '{ $set: { binding } }, { upsert: true })'
      },
      {
        name: 'a binding may be lost in a failover',
        promise: 'a session that is bound stays bound',
        from: '{ $set: { binding } })',
        to: '{ $set: { binding } }, { writeConcern: { w: 1 } })'
      },
      {
        name: 'a binding is merged into the one before',
        promise: 'nothing of an earlier binding is left',
        from: '{ $set: { binding } })',
        to: "{ $set: Object.fromEntries(Object.entries(binding).map(([name, value]) => ['binding.' + name, value])) })"
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
        from: "_id: key, $or: [{ 'confirmation",
        to: "_id: (await sessions.findOne({ _id: key, 'confirmation.lockedUntil': { $not: { $gt: now } } }))?._id ?? '', $or: [{}, { 'confirmation"
      },
      {
        name: 'more attempts are given back than were counted',
        promise: 'T3: the count never falls below zero',
        from: ", 'confirmation.failures': { $gt: 0 }",
        to: ''
      },
      {
        name: 'a batch finds a hundred',
        promise: 'T2: a record that is left out would sign its user out',
        from: 'limit: keys.length',
        to: 'limit: Math.min(100, keys.length)'
      },
      {
        name: 'a batch finds what fits into one reply',
        promise: 'T2: a record that is left out would sign its user out',
        from: 'batchSize: keys.length }',
        to: 'batchSize: keys.length, singleBatch: true }'
      },
      {
        name: 'a lookup is answered with the record of another',
        promise: 'rule 4: each lookup is answered with its own record',
        from: 'keys.map(key =>',
        to: '[...keys].sort().map(key =>'
      },
      {
        name: 'parallel lookups share what is deep',
        promise: 'R9: parallel requests do not share their session data, at any depth',
        from: 'return copyOf(document)',
        to: 'return { ...document }'
      },
      {
        name: 'a list is read with its session data',
        promise: 'A15: session data are read for the request that owns them, and for nothing else',
        from: ", { $unset: 'data' }",
        to: '',
        tests: ['stores/stores', 'stores/unread-data']
      },
      {
        name: 'a reply may bring as many records as there are',
        promise: 'A15: no reply brings more than a thousand records',
        from: '= 1000\n',
        to: '= 1_000_000\n',
        tests: ['stores/unread-data']
      }
    ]
  },
  {
    file: 'plugin/stores/mongo-filters.ts',
    tests: ['stores/stores', 'promises/operations'],
    breaks: [
      {
        name: 'users whose keys begin alike share their list',
        promise: 'rule 4: the owner is in the filter',
        from: '({ _id: rangeOf(userKeyOf(userId)), ...ownedBy(userId) })',
        to: '({ _id: rangeOf(userKeyOf(userId)) })'
      },
      {
        name: 'a list is not looked up by key',
        promise: 'T7: every command names a key or a range of keys, so that it goes to one shard',
        from: '({ _id: rangeOf(userKeyOf(userId)), ...ownedBy(userId) })',
        to: 'ownedBy(userId)'
      },
      {
        name: 'the range of keys has no end',
        promise: "T7: a user's range has the keys of this user only, so that it goes to one shard",
        from: '$lt: `${prefix}~`',
        to: "$lt: '~'",
        tests: ['promises/operations']
      },
      {
        name: 'a user id may be an operator',
        promise: 'T5: a user id is compared as a value',
        from: '{ $eq: userId }',
        to: 'userId as any'
      }
    ]
  },
  {
    file: 'plugin/stores/mongo-overview.ts',
    tests: ['stores/stores', 'promises/keys'],
    breaks: [
      {
        name: 'visitors are found',
        promise: 'O1: operators see sessions of signed-in users',
        from: '(userIds === undefined ? { userId: { $exists: true } } : usersIn(userIds))',
        to: '(userIds === undefined ? {} : usersIn(userIds))'
      },
      {
        name: 'expired sessions are found',
        promise: 'rule 1: every read compares `expiresAt` with now',
        from: '    expiresAt: { $gt: now }\n  } as',
        to: '  } as'
      },
      {
        name: 'no user is everybody',
        promise: 'O1: a search for nobody finds nothing',
        from: 'userIds.length === 0 ? { _id: { $in: [] } } :',
        to: 'userIds.length === 0 ? {} :'
      },
      {
        name: 'no kind is named',
        promise: 'O1: the order of sign-ins is read from the index, and nothing is sorted',
        from: "'device.kind': kind ?? { $in: DEVICE_KINDS },",
        to: "...(kind && { 'device.kind': kind }),"
      },
      {
        name: 'a position is found by reading all pages before it',
        promise: 'O1: a page deep inside is as fast as the first one',
        from: '{ createdAt: { [onThatSide]: createdAt } }, { $nor: [{ createdAt, _id: { [onThisSide]: key } }] }',
        to: '{ $or: [{ createdAt: { [isBackwards ? \'$gt\' : \'$lt\']: createdAt } }, { createdAt, _id: { [isBackwards ? \'$gt\' : \'$lt\']: key } }] }'
      },
      {
        name: 'sessions of the same moment are skipped',
        promise: 'O1: paging shows every session',
        from: '{ $nor: [{ createdAt, _id: { [onThisSide]: key } }] }',
        to: '{ $nor: [{ createdAt }] }'
      },
      {
        name: 'without its index a search reads the whole collection',
        promise: 'O1: counting and finding never scan the collection',
        from: 'if (addresses === undefined) return { hint: BY_KIND.key }',
        to: 'if (addresses === undefined) return {}'
      },
      {
        name: 'counting has no end',
        promise: 'O1: counting ends at a number',
        from: 'limit: most, ',
        to: ''
      },
      {
        name: 'counting may take as long as a search',
        promise: 'O1: a count that takes long is left out',
        from: ', maxTimeMS: COUNTED_WITHIN',
        to: ''
      },
      {
        name: 'a count that takes too long is an outage',
        promise: 'O1: a page is shown without its count',
        from: 'code === TOOK_TOO_LONG',
        to: 'code === undefined'
      },
      {
        name: 'a kind in a network is looked for in the whole network',
        promise: 'O1: a search takes the index that finds more with less',
        from: "order === 'sorted' || isNarrowed",
        to: "order === 'sorted'"
      },
      {
        name: 'a sample reads the whole collection',
        promise: 'O2: counting never reads the whole collection',
        from: 'DRAWN_AT_ONCE = 0.04',
        to: 'DRAWN_AT_ONCE = 1'
      },
      {
        name: 'the server goes on when nobody waits any more',
        promise: 'T1: every operation has an upper time bound',
        from: ', maxTimeMS: 10_000',
        to: ''
      },
      {
        name: 'visitors are removed',
        promise: 'O1: only sessions of signed-in users end',
        from: '{ _id: { $in: keys }, userId: { $exists: true } }',
        to: '{ _id: { $in: keys } }'
      },
      {
        name: 'expired sessions stay',
        promise: 'T1: a touch that is on its way does not prolong what was removed after its expiry',
        from: 'await sessions.deleteMany(these)\n',
        to: '\n'
      }
    ]
  },
  {
    file: 'plugin/stores/mongo-attempts.ts',
    tests: ['stores/stores'],
    breaks: [
      {
        name: 'the total begins again with each lock',
        promise: 'A10: a hundred failures in a row end the session, over all locks',
        from: '{ $add: [TOTAL, 1] }',
        to: "'$confirmation.failures'"
      }
    ]
  },
  {
    file: 'plugin/stores/mongo-document.ts',
    tests: ['stores/stores', 'request/saving', 'request/request-session'],
    breaks: [
      {
        name: 'data that BSON refuses is an outage',
        promise: "A19: what the database refuses is the host's mistake, and says so",
        from: 'isRefusedData(error) ? dataError(error) : error',
        to: 'error',
        tests: ['stores/foreign-bson']
      },
      {
        name: 'saving data replaces all of it',
        promise: 'rule 3: session data is written key by key',
        from: 'mapKeys(set, key => `data.${escapeKey(key)}`)',
        to: '{ data: mapKeys(set, escapeKey) }'
      },
      {
        name: 'what is shown is read with its session data',
        promise: 'A15: session data are read for the request that owns them, and for nothing else',
        from: '{ projection: { data: 0 } } as const',
        to: '{ projection: {} } as const',
        tests: ['stores/stores', 'stores/unread-data']
      }
    ]
  },
  {
    file: 'plugin/stores/mongo-collection.ts',
    tests: ['stores/stores'],
    breaks: [
      {
        name: 'keys may be compared by a collation',
        promise: 'T1: keys that differ in upper and lower case are keys of different records',
        from: 'await requireSimpleCollation(db, sessions)',
        to: ''
      },
      {
        name: 'registering waits until the indexes are made',
        promise: 'O1: a big collection does not stop the boot',
        from: 'if (await settledWithin(PATIENCE, making)) await making',
        to: 'await making'
      },
      {
        name: 'a conflict of indexes is found out at the first search',
        promise: 'O1: a wrong index stops the boot with a sentence that says what to do',
        from: 'if (await settledWithin(PATIENCE, making)) await making',
        to: 'await settledWithin(PATIENCE, making)'
      },
      {
        name: 'visitors are in the indexes of the operators',
        promise: 'O1: the indexes have signed-in sessions only',
        from: '{ partialFilterExpression: { userId: { $exists: true } } }',
        to: '{}'
      }
    ]
  },
  {
    file: 'plugin/stores/mongo-changes.ts',
    tests: ['stores/mongo-changes'],
    breaks: [
      {
        name: 'a stream does not say that it is open',
        promise: 'O4: what was removed before the stream began is looked up when it is open',
        from: "stream.once('resumeTokenChanged', opened)",
        to: "stream.once('never', opened)"
      },
      {
        name: 'the stream takes the read concern of the client',
        promise: 'O4: a host\'s readConcern does not stop the stream',
        from: ", readConcern: { level: 'majority' }",
        to: ''
      },
      {
        name: 'removals are not reported',
        promise: 'O4: what one server ends fires on the other',
        from: "operationType: { $in: ['delete', ",
        to: 'operationType: { $in: ['
      },
      {
        name: 'a stand-alone server counts as a broken stream',
        promise: 'O4: where there are no streams, that is logged once',
        from: 'new Set([40573, ',
        to: 'new Set(['
      },
      {
        name: 'a stream that was stopped counts as broken',
        promise: 'O4: a stream ends with the last watch',
        from: 'if (!isStopped) ended(error)',
        to: 'ended(error)'
      }
    ]
  },
  {
    file: 'plugin/stores/memory.ts',
    tests: ['stores/stores'],
    breaks: [
      {
        name: 'everybody removes a session by its key',
        promise: 'rule 4: the owner is in the filter',
        from: ' || record.userId !== userId',
        to: ''
      },
      {
        name: 'a touch revives what has expired',
        promise: 'T1: a touch never revives an expired record',
        from: ' || record.expiresAt <= lastActiveAt',
        to: ''
      },
      {
        name: 'a binding in memory is not compared',
        promise: 'a proof of the device is used once: of parallel writes of the binding one wins',
        from: ' || !isDeepStrictEqual(record.binding, structuredClone(expected))',
        to: ''
      },
      {
        name: 'a binding in memory is the object of its caller',
        promise: 'stores take copies',
        from: 'record.binding = structuredClone(binding)',
        to: 'record.binding = binding'
      }
    ]
  },
  {
    file: 'plugin/stores/memory-overview.ts',
    tests: ['stores/stores', 'sessions/overview'],
    breaks: [
      {
        name: 'operators see visitors',
        promise: 'O1: operators see sessions of signed-in users',
        from: 'record.userId !== undefined && isLive(record, now)',
        to: 'isLive(record, now)'
      }
    ]
  },
  {
    file: 'plugin/timeout.ts',
    tests: ['stores/bounded', 'confirmation/password'],
    breaks: [
      {
        name: 'a late timer is an outage',
        promise: 'A18, rule 7: a blocked event loop is not an outage',
        from: 'late < LATE || ++prolongations > MOST_PROLONGATIONS',
        to: 'late >= 0'
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
        name: 'searches of operators have no time bound',
        promise: 'T2: every store call has an upper time bound',
        from: "['time', 'setBinding', 'expiriesOf', ...OVERVIEW_METHODS] as const",
        to: "['time', 'setBinding', 'expiriesOf'] as Array<'time' | 'setBinding' | 'expiriesOf' | typeof OVERVIEW_METHODS[number]>"
      },
      {
        name: 'writes of a binding have no time bound',
        promise: 'T2: every store call has an upper time bound',
        from: 'const UNBOUNDED: ReadonlyArray<keyof LoginSessionStore> = [',
        to: "const UNBOUNDED: ReadonlyArray<keyof LoginSessionStore> = ['setBinding', "
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
