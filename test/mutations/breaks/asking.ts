/** Breaks of the questions before a session is ended. @module */
import type { BreakList } from '../break.js'

export default {
  file: 'plugin/pages/account/asking.ts',
  tests: ['confirmation/confirmation', 'pages/asking', 'pages/pages', 'request/csrf', 'pages/options'],
  breaks: [
    {
      name: 'a form\'s token is not verified',
      promise: 'every form has a token of its session',
      from: "csrf.verify(session.id, field(request, 'csrf'))",
      to: ''
    },
    {
      name: 'a form\'s token is that of no session',
      promise: 'a form\'s token belongs to one session',
      from: "csrf.verify(session.id, field(request, 'csrf'))",
      to: "csrf.verify('', field(request, 'csrf'))"
    },
    {
      name: 'every refusal asks again',
      promise: 'a session that has ended is told so, not asked again',
      from: 'if (reason === null) throw error\n        await ask(request, reply.code(statusCode).headers(headers), await findTarget(), frameOf(request).say(...reason))',
      to: "await ask(request, reply.code(statusCode).headers(headers), await findTarget(), reason === null ? 'Again' : frameOf(request).say(...reason))"
    },
    {
      name: 'a wrong password counts as right',
      promise: 'a wrong password ends nothing',
      from: 'return false\n',
      to: 'return true\n'
    },
    {
      name: 'a wrong password is 200',
      promise: 'a wrong password is 422, a lock 429',
      from: 'reply.code(statusCode).headers(headers)',
      to: 'statusCode === 0 ? reply : reply.headers(headers)'
    },
    {
      name: 'a lock says nothing of its end',
      promise: 'Retry-After says how long a lock lasts',
      from: 'reply.code(statusCode).headers(headers)',
      to: 'headers === null ? reply : reply.code(statusCode)'
    },
    {
      name: 'a foreign id shows a question',
      promise: 'foreign, unknown and ended sessions are 404, all alike',
      from: 'if (session === null) throw notFoundError()\n      return { kind: \'one\', session, current: session.id === current.id }',
      to: "return { kind: 'one', session: session ?? current, current: session?.id === current.id }"
    },
    {
      name: 'leaving asks for the password',
      promise: 'leaving needs no password',
      from: "target.kind === 'one' && target.current ? 'question' : await",
      to: "target.kind === 'one' && target.session === null ? 'question' : await"
    },
    {
      name: 'a locked form takes a password',
      promise: 'a lock is told before a password is typed',
      from: 'askPassword ? await lockedFor(session) : 0',
      to: 'askPassword && session === null ? await lockedFor(session) : 0'
    },
    {
      name: 'this session is counted among the others',
      promise: 'the question names how many will be signed out',
      from: 'list.filter(session => session.id !== id).length',
      to: 'list.filter(session => session.id !== \'\' || id).length'
    },
    {
      name: 'an accountName that fails is an error page',
      promise: 'an accountName that fails costs its name, never the page',
      from: "log.warn({ err: error }, 'login sessions: accountName failed; password managers will have to guess')\n      return null",
      to: "log.warn({ err: error }, 'login sessions: accountName failed; password managers will have to guess')\n      throw error"
    }
  ]
} satisfies BreakList
