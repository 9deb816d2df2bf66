/** Breaks of the bridge to @fastify/session: cookies, sign-in, sign-out. @module */
import type { BreakList } from '../break.js'

export default {
  file: 'plugin/request/login.ts',
  tests: ['request/sign-in', 'request/cookies', 'request/outage', 'request/host-session', 'request/half-way', 'request/saving', 'request/coming-back', 'sessions/rotation', 'request/secret-rotation', 'request/races', 'request/hooks', 'confirmation/password', 'registration'],
  breaks: [
    {
      name: 'an outage clears the cookie',
      promise: 'while the database is away, cookies stay',
      from: 'else if (outageOf(request) === undefined) {',
      to: 'else {',
      tests: ['request/outage']
    },
    {
      name: 'any token is issued anew',
      promise: 'only the newest token is ever issued again',
      from: 'sent !== session.encryptedSessionId && isNewest(record, token)',
      to: 'sent !== session.encryptedSessionId',
      tests: ['sessions/rotation']
    },
    {
      name: 'a cookie of an old secret stays',
      promise: 'the first secret signs: cookies are issued anew after a rotation of secrets',
      from: 'sent !== session.encryptedSessionId && isNewest(record, token)',
      to: 'isNewest(record, token) && false',
      tests: ['request/secret-rotation']
    },
    {
      name: 'every response sets the cookie',
      promise: 'a signed-in request sets no cookie',
      from: 'sent !== session.encryptedSessionId && isNewest(record, token)',
      to: 'isNewest(record, token)'
    },
    {
      name: 'the cookie stays in sight',
      promise: 'the token is not in what hosts log of a request',
      from: 'delete request.cookies[cookie.name]\n    state.carried',
      to: 'state.carried'
    },
    {
      name: 'a cookie that leads nowhere stays',
      promise: 'a dead cookie is cleared',
      from: 'state.dead = true\n',
      to: 'state.dead = false\n'
    },
    {
      name: 'a forged cookie empties the cache',
      promise: 'Clear-Site-Data is sent only where a login has ended',
      from: 'state.over = valid',
      to: 'state.over = true'
    },
    {
      name: 'an ended login leaves its pages in the cache',
      promise: 'where a login is over the browser is told to forget pages',
      from: 'state.over = valid',
      to: 'state.over = false'
    },
    {
      name: 'signing out leaves pages in the cache',
      promise: 'where a login is over the browser is told to forget pages',
      from: 'if (state.record?.userId !== undefined) state.over = state.carried',
      to: ''
    },
    {
      name: 'the host\'s Clear-Site-Data is replaced',
      promise: 'set your own and it stays',
      from: "state.over && !reply.hasHeader('clear-site-data')",
      to: 'state.over'
    },
    {
      name: 'the cookie is not Secure',
      promise: 'the cookie is a __Host- cookie: Secure',
      from: '({ ...cookie.attributes, expires })',
      to: '({ ...cookie.attributes, secure: false, expires })'
    },
    {
      name: 'nobody is remembered',
      promise: '"keep me signed in": the cookie outlives the browser',
      from: 'state.record?.remember ? state.record.endsAt : undefined',
      to: 'undefined'
    },
    {
      name: 'everybody is remembered',
      promise: 'without "keep me signed in" the cookie ends with the browser',
      from: 'state.record?.remember ? state.record.endsAt : undefined',
      to: 'state.record?.endsAt'
    },
    {
      name: 'the cookie ends with the next expiry',
      promise: 'the cookie of a remembered session lives as long as the session may',
      from: 'state.record?.remember ? state.record.endsAt : undefined',
      to: 'state.record?.remember ? state.record.expiresAt : undefined'
    },
    {
      name: 'over http no cookie is sent after the first save',
      promise: 'a response sends the cookie that is due, however often it was saved',
      from: 'Object.assign(session.cookie, { toJSON:',
      to: 'Object.assign(session.cookie, { secure: cookie.attributes.secure, toJSON:'
    },
    {
      name: 'over http no cookie is sent',
      promise: 'on localhost the Secure cookie is sent over http too',
      from: 'sameSite, secure: false }',
      to: 'sameSite, secure: cookie.attributes.secure as false }',
      tests: ['registration', 'request/half-way']
    },
    {
      name: 'what the host makes of its own cookies goes for ours',
      promise: 'the cookie has our attributes only, whatever a host\'s @fastify/cookie is told',
      from: '({ ...cookie.attributes, expires })',
      to: '({ ...JSON.parse(JSON.stringify(cookie.attributes)), ...(expires && { expires }) })',
      tests: ['registration']
    },
    {
      name: 'a cookie that is cleared has what the host makes of its own',
      promise: 'the cookie has our attributes only, whatever a host\'s @fastify/cookie is told',
      from: 'cookie.attributes as object)',
      to: 'JSON.parse(JSON.stringify(cookie.attributes)))',
      tests: ['registration']
    },
    {
      name: 'reload does not look whether it lives',
      promise: 'a session that is revoked while a request is under way does not come back',
      from: 'if (record === null) return leave(state, {})',
      to: 'if (record === null) return'
    },
    {
      name: 'reload keeps what it had',
      promise: 'reload brings what the store has',
      from: 'replaceData(session, record.data)\n      }',
      to: '}'
    },
    {
      name: 'reload during an outage empties the session',
      promise: 'cannot-know is not signed-out',
      from: 'async reload () {\n        throwOutage(request)',
      to: 'async reload () {',
      tests: ['request/outage', 'request/half-way', 'request/host-session'],
      expected: 'equivalent for whoever asks: the lookup that reload makes rejects by itself while the store is away, and reads the truth once it is back'
    },
    {
      name: 'the view is kept when the record changes',
      promise: 'request.loginSession tells what is so now',
      from: 'delete state.view',
      to: ''
    },
    {
      name: 'ending a session leaves its record',
      promise: 'signing out removes the record',
      from: "if (state.record !== null) await sessions.end(state.record, state.token, 'signed-out')",
      to: ''
    },
    {
      name: 'ending a session is not waited for',
      promise: 'a sign-out that failed does not look like one',
      from: "if (state.record !== null) await sessions.end(state.record, state.token, 'signed-out')",
      to: "if (state.record !== null) sessions.end(state.record, state.token, 'signed-out').catch(() => {})"
    },
    {
      name: 'ending a session does not wait for saves',
      promise: 'what a login saves goes into it, never into the visitor\'s session that comes after it',
      from: 'throwOutage(state.request)\n    await saved(state)',
      to: 'throwOutage(state.request)'
    },
    {
      name: 'a session that is gone is taken for ended',
      promise: 'who signs out of a session that is gone, but perhaps not for good, is told so once that is certain',
      from: "if (state.gone !== null) await sessions.endForCertain(state.gone, 'signed-out')",
      to: '',
      tests: ['request/coming-back', 'promises/failover']
    },
    {
      name: 'the cookie is cleared before the record is removed',
      promise: 'a sign-out that failed leaves the browser its cookie',
      from: "if (state.record !== null) await sessions.end(state.record, state.token, 'signed-out')",
      to: "state.dead = state.carried\n    if (state.record !== null) await sessions.end(state.record, state.token, 'signed-out')"
    },
    {
      name: 'ending a session leaves its cookie',
      promise: 'signing out clears the cookie',
      from: 'state.dead = state.carried\n',
      to: '\n'
    },
    {
      name: 'destroy during an outage pretends',
      promise: 'cannot-know is not signed-out',
      from: 'throwOutage(state.request)\n    await saved(state)',
      to: 'await saved(state)'
    },
    {
      name: 'signing out during an outage pretends',
      promise: 'a sign-out that could not be done is an error',
      from: 'throwOutage(request)\n      if (state.record === null) await endGone(state)',
      to: 'if (state.record === null) await endGone(state)'
    },
    {
      name: 'a visitor who signs out loses the session',
      promise: 'endLoginSession does nothing when not signed in',
      from: 'else if (state.record.userId !== undefined) await end(state, [])',
      to: 'else await end(state, [])'
    },
    {
      name: 'what a login gathered goes on after it',
      promise: 'signing out empties request.session',
      from: '.filter(([key]) => keep.includes(key))',
      to: '.filter(([key]) => keep.includes(key) || keep.length === 0)'
    },
    {
      name: 'the token goes on after the login',
      promise: 'after a sign-out the session goes on under a token that nobody has seen',
      from: 'setToken(state, newToken(), false)',
      to: 'setToken(state, state.token, false)'
    },
    {
      name: 'a revoked session\'s data stay with the request',
      promise: 'what leads nowhere any more is empty',
      from: 'setRecord(state, null)\n    replaceData(state.session, data)',
      to: 'setRecord(state, null)\n    Object.assign(state.session, data)'
    },
    {
      name: 'the response does not wait for its save',
      promise: 'session data is saved before the response',
      from: 'return saving === null ? clear() : saving.then(clear)',
      to: 'saving?.catch(() => {})\n      return clear()'
    },
    {
      name: 'what another login left comes along',
      promise: 'at sign-in what another login left does not come along',
      from: 'former?.userId === undefined ? dataOf(session) : {}',
      to: 'dataOf(session)'
    },
    {
      name: 'what a visitor gathered is lost',
      promise: 'at sign-in what an anonymous visitor gathered comes along',
      from: 'former?.userId === undefined ? dataOf(session) : {}',
      to: '({}) as Record<string, unknown>'
    },
    {
      name: 'the token stays the same at sign-in',
      promise: 'a new token at every sign-in: nobody can prepare one',
      from: 'const token = newToken()',
      to: 'const token = former === null ? newToken() : formerToken'
    },
    {
      name: 'a visitor signs in with the token he came with',
      promise: 'a new token at every sign-in: nobody can prepare one',
      from: 'const token = newToken()',
      to: 'const token = former === null ? formerToken : newToken()'
    },
    {
      name: 'the former session stays',
      promise: 'what this browser was signed in as before ends',
      from: "if (former !== null) await sessions.end(former, formerToken, 'replaced')",
      to: 'if (former !== null) await Promise.resolve()'
    },
    {
      name: 'the former session stays where it could not be read',
      promise: 'one that could not be read ends all the same',
      from: "else if (outageOf(request) !== undefined) await sessions.endByToken(formerToken, 'replaced')",
      to: ''
    },
    {
      name: 'a former session that has expired stays',
      promise: 'one that has expired ends all the same: a late touch would prolong it',
      from: "else if (state.gone !== null) await sessions.endByToken(state.gone, 'replaced')",
      to: '',
      tests: ['request/coming-back']
    },
    {
      name: 'the former session ends before the new one is there',
      promise: 'a sign-in that fails ends nothing',
      from: 'const record = await sessions.start({ token, userId',
      to: "if (former !== null) await sessions.end(former, formerToken, 'replaced')\n      const record = await sessions.start({ token, userId"
    },
    {
      name: 'a ghost stays of a sign-in that failed halfway',
      promise: 'a sign-in that fails leaves no session behind',
      from: 'await sessions.discard({ userId, id: record.id }).catch(() => {})',
      to: ''
    },
    {
      name: 'a sign-in whose ghost cannot be removed tells the wrong error',
      promise: 'the error tells what failed first',
      from: '.discard({ userId, id: record.id }).catch(() => {})',
      to: ".discard({ userId, id: record.id }).catch(() => { throw new TypeError('ghost') })"
    },
    {
      name: 'a former session that could not be ended is no matter',
      promise: 'signed in means that the former session has ended',
      from: "if (former !== null) await sessions.end(former, formerToken, 'replaced')",
      to: "if (former !== null) await sessions.end(former, formerToken, 'replaced').catch(() => {})"
    },
    {
      name: 'a former session that could neither be read nor ended is no matter',
      promise: 'signed in means that the former session has ended',
      from: "await sessions.endByToken(formerToken, 'replaced')",
      to: "await sessions.endByToken(formerToken, 'replaced').catch(() => {})"
    },
    {
      name: 'a sign-in does not wait for saves',
      promise: 'a sign-in comes after the saves that are under way: what one login saves never goes into the next',
      from: 'if (state.sent) throw tooLate()\n      await saved(state)',
      to: 'if (state.sent) throw tooLate()',
      tests: ['request/saving']
    },
    {
      name: 'a response that is on its way takes a sign-in',
      promise: 'a sign-in whose cookie cannot be sent is a mistake that says so',
      from: 'state.sent = true',
      to: ''
    },
    {
      name: 'a response that was sent while the session was stored is no matter',
      promise: 'a sign-in whose cookie cannot be sent leaves no session behind',
      from: 'try {\n        if (state.sent) throw tooLate()',
      to: 'try {'
    },
    {
      name: 'an outage goes on after a sign-in',
      promise: 'whoever signs in is signed in for the rest of the request',
      from: 'clearOutage(request)\n      setRecord',
      to: 'setRecord'
    },
    {
      name: 'the new token stays on the server',
      promise: 'a confirmed password brings a new token',
      from: 'if (next !== null) setToken(state, next, true)',
      to: ''
    },
    {
      name: 'a lost race for the rotation counts as won',
      promise: 'a confirmation whose session ended meanwhile confirms nothing',
      from: 'return next !== null\n',
      to: 'return true\n',
      tests: ['confirmation/password']
    },
    {
      name: 'visitors are signed in',
      promise: 'an anonymous session is nobody\'s login',
      from: 'if (state?.record?.userId === undefined) return null',
      to: 'if (state?.record == null) return null'
    },
    {
      name: 'the cookie is cleared without its attributes',
      promise: 'browsers take no __Host- cookie that is not Secure: not even one that clears',
      from: 'reply.clearCookie(cookie.name, cookie.attributes as object)',
      to: 'reply.clearCookie(cookie.name)'
    },
    {
      name: 'a new cookie is cleared',
      promise: 'signing in over a dead cookie signs in',
      from: 'state.dead && !state.issue',
      to: 'state.dead'
    },
    {
      name: 'requests are not seen',
      promise: 'whoever makes requests stays signed in',
      from: 'if (record !== null) sessions.seen(record, token, () => visits.sightingOf(request, record))',
      to: ''
    },
    {
      name: '"OPTIONS *" is an error',
      promise: 'a request without a path is answered',
      from: 'if (request.session.sessionId === undefined) return\n',
      to: '',
      expected: 'what is left without the check is never used: such a request reaches no route and no cookie'
    }
  ]
} satisfies BreakList
