/** Breaks of the guard. @module */
import type { BreakList } from '../break.js'

export default {
  file: 'plugin/request/guard.ts',
  tests: ['request/sign-in', 'request/outage', 'registration', 'request/hooks'],
  breaks: [
    {
      name: 'the guard lets everybody in',
      promise: 'requireLoginSession lets only signed-in requests pass',
      from: '  currentLoginSession(request)\n}',
      to: '  if (request.loginSession === undefined) currentLoginSession(request)\n}'
    },
    {
      name: 'the guard is open without the core plugin',
      promise: 'without the core plugin nobody is let in',
      from: 'request.loginSession != null',
      to: 'request.loginSession !== null',
      tests: ['registration']
    },
    {
      name: 'the guard where nothing has been looked up says that nobody is signed in',
      promise: 'a guard outside of the core plugin says so',
      from: 'if (request.loginSession === undefined || request.session == null) throw',
      to: 'if (request.loginSession === undefined && request.session === null) throw',
      tests: ['registration']
    },
    {
      name: 'an outage is a 401',
      promise: 'guarded routes answer 503 while the database is away',
      from: 'throw outageOf(request) ?? requiredError()',
      to: 'throw requiredError() ?? outageOf(request)',
      tests: ['request/outage']
    }
  ]
} satisfies BreakList
