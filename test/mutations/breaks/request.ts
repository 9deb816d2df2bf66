/** Breaks of the room `request/`: one request's cookie, its session, the guard and the defence against other sites. @module */
/* eslint no-template-curly-in-string: off -- these are texts of code */
import type { BreakList } from '../break.js'

export default [
  {
    file: 'plugin/request/lookup.ts',
    tests: ['request/cookie', 'request/outage', 'request/cookies-of-one-name', 'request/races', 'request/request-session', 'plugin'],
    breaks: [
      {
        name: 'a former token is issued again',
        promise: 'R8: only a token of the latest generation is ever issued again',
        from: ' && isLatest(record, hash)',
        to: '',
        tests: ['request/races']
      },
      {
        name: 'the cookie stays on the request',
        promise: 'T6: the token is not in what hosts log of a request',
        from: 'delete request.cookies[own]',
        to: 'void own',
        tests: ['promises/secrecy']
      },
      {
        name: 'what proves the device stays on the request',
        promise: 'T6: nor is what proves its device',
        from: 'for (const own of bindingCookies) delete request.cookies[own]',
        to: '',
        tests: ['promises/secrecy']
      },
      {
        name: 'an outage is an empty answer',
        promise: 'T2: nobody is signed out by an outage',
        from: 'state.outage = outage\n',
        to: '\n',
        tests: ['request/outage']
      },
      {
        name: 'an outage is an error of every route',
        promise: 'T2: public routes work while the database is away',
        from: 'lookUp(state).then(done)',
        to: 'lookUp(state).then(() => { (done as (error?: unknown) => void)(state.outage ?? undefined) })',
        tests: ['request/outage']
      },
      {
        name: 'a superseded cookie is cleared',
        promise: 'R8: a cookie whose session lives on stays, since the browser may have a newer one by now',
        from: "state.superseded || state.sent.length === MOST_SENT ? 'keep' : 'clear'",
        to: "'clear'",
        tests: ['confirmation/confirmation']
      },
      {
        name: 'a cookie that leads nowhere stays',
        promise: 'T1: the cookie of a session that has ended is cleared',
        from: "state.superseded || state.sent.length === MOST_SENT ? 'keep' : 'clear'",
        to: "'keep'"
      },
      {
        name: 'a lookup is good for ever',
        promise: 'A6: a request whose body is held back is looked up again before its handler',
        from: '= 1000\n',
        to: '= Infinity\n',
        tests: ['request/second-look']
      },
      {
        name: 'the second look lets everybody pass',
        promise: 'A6: a handler behind the guard does not run for a session that has ended meanwhile',
        from: 'if (state.guarded) throw state.outage ?? requiredError()',
        to: '',
        tests: ['request/second-look']
      }
    ]
  },
  {
    file: 'plugin/request/login.ts',
    tests: ['request/login', 'request/cookie', 'request/outage', 'request/request-session', 'request/saving', 'request/races', 'request/cookies-of-one-name', 'request/hooks'],
    breaks: [
      {
        name: 'a browser that could not renew its proof cannot sign out',
        promise: 'a cookie may sign out without a proof',
        from: 'if (!state.unproven) state.throwOutage()',
        to: 'state.throwOutage()',
        tests: ['promises/stolen-cookies']
      },
      {
        name: 'a session that was revoked meanwhile is reloaded',
        promise: 'T1: a session that is revoked during a request does not come back',
        from: 'return becomeVisitor(state, {})',
        to: 'return'
      },
      {
        name: 'the cookie is cleared before the record is removed',
        promise: 'T2: a sign-out that failed leaves the browser its cookie',
        from: 'await saving.allSaved(state)\n    await endAll(',
        to: 'await saving.allSaved(state)\n    clearCookie(state)\n    await endAll('
      },
      {
        name: 'a session that is gone counts as ended',
        promise: 'T1: nobody hears of the end of a session that a failover brings back',
        from: "reason === 'signed-out' ? lifecycle.endByTokenDurably : lifecycle.endByToken",
        to: 'lifecycle.endByToken',
        tests: ['request/races', 'promises/failover']
      },
      {
        name: 'signing out with a superseded cookie ends nothing',
        promise: 'T1: a sign-out ends the session, whatever token it has by now',
        from: "await endOthers(state, 'signed-out')\n",
        to: '\n'
      },
      {
        name: 'destroy during an outage does nothing',
        promise: 'T2, rule 7: unknown is not signed out',
        from: 'throwOutage(state)\n    await saving',
        to: 'if (state.outage !== null) return\n    await saving'
      },
      {
        name: 'a visitor signs in with the secret that he came with',
        promise: 'rule 6: a sign-in brings a new token',
        from: 'newToken(keyOf(userId, newId()))',
        to: "keyOf(userId, newId()) + (state.token ?? newToken('')).slice(-43)"
      },
      {
        name: 'the former session ends before the new one is stored',
        promise: 'T2: a sign-in that fails signs nobody out',
        from: 'const record = await lifecycle.start(',
        to: "await endAll(state, 'replaced')\n      const record = await lifecycle.start("
      },
      {
        name: 'a former session that could neither be read nor ended does not matter',
        promise: 'T1: a sign-in ends what the browser had before',
        from: 'endByToken(token, reason, by)))',
        to: 'endByToken(token, reason, by).catch(() => {})))'
      }
    ]
  },
  {
    file: 'plugin/request/cookie.ts',
    tests: ['request/cookie', 'request/cookie-caching', 'request/cookies-of-one-name', 'request/withheld-cookie'],
    breaks: [
      {
        name: 'a cookie that we did not sign is cleared',
        promise: 'B6: a cookie that we did not sign is left alone',
        from: 'unsign(value) ?? []',
        to: "unsign(value) ?? { token: '-'.repeat(TOKEN_LENGTH), renew: false }"
      },
      {
        name: 'a login that is over is cleared in one step',
        promise: 'A3: the Back button shows no page of a login that is over',
        from: "isOver && state.sent.length > 0 ? [fastifyCookie.serialize(name, 'ended', attributes)] : []",
        to: '[]'
      },
      {
        name: 'a shared cache may keep a Set-Cookie',
        promise: 'A1, rule 5: a Set-Cookie is never sent on a response that a shared cache may keep',
        from: 'if (!makePrivate(reply, !state.cookieMayWait)) return',
        to: 'makePrivate(reply, !state.cookieMayWait)'
      },
      {
        name: 'a sign-in waits for a private response',
        promise: 'A1: what must go makes the response private',
        from: 'makePrivate(reply, !state.cookieMayWait)',
        to: 'makePrivate(reply, false)'
      },
      {
        name: 'a re-signing makes the response private',
        promise: 'A1: re-signing and clearing wait until a response is private',
        from: 'makePrivate(reply, !state.cookieMayWait)',
        to: 'makePrivate(reply, true)'
      },
      {
        name: 'other domains keep their cookies',
        promise: 'A2: signing in and out clears the cookie for other domains, too',
        from: 'otherDomains(state.request).map(cleared)',
        to: '[]'
      },
      {
        name: "a visitor's cookie overwrites one that was withheld",
        promise: 'A4: no visitor session starts on a cross-site request that comes without its cookie',
        from: "sent.length > 0 || headers['sec-fetch-site'] !== 'cross-site'",
        to: 'sent.length >= 0'
      }
    ]
  },
  {
    file: 'plugin/request/caching.ts',
    tests: ['request/cookie-caching'],
    breaks: [
      {
        name: 'a 304 carries a cookie that could wait',
        promise: 'A1: a 304 goes to a response that is stored already',
        from: 'reply.statusCode === 304 || !isPrivate',
        to: '!isPrivate'
      },
      {
        name: 'hooks of the host have the last word on caching',
        promise: 'A1: no shared cache may keep a response that carries the cookie',
        from: 'onHeaders(raw, () => forbidSharing({',
        to: 'onHeaders(raw, () => Object({'
      }
    ]
  },
  {
    file: 'plugin/request/keys.ts',
    tests: ['request/cookie', 'request/csrf', 'request/known-device'],
    breaks: [
      {
        name: 'one key for all uses',
        promise: 'B6: what is signed for one use is worth nothing in another',
        from: 'fastify-login-sessions: ${use}',
        to: 'fastify-login-sessions'
      }
    ]
  },
  {
    file: 'plugin/request/request-session.ts',
    tests: ['request/request-session', 'promises/secrecy'],
    breaks: [
      {
        name: "loggers show more than the host's data and the id",
        promise: 'T6: nothing of the request is in what hosts log of its session',
        from: 'inspect({ sessionId: this.sessionId, ...dataOf(this) }, options)',
        to: 'inspect({ ...this, sessionId: this.sessionId, cookie: this.cookie }, options)'
      }
    ]
  },
  {
    file: 'plugin/request/fastify-session.ts',
    tests: ['request/login', 'request/session-plugins'],
    breaks: [
      {
        name: 'decryptSession shows the token',
        promise: 'T6: the token is in no session that hosts log',
        from: 'const id = idOf(keyOfToken(token))',
        to: 'const id = token'
      }
    ]
  },
  {
    file: 'plugin/request/saving.ts',
    tests: ['request/saving', 'request/request-session', 'request/login', 'request/outage', 'request/races'],
    breaks: [
      {
        name: 'a removed record comes back as that of a visitor',
        promise: 'T1: a save never revives',
        from: 'await lifecycle.saveData(state.record, changes)',
        to: 'await lifecycle.saveData(state.record, changes) || await startVisitorSession(state, changes.set)',
        tests: ['request/races']
      },
      {
        name: 'a removed record comes back as it was',
        promise: 'T1: a save never revives',
        from: 'await lifecycle.saveData(state.record, changes)',
        to: 'await lifecycle.saveData(state.record, changes) || await lifecycle.start({ ...state.record, token: state.token!, visit: visits.visitOf(state.request) })',
        tests: ['request/races']
      }
    ]
  },
  {
    file: 'plugin/request/guard.ts',
    tests: ['request/login', 'request/outage', 'plugin', 'request/hooks'],
    breaks: [
      {
        name: 'the guard is open without the core plugin',
        promise: 'rule 7: the guard fails closed',
        from: 'request.loginSession != null',
        to: 'request.loginSession !== null',
        tests: ['plugin']
      },
      {
        name: 'a confirmation counts for ever',
        promise: 'R17: a confirmation counts for as long as the route says',
        from: 'request), milliseconds, at)',
        to: 'request), Infinity, at)',
        tests: ['request/guard']
      },
      {
        name: 'an outage is a 401',
        promise: 'T2: protected routes answer 503 while the database is away',
        from: 'state.outage ?? requiredError()',
        to: 'requiredError() ?? state.outage',
        tests: ['request/outage']
      }
    ]
  },
  {
    file: 'plugin/request/csrf.ts',
    tests: ['request/csrf', 'request/trusted-origins', 'confirmation/confirmation', 'api/api'],
    breaks: [
      {
        name: 'WebSocket handshakes count as safe',
        promise: 'T4: a page of another origin opens no WebSocket as the signed-in user',
        from: '&& !isWebSocket(request)',
        to: ''
      },
      {
        name: 'every origin is trusted',
        promise: 'S6: trusted origins are an exact list',
        from: 'trustedOrigins(request)?.has(origin)',
        to: 'trustedOrigins(request) !== undefined'
      },
      {
        name: 'POST is a safe method',
        promise: 'T4: unsafe requests of other sites are refused',
        from: "'GET', ",
        to: "'GET', 'POST', "
      },
      {
        name: 'another subdomain is our own site',
        promise: 'T4: a page of another subdomain is that of another site',
        from: "|| site === 'none'",
        to: "|| site === 'none' || site === 'same-site'"
      },
      {
        name: 'an opaque origin is our own',
        promise: 'T4: the origin "null" is foreign',
        from: '? origin === undefined',
        to: "? origin === undefined || origin === 'null'"
      },
      {
        name: 'an origin on another port is our own',
        promise: 'T4: another port, or another scheme, is another origin',
        from: '|| origin === ownOrigin(request)',
        to: '|| new URL(origin).hostname === new URL(ownOrigin(request)!).hostname'
      },
      {
        name: 'the token of a form is valid for every session',
        promise: 'T4: the token of a form belongs to one session',
        from: '.update(sessionId)',
        to: ".update('')"
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
  },
  {
    file: 'plugin/boot-checks.ts',
    tests: ['plugin'],
    breaks: [
      {
        name: "another plugin's session is taken for @fastify/session's",
        promise: 'E2: what cannot work stops the boot, and the error says what to write',
        from: "hasDecorator('decryptSession')",
        to: "hasRequestDecorator('session')"
      },
      {
        name: "another plugin's session stays under ours",
        promise: 'E2: what cannot work stops the boot, and the error says what to write',
        from: "if (app.hasRequestDecorator('session')) throw optionError(OTHER_SESSION)",
        to: ''
      }
    ]
  },
  {
    file: 'plugin/plugin.ts',
    tests: ['plugin', 'request/login', 'request/outage', 'sessions/rotation', 'sessions/background-writes', 'request/hooks'],
    breaks: [
      {
        name: 'the store is not bounded',
        promise: 'T2: every store call has an upper time bound',
        from: 'boundedStore(given, storeTimeout, keys => watches.removed(keys))',
        to: 'given'
      },
      {
        name: 'close does not wait for touches',
        promise: 'T7: close() waits for background writes',
        from: 'background.flush(), ',
        to: ''
      },
      {
        name: "times come from the server's own clock",
        promise: 'rule 1: times that several servers compare come from the clock that they share',
        from: 'await startClock(store, warn)',
        to: '(() => new Date())',
        tests: ['request/shared-clock']
      }
    ]
  },
  {
    file: 'plugin/confirming.ts',
    tests: ['confirmation/confirmation', 'confirmation/ways'],
    breaks: [
      {
        name: 'a confirmation rotates nothing',
        promise: 'rule 6: a confirmation brings a new token',
        from: '() => logins.rotate(request)',
        to: 'async () => true'
      },
      {
        name: 'a route that asks for a password takes the answer of another way',
        promise: 'P4: confirmPassword asks for the password, whatever the way is',
        from: 'if (verifyPassword === undefined) {',
        to: 'if (false) {'
      }
    ]
  },
  {
    file: 'plugin/request/known-device.ts',
    tests: ['request/known-device'],
    breaks: [
      {
        name: 'devices are recognised though nobody wants to know',
        promise: 'no cookie is set without a use for it',
        from: 'if (!enabled) return',
        to: ''
      },
      {
        name: 'nobody is new',
        promise: 'R13: the hook and the page know a new device',
        from: '!read(request, userId).isKnown',
        to: 'false'
      }
    ]
  },
  {
    file: 'plugin/request/sign-in.ts',
    tests: ['request/known-device', 'request/login'],
    breaks: [
      {
        name: 'the first device of a new account is new',
        promise: 'R13: a sign-up is no sign-in on a new device',
        from: '!newAccount && ',
        to: ''
      },
      {
        name: 'the device of an adopted session is new',
        promise: 'R13: a session that is adopted is no sign-in on a new device',
        from: '!choices.adopted && ',
        to: '',
        tests: ['request/adoption']
      }
    ]
  },
  {
    file: 'plugin/request/visit.ts',
    tests: ['request/visit', 'request/activity', 'sessions/former-ip'],
    breaks: [
      {
        name: 'a route cannot say that it is no activity',
        promise: 'R16: polling does not keep a session active',
        from: 'if (request.routeOptions.config.loginSessionActivity === false) return false',
        to: ''
      },
      {
        name: 'an update of the browser keeps the old user agent',
        promise: 'I11: client hints add to what the browser is now',
        from: '{ device, ...(!isSame && { userAgent }) }',
        to: '{ device }'
      },
      {
        name: 'the address is compared as it was told',
        promise: 'A12: other words for the same address are no change',
        from: 'return seen !== null && isElsewhere(record.ip, seen, ip)',
        to: 'return true'
      }
    ]
  }
] satisfies BreakList[]
