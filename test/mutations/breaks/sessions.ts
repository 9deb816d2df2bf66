/** Breaks of the room `sessions/`: the life of a record, the verbs, and how sessions end. @module */
/* eslint no-template-curly-in-string: off -- these are texts of code */
import type { BreakList } from '../break.js'

export default [
  {
    file: 'plugin/sessions/record.ts',
    tests: ['sessions/record', 'sessions/login-sessions'],
    breaks: [
      {
        name: 'the id is made of the token',
        promise: 'T6: the id in pages and URLs is not derived from a credential',
        from: 'id: newId(),',
        to: 'id: hashToken(token).slice(0, 22),'
      }
    ]
  },
  {
    file: 'plugin/sessions/tokens.ts',
    tests: ['sessions/record', 'sessions/rotation', 'sessions/background-writes', 'promises/secrecy', 'request/login', 'sessions/login-sessions'],
    breaks: [
      {
        name: 'a token is stored as it is',
        promise: 'T6: tokens are hashed in the database',
        from: "createHash('sha256').update(token).digest('base64url')",
        to: 'token',
        tests: ['promises/secrecy']
      },
      {
        name: 'a token has 64 bits',
        promise: 'ASVS 5.0 7.2.3: a token has 256 random bits',
        from: 'randomBytes(32)',
        to: 'randomBytes(8)'
      },
      {
        name: 'the grace begins with the rotation',
        promise: 'R8: a lost response signs nobody out',
        from: 'token.until === undefined ||',
        to: 'token === tokens[0] || token.until !== undefined &&',
        tests: ['sessions/rotation']
      },
      {
        name: 'the grace is five minutes',
        promise: 'R8: the former token works for 30 seconds after the first use of the newer one',
        from: '= 30_000',
        to: '= 300_000'
      },
      {
        name: 'any token counts as the newest',
        promise: 'R8: only the newest token is ever issued again',
        from: 'tokens[0]?.hash === hashToken(token)',
        to: 'tokens.some(({ hash }) => hash === hashToken(token))'
      },
      {
        name: 'the old token stays the newest',
        promise: 'rule 6: a confirmation brings a new token',
        from: '[{ hash: next }, { hash: current }]',
        to: '[{ hash: current }, { hash: next }]'
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
        from: 'await store.findByToken(hash)\n      return',
        to: '((globalThis as any).cache ??= new Map<string, LoginSessionRecord>()).get(hash) ?? await store.findByToken(hash)\n      if (record !== null) (globalThis as any).cache.set(hash, record)\n      return'
      },
      {
        name: 'a store that fails signs out',
        promise: 'T2: nobody is signed out by an outage',
        from: 'await store.findByToken(hash)\n      return',
        to: 'await store.findByToken(hash).catch(() => null)\n      return',
        tests: ['request/outage']
      },
      {
        name: 'a token is issued before it is stored',
        promise: 'T2: nobody holds a token that the store has not',
        from: 'return await store.rotate(',
        to: 'return store.rotate(',
        tests: ['sessions/rotation']
      },
      {
        name: 'nobody waits for the insert of a sign-in',
        promise: 'rule 8: a sign-in is durable when the answer arrives',
        from: 'await store.insert(record)',
        to: 'store.insert(record).catch(() => {})',
        tests: ['request/outage']
      },
      {
        name: 'a login ends by the token of its request only',
        promise: 'T1: signing out ends the login, whatever token it has by now',
        from: 'if (record.userId !== undefined) await endOne',
        to: "if (record.userId === '') await endOne",
        tests: ['request/login']
      },
      {
        name: 'nobody waits for the end of a session',
        promise: 'T1: a session that was signed out is removed when the answer arrives',
        from: 'await endOne(record.userId, record.id, reason)',
        to: 'endOne(record.userId, record.id, reason).catch(() => {})',
        tests: ['request/outage']
      },
      {
        name: 'a session that cannot be looked up counts as ended',
        promise: 'T2, rule 7: unknown is not signed out',
        from: 'await store.findByToken(hash)\n    if',
        to: 'await store.findByToken(hash).catch(() => null)\n    if',
        tests: ['request/outage', 'request/login']
      },
      {
        name: 'an expired session is not ended',
        promise: 'T1: a late touch does not prolong a session that its owner has left',
        from: 'acceptsToken(record, hash, now())) await end',
        to: 'isLive(record, hash, now())) await end',
        tests: ['request/races']
      },
      {
        name: 'what a failover brings back is not ended',
        promise: 'T1: a user who was told "signed out" is signed out',
        from: 'await store.barrier()\n      await endByToken(token, reason)',
        to: 'await store.barrier()',
        tests: ['request/races', 'promises/failover']
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
        to: 'return null'
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
        from: 'return announceRemoved(await store.remove(userId, id, now()))',
        to: 'const session = announceRemoved(await store.find(userId, id, now()))\n      await store.remove(userId, id, now())\n      return session'
      },
      {
        name: 'a removal that failed is announced',
        promise: 'T1: a removal that failed is an error, and is not announced',
        from: 'return announceRemoved(await store.remove(userId, id, now()))',
        to: 'const found = await store.find(userId, id, now())\n      return announceRemoved(await store.remove(userId, id, now()).catch(() => found))'
      },
      {
        name: 'after five rounds the rest is spared',
        promise: 'T1: no session that was there at the call is left',
        from: 'return ended + await store.removeMany(userId, await remaining(), now())',
        to: 'return ended'
      },
      {
        name: 'a read that finds nothing is believed before it is durable',
        promise: 'T1: revokeAll resolves only when the removals by others are durable, too',
        from: 'await store.barrier()',
        to: 'await Promise.resolve()',
        tests: ['promises/failover']
      },
      {
        name: 'a read that finds nothing is the last',
        promise: 'T1: a deposed primary is not believed',
        from: 'else await store.barrier()',
        to: 'else return await store.barrier().then(() => ended)',
        tests: ['promises/failover']
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
        from: 'announceRemoved(record as LoginSessionRecord | null)',
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
    file: 'plugin/sessions/background-writes.ts',
    tests: ['sessions/background-writes', 'request/outage'],
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
      }
    ]
  },
  {
    file: 'plugin/sessions/background-writes.ts',
    tests: ['sessions/rotation'],
    breaks: [
      {
        name: 'a retirement that fails ends the process',
        promise: 'T2: a retirement may fail; the next request repeats it',
        from: 'until).catch(onError)',
        to: 'until)'
      }
    ]
  },
  {
    file: 'plugin/request/hooks.ts',
    tests: ['request/hooks'],
    breaks: [
      {
        name: 'a hook that rejects ends the process',
        promise: 'R13: an error of a hook is logged and changes nothing',
        from: 'await call()',
        to: 'call()'
      },
      {
        name: 'close waits for hooks for ever',
        promise: 'T7: close() returns',
        from: 'settledWithin(DRAIN_TIMEOUT, finish())',
        to: 'finish().then(() => true)'
      },
      {
        name: 'hooks that are over are kept',
        promise: 'T7: memory stays flat',
        from: '.finally(() => { running.delete(completion) })',
        to: ''
      }
    ]
  }
] satisfies BreakList[]
