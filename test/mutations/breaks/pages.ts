/** Breaks of the room `pages/`: who gets in, and what a form must prove before a session ends. @module */
import type { BreakList } from '../break.js'

const tests = ['confirmation/confirmation', 'pages/pages', 'request/csrf', 'pages/options']

export default [
  {
    file: 'plugin/pages/kit.ts',
    tests,
    breaks: [
      {
        name: 'other sites are let in',
        promise: 'T4: unsafe requests of other sites are refused',
        from: "app.addHook('onRequest', rejectCrossOrigin)",
        to: '',
        tests: ['request/csrf', 'confirmation/confirmation']
      },
      {
        name: 'visitors are let in',
        promise: 'P5: the pages are for signed-in users',
        from: "app.addHook('onRequest', requireLoginSession)",
        to: ''
      },
      {
        name: 'browsers may store the pages',
        promise: 'P9: private pages are neither stored nor framed, and take no scripts from elsewhere',
        from: "app.addHook('onRequest', pageHeaders)",
        to: ''
      },
      {
        name: 'the pages take JSON',
        promise: 'T5: a body that is not a form reaches no handler',
        from: 'app.removeAllContentTypeParsers()',
        to: ''
      }
    ]
  },
  {
    file: 'plugin/pages/errors.ts',
    tests,
    breaks: [
      {
        name: 'a visitor comes back to another site',
        promise: 'T5: a path leads nobody to another site after signing in',
        from: ".replace(/^[/\\\\]*/, '/')",
        to: ''
      }
    ]
  },
  {
    file: 'plugin/pages/account/routes.ts',
    tests,
    breaks: [
      {
        name: 'one session ends without the token of the form',
        promise: 'T4: every form has a token of its session',
        from: 'session = questions.verifyForm(request)\n    const target',
        to: 'session = request.loginSession!\n    const target'
      },
      {
        name: 'the others end without the token of the form',
        promise: 'T4: every form has a token of its session',
        from: 'session = questions.verifyForm(request)\n    if',
        to: 'session = request.loginSession!\n    if'
      },
      {
        name: 'nobody waits for the password',
        promise: 'P3: a wrong password ends nothing',
        from: '!await questions.confirmOrAskAgain(request, reply, () => targets',
        to: '!questions.confirmOrAskAgain(request, reply, () => targets'
      }
    ]
  },
  {
    file: 'plugin/pages/question.ts',
    tests,
    breaks: [
      {
        name: 'the token of a form is not verified',
        promise: 'T4: every form has a token of its session',
        from: "csrf.verify(session.id, field(request, 'csrf'))",
        to: ''
      }
    ]
  },
  {
    file: 'plugin/pages/account/question.ts',
    tests,
    breaks: [
      {
        name: 'a foreign id shows a question',
        promise: 'P5: foreign, unknown, expired and removed ids answer the same',
        from: 'if (session === null) throw notFoundError()\n      return {',
        to: "if (session === null) return { kind: 'session', session: current, current: false }\n      return {"
      }
    ]
  }
] satisfies BreakList[]
