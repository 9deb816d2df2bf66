/** Breaks of the room `request/`: one request's cookie, its session, the guard and the defence against other sites. @module */
/* eslint no-template-curly-in-string: off -- these are texts of code */
import type { BreakList } from '../break.js'

export default [
  {
    file: 'plugin/request/login.ts',
    tests: ['request/login', 'request/cookie', 'request/outage', 'request/request-session', 'request/saving', 'request/races', 'sessions/rotation', 'request/hooks'],
    breaks: [
      {
        name: 'a former token is issued again',
        promise: 'R8: only the newest token is ever issued again',
        from: ' && isNewest(record, token)',
        to: '',
        tests: ['sessions/rotation']
      },
      {
        name: 'the cookie stays on the request',
        promise: 'T6: the token is not in what hosts log of a request',
        from: 'delete request.cookies[cookie.name]',
        to: ''
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
        from: 'await allSaved(state)\n    if',
        to: 'await allSaved(state)\n    state.clearCookie = state.cookieSent\n    if'
      },
      {
        name: 'a session that is gone counts as ended',
        promise: 'T1: nobody hears of the end of a session that a failover brings back',
        from: "await lifecycle.endByTokenDurably(state.unknownToken, 'signed-out')",
        to: 'await Promise.resolve()',
        tests: ['request/races', 'promises/failover']
      },
      {
        name: 'destroy during an outage does nothing',
        promise: 'T2, rule 7: unknown is not signed out',
        from: 'throwOutage(state.request)',
        to: ''
      },
      {
        name: 'the token stays after a sign-out',
        promise: 'T1: a token that was signed out is never used again',
        from: 'setToken(state, newToken(), false)',
        to: 'setToken(state, state.token, false)'
      },
      {
        name: 'a visitor signs in with the token that he came with',
        promise: 'rule 6: a sign-in brings a new token',
        from: 'const token = newToken()',
        to: 'const token = former === null ? formerToken : newToken()'
      },
      {
        name: 'the former session ends before the new one is stored',
        promise: 'T2: a sign-in that fails signs nobody out',
        from: 'const record = await lifecycle.start(',
        to: "if (former !== null) await lifecycle.end(former, formerToken, 'replaced')\n      const record = await lifecycle.start("
      },
      {
        name: 'a former session that could neither be read nor ended does not matter',
        promise: 'T1: a sign-in ends what the browser had before',
        from: "await lifecycle.endByToken(formerToken, 'replaced')",
        to: "await lifecycle.endByToken(formerToken, 'replaced').catch(() => {})"
      }
    ]
  },
  {
    file: 'plugin/request/fastify-session.ts',
    tests: ['request/outage', 'request/request-session', 'request/login', 'plugin'],
    breaks: [
      {
        name: 'an outage is an empty answer',
        promise: 'T2: nobody is signed out by an outage',
        from: 'carry({ record: null, outage })',
        to: 'outage && null'
      },
      {
        name: 'an outage is an error of every route',
        promise: 'T2: public routes work while the database is away',
        from: 'null, carry({ record: null, outage })',
        to: 'outage'
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
        to: 'await lifecycle.saveData(state.record, changes) || await lifecycle.start({ ...state.record, token: state.token, visit: visits.visitOf(state.request) })',
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
        name: 'an outage is a 401',
        promise: 'T2: protected routes answer 503 while the database is away',
        from: 'outageOf(request) ?? requiredError()',
        to: 'requiredError() ?? outageOf(request)',
        tests: ['request/outage']
      }
    ]
  },
  {
    file: 'plugin/request/csrf.ts',
    tests: ['request/csrf', 'confirmation/confirmation', 'api/api'],
    breaks: [
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
        name: 'the token of a form is good for every session',
        promise: 'T4: the token of a form belongs to one session',
        from: 'csrf:${sessionId}',
        to: 'csrf:'
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
        from: 'boundedStore(given, storeTimeout)',
        to: 'given'
      },
      {
        name: 'close does not wait for touches',
        promise: 'T7: close() waits for background writes',
        from: 'background.flush(), ',
        to: ''
      },
      {
        name: 'a confirmation rotates nothing',
        promise: 'rule 6: a confirmation brings a new token',
        from: '() => logins.rotate(request)',
        to: 'async () => true'
      }
    ]
  }
] satisfies BreakList[]
