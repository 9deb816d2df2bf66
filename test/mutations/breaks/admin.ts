/** Breaks of the room `pages/admin/`: who gets in, and what operators can end. @module */
import type { BreakList } from '../break.js'

const tests = ['pages/admin/gate', 'pages/admin/endings', 'pages/admin/work']

export default [
  {
    file: 'plugin/pages/admin/admin.ts',
    tests,
    breaks: [
      {
        name: 'everybody is let in',
        promise: 'O1: the page is only for those whom authorize lets in',
        from: "app.addHook('onRequest', gate.pass)",
        to: ''
      },
      {
        name: 'a closing server leaves long endings running',
        promise: 'O1: a server that stops says how far it came',
        from: "app.addHook('onClose', works.close)",
        to: ''
      }
    ]
  },
  {
    file: 'plugin/pages/admin/numbers.ts',
    tests: ['pages/admin/list'],
    breaks: [
      {
        name: 'operators without bound sessions read of them',
        promise: 'issue 17: hosts without the option see no change',
        from: 'deviceBound === 0 ? null : ',
        to: ''
      },
      {
        name: 'a few bound sessions are 0 %',
        promise: 'issue 17: a few are not none',
        from: 'maximumSignificantDigits: 2',
        to: 'maximumFractionDigits: 0'
      },
      {
        name: 'an estimated number of bound sessions looks counted',
        promise: 'O2: estimates are called so',
        from: 'sessions: shown(deviceBound)',
        to: 'sessions: String(deviceBound)'
      }
    ]
  },
  {
    file: 'plugin/pages/admin/gate.ts',
    tests,
    breaks: [
      {
        name: 'any answer lets in',
        promise: 'O1: only view and end let in',
        from: "if (right === null || right === 'view' || right === 'end') return right",
        to: 'return right as OperatorRight | null'
      },
      {
        name: 'who may look may end',
        promise: 'O1: an operator without the right to end changes nothing',
        from: "mayEnd: request => rights.get(request) === 'end',",
        to: 'mayEnd: request => rights.has(request),'
      },
      {
        name: 'a right that was lost meanwhile is not noticed',
        promise: 'O1: authorize is asked again at each action',
        from: "mayStillEnd: async request => await ask(request) === 'end'",
        to: 'mayStillEnd: async request => await ask(request) !== null'
      },
      {
        name: 'during an outage the page does not exist',
        promise: 'T7: unknown is not refused',
        from: "if (isLoginSessionError(error) && error.code !== 'FST_LOGIN_SESSION_REQUIRED') throw error",
        to: ''
      }
    ]
  },
  {
    file: 'plugin/pages/admin/routes.ts',
    tests,
    breaks: [
      {
        name: 'the routes that end sessions do not ask for the right',
        promise: 'O1: an operator without the right to end changes nothing',
        from: "app.addHook('preHandler', async request => { if (!gate.mayEnd(request)) throw notAllowedError() })",
        to: ''
      },
      {
        name: 'the right is not asked for after the confirmation',
        promise: 'O1: authorize is asked again at each action',
        from: 'if (!await gate.mayStillEnd(request)) throw notAllowedError()',
        to: ''
      },
      {
        name: 'the operator confirms nothing',
        promise: "O1: the operator's own confirmation",
        from: 'if (!await questions.confirmOrAskAgain(request, reply, askAbout)) return reply',
        to: ''
      },
      {
        name: 'two long endings of one operator run at the same time',
        promise: 'O1: the page shows the progress of what is under way',
        from: 'if (targets.obstacleTo(request, target) !== null) return await questions.ask(request, reply.code(409), await askAbout())',
        to: ''
      }
    ]
  },
  {
    file: 'plugin/pages/admin/work.ts',
    tests,
    breaks: [
      {
        name: 'the session of the operator ends too',
        promise: 'O1: the session of the operator who asks stays',
        from: 'except: operator,',
        to: ''
      },
      {
        name: 'it begins beside the work of another server',
        promise: 'O1: the page shows the progress of what is under way',
        from: 'if (isUnderWay(data?.loginSessionWork as WorkState | undefined)) return null',
        to: ''
      },
      {
        name: 'it begins although the session of the operator has ended',
        promise: 'T1: revoked means dead',
        from: 'if (!await sessionData.write(operator, { loginSessionWork: { ...state } })) throw requiredError()',
        to: 'await sessionData.write(operator, { loginSessionWork: { ...state } })'
      },
      {
        name: 'two of one session begin at the same moment',
        promise: 'O1: the page shows the progress of what is under way',
        from: 'if (running.has(key)) return null',
        to: ''
      }
    ]
  },
  {
    file: 'plugin/pages/admin/progress.ts',
    tests,
    breaks: [
      {
        name: 'it goes on although the operator is signed out',
        promise: 'O1: what a signed-out operator began ends',
        from: "if (data === null) aborter.abort('interrupted')",
        to: 'if (data === null) return'
      },
      {
        name: 'it goes on although the operator has lost the right',
        promise: 'O1: authorize is asked again',
        from: "if (!may) aborter.abort('interrupted')",
        to: ''
      },
      {
        name: 'it cannot be stopped',
        promise: 'O1: the operator can stop it',
        from: "else if (Number(data.loginSessionWorkStop) >= state.since) aborter.abort('stopped')",
        to: ''
      }
    ]
  },
  {
    file: 'plugin/pages/assets.ts',
    tests: ['pages/admin/gate'],
    breaks: [
      {
        name: 'the files of a page that does not exist have headers of their own',
        promise: 'O1: to everybody else the page does not exist',
        from: 'if (request.is404) return',
        to: ''
      }
    ]
  },
  {
    file: 'plugin/pages/admin/operations.ts',
    tests: ['pages/admin/endings', 'pages/admin/list'],
    breaks: [
      {
        name: 'the actor is not named',
        promise: 'O3: every end says who ended it',
        from: 'await app.loginSessions.revoke(userId, id, { actor: operator }) === null ? 0 : 1)',
        to: 'await app.loginSessions.revoke(userId, id) === null ? 0 : 1)'
      },
      {
        name: 'the audit log does not learn that an action failed',
        promise: 'O1: every action reaches the audit hook',
        from: 'report(operator, { ...action, complete: false })',
        to: ''
      },
      {
        name: 'numbers of before are shown after an ending',
        promise: 'O2: the numbers say what is',
        from: 'overview.forgetNumbers()',
        to: ''
      }
    ]
  },
  {
    file: 'plugin/pages/admin/question.ts',
    tests: ['pages/admin/endings'],
    breaks: [
      {
        name: 'an empty search ends everyone',
        promise: 'O1: a question is about what its URL says',
        from: 'if (!isSearch(fields) || !isExact(request.query, fields)) throw notFoundError()',
        to: ''
      }
    ]
  },
  {
    file: 'plugin/pages/admin/users.ts',
    tests: ['pages/admin/list'],
    breaks: [
      {
        name: 'a picture may be a script',
        promise: 'P6: what users chose stays text',
        from: "return typeof picture === 'string' && /^(?:\\/(?![/\\\\])|https:\\/\\/|data:image\\/)/i.test(picture) ? picture : null",
        to: "return typeof picture === 'string' ? picture : null"
      }
    ]
  }
] satisfies BreakList[]
