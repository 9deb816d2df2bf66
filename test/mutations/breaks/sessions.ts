/** Breaks of the room `sessions/`: the life of a record, the verbs, and how sessions end. @module */
/* eslint no-template-curly-in-string: off -- these are texts of code */
import type { BreakList } from '../break.js'

export default [
  {
    file: 'plugin/sessions/binding.ts',
    tests: ['sessions/binding'],
    breaks: [
      {
        name: 'a session is bound before its browser has used the key',
        promise: 'a lost answer to the registration costs nobody the session',
        from: 'boolean => binding?.requiredFrom !== undefined',
        to: 'boolean => binding !== undefined'
      },
      {
        name: 'the bound cookie is needed a millisecond later',
        promise: 'a request needs the bound cookie from the end of the grace on',
        from: 'binding.requiredFrom <= now',
        to: 'binding.requiredFrom < now'
      },
      {
        name: 'the grace of a binding is five minutes',
        promise: 'a copied cookie works for 30 seconds after the first use of the bound cookie',
        from: '= 30_000',
        to: '= 300_000'
      },
      {
        name: 'each request begins the grace of the binding again',
        promise: 'a copied cookie works for 30 seconds after the first use of the bound cookie',
        from: 'requiredFrom: binding.requiredFrom ?? ',
        to: 'requiredFrom: '
      },
      {
        name: 'a proof does not make the binding needed',
        promise: 'a browser that has proved its device has the bound cookie',
        from: '...inForce(binding, now), challengedAt',
        to: '...binding, challengedAt'
      },
      {
        name: 'a binding forgets when its last challenge was made',
        promise: 'each challenge is used once',
        from: '...inForce(binding, now), challengedAt',
        to: '...inForce(binding, now)'
      }
    ]
  },
  {
    file: 'plugin/sessions/tokens.ts',
    tests: ['sessions/tokens', 'sessions/record', 'sessions/rotation', 'confirmation/confirmation', 'request/login', 'request/races', 'sessions/login-sessions'],
    breaks: [
      {
        name: 'a token is stored as it is',
        promise: 'T6: tokens are hashed in the database',
        from: "hash('sha256', token.slice(KEY_LENGTH), 'base64url')",
        to: 'token.slice(KEY_LENGTH)',
        tests: ['promises/secrecy']
      },
      {
        name: 'a token has 64 bits',
        promise: 'ASVS 5.0 7.2.3: a token has 256 random bits',
        from: 'randomBytes(32)',
        to: 'randomBytes(8)'
      },
      {
        name: 'the secret is made of the key',
        promise: 'T6: the id in pages and URLs tells nothing of a credential',
        from: "randomBytes(32).toString('base64url')",
        to: "hash('sha256', key, 'base64url')"
      },
      {
        name: 'whoever knows the key has the session',
        promise: "T1: the secret is compared with the hashes of the record's tokens",
        from: 'return tokens.find(',
        to: 'return tokens[0] ?? tokens.find(',
        tests: ['request/login', 'request/cookie', 'request/races']
      },
      {
        name: 'former tokens are not found',
        promise: 'R8: parallel requests survive a rotation',
        from: 'return tokens.find(',
        to: 'return tokens.slice(0, 1).find(',
        tests: ['confirmation/confirmation']
      },
      {
        name: 'the grace begins with the rotation',
        promise: 'R8: a lost response signs nobody out',
        from: '+ 1 }, ...kept]',
        to: '+ 1 }, ...kept.map(token => ({ until: new Date(now.getTime() + ROTATION_GRACE), ...token }))]',
        tests: ['sessions/rotation']
      },
      {
        name: 'the grace is five minutes',
        promise: 'R8: the former token works for 30 seconds after the first use of the newer one',
        from: '= 30_000',
        to: '= 300_000',
        tests: ['confirmation/confirmation']
      },
      {
        name: 'any token counts as the latest',
        promise: 'R8: only a token of the latest generation is ever issued again',
        from: ' && record.tokens.every(({ generation }) => generation <= found.generation)',
        to: '',
        tests: ['request/races']
      },
      {
        name: 'a rotation makes no new generation',
        promise: 'R8: the first use of a new token gives the former one its end',
        from: 'presented.generation + 1',
        to: 'presented.generation',
        tests: ['confirmation/confirmation']
      },
      {
        name: 'tokens of one generation end each other',
        promise: 'R8: of parallel confirmations, whichever answer arrives last, its token works',
        from: '({ generation, until }: TokenHash): boolean => until === undefined && generation < used!.generation',
        to: '(token: TokenHash): boolean => token.until === undefined && token !== used && token.generation <= used!.generation',
        tests: ['confirmation/confirmation']
      },
      {
        name: 'only the generation before gets its end',
        promise: 'R8: the first use of a token gives all earlier generations their end',
        from: 'generation < used!.generation',
        to: 'generation === used!.generation - 1'
      },
      {
        name: 'the end of a former token moves',
        promise: 'R8: the grace begins once',
        from: 'until === undefined && generation < used!.generation',
        to: 'generation < used!.generation',
        tests: ['sessions/rotation', 'promises/operations']
      },
      {
        name: 'a full record gives up a token that works',
        promise: 'R8: a token without an end is never dropped',
        from: 'if (leaving === -1) return null',
        to: '',
        tests: ['sessions/rotation', 'confirmation/confirmation', 'confirmation/attempts']
      }
    ]
  },
  {
    file: 'plugin/sessions/lifecycle.ts',
    tests: ['sessions/login-sessions', 'sessions/record', 'sessions/rotation', 'request/login', 'sessions/background-writes', 'request/outage', 'request/races', 'request/hooks', 'promises/operations'],
    breaks: [
      {
        name: 'records are cached',
        promise: 'T1, rule 1: nothing is cached',
        from: 'findRecord(keyOfToken(token)).then(record =>',
        to: 'Promise.resolve(((globalThis as any).cache ??= new Map<string, unknown>()).get(token) ?? findRecord(keyOfToken(token)).then(found => { if (found !== null) (globalThis as any).cache.set(token, found); return found })).then((record: any) =>'
      },
      {
        name: 'a store that fails signs out',
        promise: 'T2: nobody is signed out by an outage',
        from: 'findRecord(keyOfToken(token)).then(record =>',
        to: 'findRecord(keyOfToken(token)).catch(() => null).then(record =>',
        tests: ['request/outage']
      },
      {
        name: 'an expired session signs in',
        promise: 'rule 1: every read compares the expiry with now',
        from: 'record === null || !isLive(record, at)',
        to: 'record === null',
        tests: ['sessions/record', 'request/request-session']
      },
      {
        name: 'a token signs in after its end',
        promise: 'R8: the former token works for 30 seconds after the first use of the newer one',
        from: 'acceptsToken(record, hash, at)',
        to: 'acceptsToken(record, hash, new Date(0))',
        tests: ['confirmation/confirmation']
      },
      {
        name: 'a token is issued before it is stored',
        promise: 'T2: nobody holds a token that the store has not',
        from: 'isWritten = await store.setTokens(',
        to: 'isWritten = store.setTokens(',
        tests: ['confirmation/confirmation']
      },
      {
        name: 'a right password lifts no count',
        promise: 'T3: a confirmation forgives earlier wrong passwords',
        from: 'latest.tokens, { failures: 0, at })',
        to: 'latest.tokens)',
        tests: ['confirmation/confirmation']
      },
      {
        name: 'nobody waits for the insert of a sign-in',
        promise: 'rule 8: a sign-in is durable when the answer arrives',
        from: 'await store.insert(record)',
        to: 'store.insert(record).catch(() => {})',
        tests: ['request/outage']
      },
      {
        name: 'nobody waits for the end of a session',
        promise: 'T1: a session that was signed out is removed when the answer arrives',
        from: 'await endOne(userId, id,',
        to: 'void endOne(userId, id,',
        tests: ['request/outage']
      },
      {
        name: 'a session that cannot be looked up counts as ended',
        promise: 'T2, rule 7: unknown is not signed out',
        from: 'await findRecord(keyOfToken(token))',
        to: 'await findRecord(keyOfToken(token)).catch(() => null)',
        tests: ['request/outage', 'request/login']
      },
      {
        name: 'an expired session is not ended',
        promise: 'T1: a late touch does not prolong a session that its owner has left',
        from: 'if (record !== null) await end(',
        to: 'if (record !== null && isLive(record, now())) await end(',
        tests: ['request/races']
      },
      {
        name: 'what a failover brings back is not ended',
        promise: 'T1: a user who was told "signed out" is signed out',
        from: 'await store.barrier(keyOfToken(token))\n      await endByToken(token, reason)',
        to: 'await store.barrier(keyOfToken(token))',
        tests: ['request/races', 'promises/failover']
      }
    ]
  },
  {
    file: 'plugin/sessions/record.ts',
    tests: ['sessions/record', 'sessions/former-ip'],
    breaks: [
      {
        name: 'a sign-in does not get its own idle timeout',
        promise: 'R15: a lifetime for each sign-in',
        from: 'if (idleTimeout !== undefined) return idleTimeout',
        to: 'if (idleTimeout === null) return idleTimeout'
      },
      {
        name: 'visitor sessions live like logins',
        promise: 'A16: visitor sessions have a life of their own',
        from: 'if (userId === undefined) return lifetime.visitorTimeout',
        to: ''
      },
      {
        name: 'each change of the address is written',
        promise: 'A12, rule 9: a change of the address is written once in touchEvery',
        from: '(formerIp == null || isPast(formerIp.until, touchEvery, now))',
        to: 'true'
      },
      {
        name: 'a change of the address waits for the next touch',
        promise: 'A12: a change of the address is written immediately',
        from: '&& !(mayMove(record, touchEvery, now) && look.hasMoved())) return null',
        to: ') return null'
      },
      {
        name: 'visitors who move are written',
        promise: 'rule 9: no write without need',
        from: 'return userId !== undefined && now > lastActiveAt',
        to: 'return now > lastActiveAt'
      },
      {
        name: 'a request that is no activity is written',
        promise: 'R16: polling does not keep a session active',
        from: 'if (sighting === null) return null',
        to: '',
        tests: ['request/activity']
      }
    ]
  },
  {
    file: 'plugin/sessions/former-ip.ts',
    tests: ['sessions/former-ip'],
    breaks: [
      {
        name: 'a former address stays whole',
        promise: 'A12: with ip shortened or none, no former address is kept that is more',
        from: 'const kept = shorten(formerIp.ip, mode)',
        to: 'const kept = formerIp.ip'
      },
      {
        name: 'a change of modes is a change of the address',
        promise: 'A12: nobody is said to have come from elsewhere because the option was changed',
        from: ' && shorten(seen, \'shortened\') !== recorded',
        to: ''
      }
    ]
  },
  {
    file: 'plugin/sessions/clock.ts',
    tests: ['sessions/clock', 'request/shared-clock'],
    breaks: [
      {
        name: 'the clock is measured once',
        promise: "rule 1: a server whose clock drifts follows the store's",
        from: 'Math.abs(own - measuredAt) >= MEASURE_EVERY',
        to: 'measuredAt === Infinity'
      }
    ]
  },
  {
    file: 'plugin/sessions/lookups.ts',
    tests: ['sessions/lookups', 'promises/operations', 'request/races', 'request/login'],
    breaks: [
      {
        name: 'lookups are cached',
        promise: 'T1, rule 1: nothing is cached',
        from: 'cache: false',
        to: 'cache: true'
      },
      {
        name: 'a batch has no limit',
        promise: 'T7: one find looks up a thousand keys at most',
        from: '= 1000\n',
        to: '= 1_000_000\n'
      }
    ]
  },
  {
    file: 'plugin/sessions/login-session.ts',
    tests: ['request/adoption', 'request/guard'],
    breaks: [
      {
        name: 'an adopted session is a sign-in of now',
        promise: 'R17: a cookie that was stolen before the move does not open what asks for a recent sign-in',
        from: 'confirmedAt ?? (adopted ? null : createdAt)',
        to: 'confirmedAt ?? createdAt'
      },
      {
        name: 'a sign-in counts as no confirmation',
        promise: 'R17: a recent sign-in is enough',
        from: 'confirmedAt ?? (adopted ? null : createdAt)',
        to: 'confirmedAt'
      }
    ]
  },
  {
    file: 'plugin/sessions/verb-options.ts',
    tests: ['sessions/login-sessions'],
    breaks: [
      {
        name: 'a misspelt option of a verb counts as left out',
        promise: 'S7: a wrong option of a verb is refused',
        from: 'resolveTable(REVOKE, options, { kind: \'method\', name: verb, example: "{ actor: \'support\' }" }).actor',
        to: 'options.actor'
      },
      {
        name: 'half a session ends another',
        promise: 'S7: a wrong option of a verb is refused',
        from: " && typeof id === 'string'",
        to: ''
      }
    ]
  },
  {
    file: 'plugin/sessions/login-sessions.ts',
    tests: ['promises/failover', 'sessions/login-sessions', 'stores/stores'],
    breaks: [
      {
        name: 'a session is looked up only once',
        promise: 'T1: nobody is told that a session has ended that a failover brings back',
        from: 'return await findLive(ownerId, sessionId)',
        to: 'return null',
        tests: ['promises/operations']
      },
      {
        name: 'everybody whose key is the same finds a session',
        promise: 'rule 4: the owner is compared, too',
        from: 'record?.userId === userId && isLive',
        to: 'record !== null && isLive',
        tests: ['stores/stores']
      },
      {
        name: 'visitors are somebody',
        promise: 'S7: an iterator over all sessions gives logins only',
        from: 'record.userId !== undefined && isLive',
        to: 'isLive',
        tests: ['sessions/login-sessions']
      }
    ]
  },
  {
    file: 'plugin/sessions/endings.ts',
    tests: ['request/hooks', 'sessions/login-sessions', 'sessions/record', 'request/races', 'promises/operations'],
    breaks: [
      {
        name: 'a session is announced before it is removed',
        promise: 'R13: an end is announced once, after the removal',
        from: 'return announceRemoved(await store.remove(keyOf(userId, id), userId))',
        to: 'const [found = null] = await store.find([keyOf(userId, id)])\n      const session = announceRemoved(found?.userId === userId ? found : null)\n      await store.remove(keyOf(userId, id), userId)\n      return session'
      },
      {
        name: 'a removal that failed is announced',
        promise: 'T1: a removal that failed is an error, and is not announced',
        from: 'return announceRemoved(await store.remove(keyOf(userId, id), userId))',
        to: 'const [found = null] = await store.find([keyOf(userId, id)])\n      return announceRemoved(await store.remove(keyOf(userId, id), userId).catch(() => found))'
      },
      {
        name: 'after five rounds the rest is spared',
        promise: 'T1: no session that was there at the call is left',
        from: 'ended += await removeMany(userId, keys)\n    return',
        to: 'void keys\n    return'
      },
      {
        name: 'a read that finds nothing is believed before it is durable',
        promise: 'T1: revokeAll resolves only when the removals by others are durable, too',
        from: 'await store.barrier(userKeyOf(userId))',
        to: 'await Promise.resolve()',
        tests: ['promises/operations', 'promises/failover']
      },
      {
        name: 'a read that finds nothing is the last',
        promise: 'T1: a deposed primary is not believed',
        from: 'await store.barrier(userKeyOf(userId))',
        to: 'return await store.barrier(userKeyOf(userId)).then(() => ended)',
        tests: ['promises/operations', 'promises/failover']
      },
      {
        name: "the barrier is over another user's keys",
        promise: "T1: what is made sure of is the user's own removals, on the shards that have them",
        from: 'store.barrier(userKeyOf(userId))',
        to: "store.barrier(userKeyOf(''))",
        tests: ['promises/operations']
      },
      {
        name: 'a session that starts meanwhile escapes',
        promise: 'T1: revokeAll goes on until no session is left',
        from: 'ended += await endMany',
        to: 'return await endMany'
      },
      {
        name: 'a removal that completes late is not announced',
        promise: 'R13: a removal that completes after its caller was told that it failed is announced then',
        from: 'announceRemoved(record as RecordWithoutData | null)',
        to: 'undefined'
      },
      {
        name: 'all removals are under way at the same moment',
        promise: 'T7: at most a hundred removals are under way at the same moment',
        from: '= 100\n',
        to: '= 100_000\n'
      }
    ]
  },
  {
    file: 'plugin/sessions/many.ts',
    tests: ['stores/unread-data'],
    breaks: [
      {
        name: 'parallel endings lose count',
        promise: 'S7: revokeAll of many users resolves to the number of ended sessions',
        from: 'const more = await work(one)\n      sum += more',
        to: 'sum += await work(one)',
        tests: ['sessions/login-sessions']
      },
      {
        name: 'there is one page',
        promise: 'T1, S7: no session that was there at the call is left',
        from: 'while (page.length === size)',
        to: 'while (page.length > size)'
      }
    ]
  },
  {
    file: 'plugin/sessions/order-of-stay.ts',
    tests: ['sessions/login-sessions'],
    breaks: [
      {
        name: 'sessions that were never used stay like others',
        promise: 'B14: sign-ins of a script do not end the session of a phone that was used yesterday',
        from: 'isUnused(record) ? 2 : 1',
        to: '1'
      },
      {
        name: 'a session that was just signed in counts as unused',
        promise: 'B14: only what was surely not used goes first',
        from: ' > touchEvery',
        to: ' > 0'
      }
    ]
  },
  {
    file: 'plugin/sessions/background-writes.ts',
    tests: ['sessions/background-writes', 'sessions/rotation', 'request/outage'],
    breaks: [
      {
        name: 'a failed write ends the queue',
        promise: 'T2: a touch may be lost; the queue goes on',
        from: 'write(batch).catch(onError)',
        to: 'write(batch)'
      },
      {
        name: 'writes overlap',
        promise: 'T7: a slow store gets one bulk write at a time',
        from: 'await write(batch)',
        to: 'write(batch)'
      },
      {
        name: 'touches that come during a write are dropped',
        promise: 'T7: close() flushes every touch',
        from: 'write(batch).catch(onError)',
        to: 'write(batch).catch(onError)\n      waiting = new Map()'
      },
      {
        name: 'a retirement that fails ends the process',
        promise: 'T2: a retirement may fail; the next request repeats it',
        from: 'write(change).catch(onError)',
        to: 'write(change)',
        tests: ['sessions/rotation']
      }
    ]
  },
  {
    file: 'plugin/sessions/end-many.ts',
    tests: ['sessions/overview', 'sessions/login-sessions', 'promises/keys'],
    breaks: [
      {
        name: "the operator's own session ends",
        promise: 'O1: the session that is to stay stays',
        from: '_id !== spared',
        to: '_id !== \'\''
      },
      {
        name: 'visitors end, too',
        promise: 'O1: only sessions of signed-in users end',
        from: 'userId !== undefined && createdAt <= at',
        to: 'createdAt <= at'
      },
      {
        name: 'users who sign in meanwhile are signed out',
        promise: 'O1: only what had started at the call ends',
        from: 'userId !== undefined && createdAt <= at',
        to: 'userId !== undefined'
      },
      {
        name: 'it cannot be stopped',
        promise: 'O1: ending many can be stopped',
        from: 'if (signal?.aborted) return ended()\n',
        to: '\n'
      },
      {
        name: 'many end without an announcement',
        promise: 'O1, R13: every session that ends is announced',
        from: 'if (announce !== undefined) {',
        to: 'if (announce === null) {'
      },
      {
        name: 'one look is enough',
        promise: 'T1: sessions have ended when a look after a durable write finds none',
        from: 'if (found > 0) continue',
        to: 'if (found > 0) break'
      },
      {
        name: 'a look that finds nothing is believed before it is durable',
        promise: 'T1: no answer says that sessions have ended that a failover brings back',
        from: 'await barrierEverywhere()',
        to: 'await Promise.resolve()'
      },
      {
        name: 'the barrier reaches one shard',
        promise: 'T1, T7: removals on all shards are made sure of',
        from: "'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'",
        to: "'A'"
      },
      {
        name: 'an error of the progress stops the ending',
        promise: 'O1: the ending matters more than its progress',
        from: 'const tell = async (): Promise<void> => { await onProgress?.(ended) }',
        to: 'const tell = (): Promise<void> => { onProgress?.(ended); return Promise.resolve() }'
      },
      {
        name: 'each session is reported',
        promise: 'O1: progress is reported now and then',
        from: 'REPORT_EVERY = 100',
        to: 'REPORT_EVERY = 1'
      },
      {
        name: 'the last sessions are not reported',
        promise: 'O1: the last report has the final number',
        from: '.finally(report)',
        to: ''
      },
      {
        name: 'all sessions are those of one user',
        promise: 'rule 4: the owner is in the filter',
        from: 'keys.set(userId!, [',
        to: "keys.set('ada', ["
      }
    ]
  },
  {
    file: 'plugin/sessions/overview.ts',
    tests: ['sessions/overview'],
    breaks: [
      {
        name: 'the end of a page is its last session, whatever comes after it',
        promise: 'O1: a page says whether there are older sessions',
        from: 'found.length > limit ? positionOf(sessions.at(-1)!) : null',
        to: 'positionOf(sessions.at(-1)!)'
      },
      {
        name: 'going back ends one page before the beginning',
        promise: 'O1: paging works in both directions',
        from: 'if (found.length <= limit) return',
        to: 'if (found.length < limit) return'
      },
      {
        name: 'going back skips a session',
        promise: 'O1: paging works in both directions',
        from: 'found.slice(1)',
        to: 'found.slice(0, limit)'
      },
      {
        name: 'a search ends who signs in meanwhile',
        promise: 'O1: only what had started at the call ends',
        from: 'store.newest(until(search, at), now(), limit, from)',
        to: 'store.newest(search, now(), limit, from)'
      },
      {
        name: 'an empty list of users is everybody',
        promise: 'O1: a search for nobody ends nothing',
        from: 'every(condition => condition === undefined)',
        to: 'every(condition => condition === undefined || (condition as any).length === 0)'
      },
      {
        name: 'numbers are read at each view',
        promise: 'O2: numbers are kept for ten seconds',
        from: 'kept === undefined || kept.until <= at.getTime()',
        to: 'true'
      },
      {
        name: 'a failure is kept',
        promise: 'O2: after an outage numbers are read again',
        from: '{ if (kept === reading) kept = undefined }',
        to: '{}'
      }
    ]
  },
  {
    file: 'plugin/sessions/numbers.ts',
    tests: ['sessions/overview'],
    breaks: [
      {
        name: 'a session whose browser has not used its key counts as bound',
        promise: 'issue 17: the numbers say how many sessions are bound to their device',
        from: 'live.filter(isBound)',
        to: 'live.filter(({ binding }) => binding !== undefined)'
      },
      {
        name: 'expired sessions count as bound',
        promise: 'issue 17: the bound sessions are among the live ones',
        from: 'estimate(live.filter(isBound).length)',
        to: 'estimate(records.filter(isBound).length)'
      },
      {
        name: 'the bound sessions of a sample are taken for all',
        promise: 'issue 17: in a large collection the bound sessions are estimated',
        from: 'estimate(live.filter(isBound).length)',
        to: 'live.filter(isBound).length'
      },
      {
        name: 'almost all count as all',
        promise: 'issue 17: 100 % are bound only if all are',
        from: 'Math.min(deviceBound / sessions, 0.99)',
        to: 'deviceBound / sessions',
        tests: ['pages/admin/list']
      },
      {
        name: 'every collection is counted',
        promise: 'O2: counting never reads the whole collection',
        from: 'if (size <= ALL) {',
        to: 'if (size >= 0) {'
      },
      {
        name: 'visitors are users',
        promise: 'O2: numbers are of signed-in users',
        from: 'record.userId !== undefined && isLive',
        to: 'isLive'
      },
      {
        name: 'expired sessions are live',
        promise: 'O2: numbers are of live sessions',
        from: 'record.userId !== undefined && isLive(record, at)',
        to: 'record.userId !== undefined'
      },
      {
        name: 'users with many sessions count more than others',
        promise: 'O2: how many sessions a user has makes no difference to the number of users',
        from: 'usersIn(large.runs, at)',
        to: 'estimate(new Set(live.map(({ userId }) => userId)).size)'
      },
      {
        name: 'every key is that of a user who is signed in',
        promise: 'O2: users are those who are signed in',
        from: 'keysOf(records.filter(record => isOfLiveUser(record, at)))',
        to: 'keysOf(records)'
      },
      {
        name: 'a run ends with the collection',
        promise: 'O2: the first keys are in the sample as often as all others',
        from: 'records.push(...first.filter(({ _id }) => _id < start))',
        to: ''
      },
      {
        name: 'the characters of keys are in another order',
        promise: 'O2: users are estimated from how far apart their keys are',
        from: "'-0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz'",
        to: "'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'"
      },
      {
        name: 'today is missing',
        promise: 'O2: sign-ins of the last 14 days',
        from: 'today - DAYS + 1 + index',
        to: 'today - DAYS + index'
      }
    ]
  },
  {
    file: 'plugin/sessions/watches.ts',
    tests: ['sessions/watches'],
    breaks: [
      {
        name: 'a session that cannot be looked up counts as ended',
        promise: 'rule 7, O4: unknown is not ended',
        from: 'if (expiresAt === undefined) lookAgain(entry, LOOK_EVERY)\n    else if (expiresAt === null',
        to: 'if (expiresAt == null'
      },
      {
        name: 'a prolonged session ends at its former expiry',
        promise: 'O4: a session that was prolonged lives on',
        from: 'entry.timer = later(milliseconds, () => look(entry))',
        to: 'entry.timer = later(milliseconds, () => end(entry))'
      },
      {
        name: 'a session past its expiry is not ended',
        promise: 'O4: the signal fires at expiry, whatever the TTL monitor does',
        from: '|| expiresAt <= now()',
        to: ''
      },
      {
        name: 'timers are as long as sessions',
        promise: 'O4: a session of months does not end immediately',
        from: 'Math.min(time.getTime() - now().getTime(), LONGEST_TIMER)',
        to: 'time.getTime() - now().getTime()'
      },
      {
        name: 'a new watch does not look',
        promise: 'O4: a session that has ended already fires soon',
        from: '    look(entry)\n    return controller.signal',
        to: '    return controller.signal'
      },
      {
        name: 'a signal that has fired still listens to `until`',
        promise: 'O4: nothing is left of a watch',
        from: 'for (const stopListening of entry.watchers.values()) stopListening()',
        to: ''
      },
      {
        name: 'closing fires the signals',
        promise: 'O4: a server that closes ends no session',
        from: 'for (const entry of entries.values()) forget(entry)',
        to: 'for (const entry of entries.values()) end(entry)'
      },
      {
        name: 'the stream stays open after the last watch',
        promise: 'O4: one stream, from the first watch to the last',
        from: 'if (entries.size > 0) return\n',
        to: 'if (entries.size >= 0) return\n'
      }
    ]
  },
  {
    file: 'plugin/sessions/removal-feed.ts',
    tests: ['sessions/watches'],
    breaks: [
      {
        name: 'nobody looks when the stream is open',
        promise: 'O4: what was removed before the stream was open is found when it is',
        from: '        look()\n      },\n      removed,',
        to: '      },\n      removed,'
      },
      {
        name: 'nobody looks beside a stream',
        promise: 'O4: a dead connection does not hide a removal for ever',
        from: 'isOpen && isKnown ? LOOK_BESIDE_STREAM',
        to: 'isOpen && isKnown ? 2 ** 31 - 1'
      },
      {
        name: 'a refused stream is opened again and again',
        promise: 'O4: a stand-alone server is not asked for a stream all the time',
        from: 'if (isRefused) return\n',
        to: ''
      },
      {
        name: 'a broken stream is opened without a pause that grows',
        promise: 'O4: a database in trouble gets no storm of streams',
        from: 'Math.min(2 * pause, LONGEST_PAUSE)',
        to: 'FIRST_PAUSE'
      },
      {
        name: 'each break warns',
        promise: 'O4: an outage is logged once',
        from: 'if (!hasWarned) warn',
        to: 'warn'
      }
    ]
  }
] satisfies BreakList[]
