/** Breaks of the record's life: expiry, tokens, rotation. @module */
import type { BreakList } from '../break.js'

export default {
  file: 'plugin/sessions/record.ts',
  tests: ['sessions/record', 'sessions/expiry', 'sessions/rotation', 'sessions/touch', 'promises/secrecy', 'request/sign-in', 'sessions/revocation'],
  breaks: [
    {
      name: 'a session lives at its expiry',
      promise: 'a session is dead at its expiry, to the millisecond',
      from: '&& record.expiresAt > now',
      to: '&& record.expiresAt >= now',
      tests: ['sessions/expiry']
    },
    {
      name: 'the expiry is left to the TTL monitor',
      promise: 'every read compares the expiry with now; the TTL index is only the broom',
      from: ' && record.expiresAt > now',
      to: '',
      tests: ['sessions/expiry']
    },
    {
      name: 'a former token lives at its end',
      promise: 'a former token is dead at its end, to the millisecond',
      from: 'token.until > now)',
      to: 'token.until >= now)',
      tests: ['sessions/rotation']
    },
    {
      name: 'a former token lives for ever',
      promise: 'the former token works until the new one is first used, and 30 seconds more',
      from: ' && (token.until === undefined || token.until > now)',
      to: '',
      tests: ['sessions/rotation']
    },
    {
      name: 'a former token is dead before the new one has been seen',
      promise: 'an answer that is lost on its way signs nobody out',
      from: '(token.until === undefined || token.until > now)',
      to: '(token === record.tokens[0] || (token.until !== undefined && token.until > now))',
      tests: ['sessions/rotation']
    },
    {
      name: 'a token is stored as it is',
      promise: 'tokens are hashed at rest',
      from: "createHash('sha256').update(token).digest('base64url')",
      to: "token || createHash('sha256').update(token).digest('base64url')",
      tests: ['promises/secrecy']
    },
    {
      name: 'a token has 64 bits',
      promise: 'a token has 256 random bits',
      from: 'randomBytes(32)',
      to: 'randomBytes(8)'
    },
    {
      name: 'the public id is made of the token',
      promise: 'the handle in pages and URLs is not derived from a credential',
      from: 'id: newId(),',
      to: 'id: hashToken(token).slice(0, 22) || newId(),'
    },
    {
      name: 'the grace is five minutes',
      promise: 'the former token works for 30 seconds once the new one has been seen',
      from: 'ROTATION_GRACE = 30_000',
      to: 'ROTATION_GRACE = 300_000'
    },
    {
      name: 'the idle timeout forgets the grain of last-active',
      promise: 'nobody is signed out before the idle timeout',
      from: 'after(now, idle + lifetime.touchEvery)',
      to: 'after(now, idle)'
    },
    {
      name: 'the idle timeout reaches past the absolute end',
      promise: 'no activity keeps a session beyond its absolute timeout',
      from: 'return idleEnd < endsAt ? idleEnd : endsAt',
      to: 'return idleEnd'
    },
    {
      name: 'a remembered session never has an idle timeout',
      promise: 'rememberIdleTimeout ends remembered sessions',
      from: 'remember ? lifetime.rememberIdleTimeout : lifetime.idleTimeout',
      to: 'remember ? null : lifetime.idleTimeout'
    },
    {
      name: 'every session is idle like a remembered one',
      promise: 'a session without "keep me signed in" ends after the idle timeout',
      from: 'remember ? lifetime.rememberIdleTimeout : lifetime.idleTimeout',
      to: 'lifetime.rememberIdleTimeout'
    },
    {
      name: 'a touch is due a millisecond late',
      promise: 'last-active is exact to touchEvery',
      from: '< lifetime.touchEvery) return null',
      to: '<= lifetime.touchEvery) return null'
    },
    {
      name: 'a touch at every request',
      promise: 'nothing is written more often than touchEvery',
      from: '< lifetime.touchEvery) return null',
      to: '< 0) return null',
      tests: ['sessions/touch']
    },
    {
      name: 'a touch does not move the expiry',
      promise: 'whoever makes requests stays signed in',
      from: 'expiresAt: expiryAt(now, record.remember, record.endsAt, lifetime),',
      to: 'expiresAt: record.expiresAt,'
    },
    {
      name: 'a request with the former token retires it',
      promise: 'only the new token\'s first use begins the 30 seconds',
      from: ' || !isNewest(record, token)',
      to: ''
    },
    {
      name: 'the former token\'s end moves with each request',
      promise: 'the 30 seconds begin once',
      from: ' || former.until !== undefined',
      to: ''
    },
    {
      name: 'any token counts as the newest',
      promise: 'only the newest token is ever issued again',
      from: 'record.tokens[0]?.hash === hashToken(token)',
      to: 'record.tokens.some(({ hash }) => hash === hashToken(token))'
    },
    {
      name: 'a rotation leaves the old token the newest',
      promise: 'a confirmed password brings a new token',
      from: '[{ hash: next }, { hash: current }]',
      to: '[{ hash: current }, { hash: next }]'
    },
    {
      name: 'a rotation forgets the former token at once',
      promise: 'parallel requests survive a rotation',
      from: '[{ hash: next }, { hash: current }]',
      to: '[{ hash: next }]'
    },
    {
      name: 'a rotation counts as lost at once',
      promise: 'within 30 seconds of a rotation the former token brings no new one',
      from: 'after(now, -ROTATION_GRACE)',
      to: 'after(now, 0)'
    },
    {
      name: 'an anonymous record has a userId of nothing',
      promise: 'an anonymous record belongs to no user',
      from: '...(userId === undefined ? {} : { userId }),',
      to: '...({ userId } as { userId?: string }),'
    }
  ]
} satisfies BreakList
