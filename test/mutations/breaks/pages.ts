/** Breaks of the room `pages/`: who gets in, and what a form must prove before a session ends. @module */
import type { BreakList } from '../break.js'

const tests = ['pages/question', 'confirmation/confirmation', 'pages/pages', 'request/csrf', 'pages/options']

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
        from: 'kit.setHeaders(reply)',
        to: ''
      },
      {
        name: 'a boosted link gets the page without its files',
        promise: 'P9: the pages work beside an htmx of the host',
        from: 'if (isBoostedLink(request)) return loadPage',
        to: 'if (!request) return loadPage'
      },
      {
        name: 'the links do not have the path that a proxy takes away',
        promise: 'P9: the pages work behind a proxy that takes a path away',
        from: 'createFrames(options, publicPrefix + app.prefix, assets)',
        to: 'createFrames(options, app.prefix, assets)',
        tests: ['pages/hosts']
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
    file: 'plugin/pages/headers.ts',
    tests: ['beside/responses'],
    breaks: [
      {
        name: "the host's layout has no nonces",
        promise: 'E2: the pages work beside @fastify/helmet',
        from: 'policy(cspNonce)',
        to: 'policy(cspNonce && null)'
      }
    ]
  },
  {
    file: 'plugin/pages/frame.ts',
    tests: ['pages/options', 'request/absolute-form'],
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
    file: 'plugin/pages/assets.ts',
    tests: ['pages/pages'],
    breaks: [
      {
        name: 'folders of the host are taken for those of the package',
        promise: 'E1: pages in a bundle say which option to set',
        from: 'existsSync(join(home, LANDMARK))',
        to: 'existsSync(join(home, name))',
        tests: ['package/bundle']
      },
      {
        name: 'any version of a file may be cached for a year',
        promise: 'T5: a cache keeps a file under its own fingerprint only',
        from: 'versions.get(file) === version',
        to: 'version !== undefined'
      },
      {
        name: 'a refusal may be cached for a year',
        promise: 'T5: a cache keeps a file under its own fingerprint only',
        from: '!filesSent.has(reply.raw) || ',
        to: ''
      },
      {
        name: 'an error after the file was found may be cached for a year',
        promise: 'T5: a cache keeps a file under its own fingerprint only',
        from: ' || !FILE_STATUSES.has(reply.statusCode)',
        to: ''
      }
    ]
  },
  {
    file: 'plugin/pages/templates.ts',
    tests: ['pages/pages', 'pages/hosts'],
    breaks: [
      {
        name: 'every fragment may take the place of the dialog',
        promise: 'P9: a refusal keeps what was typed',
        from: "name === 'dialog' ? 'question' : 'fragment'",
        to: "'question'"
      },
      {
        name: 'templates that replace nothing are taken',
        promise: 'P10: a misspelt template stops the boot',
        from: '  if (shipped.some(name => existsSync(resolve(hostDirectory, name)))) return',
        to: '  if (shipped.length > 0) return',
        tests: ['pages/options']
      }
    ]
  },
  {
    file: 'plugin/pages/policy.ts',
    tests: ['pages/hosts'],
    breaks: [
      {
        name: 'scripts of any host run',
        promise: 'P9: private pages are neither stored nor framed, and take no scripts from elsewhere',
        from: 'ACTIVE.has(directive) ? ACTIVE_ORIGIN.test(source) : ',
        to: ''
      },
      {
        name: 'scripts come unencrypted',
        promise: 'P9: private pages are neither stored nor framed, and take no scripts from elsewhere',
        from: '^(?:(?:https|wss):',
        to: '^(?:(?:https?|wss?):'
      },
      {
        name: 'scripts of all hosts of a top-level domain run',
        promise: 'P9: private pages are neither stored nor framed, and take no scripts from elsewhere',
        from: '(?:\\*\\.[\\w-]+\\.)?',
        to: '(?:\\*\\.)?'
      },
      {
        name: 'a host opens any directive',
        promise: 'P9: private pages are neither stored nor framed, and take no scripts from elsewhere',
        from: 'if (!OPEN.includes(directive)) return',
        to: 'if (!directive) return'
      }
    ]
  },
  {
    file: 'plugin/pages/session-row.ts',
    tests: ['pages/list', 'pages/admin/list'],
    breaks: [
      {
        name: 'the row of a bound session does not say so',
        promise: 'issue 17: people and operators see which sessions are bound to their device',
        from: 'deviceBound: session.deviceBound',
        to: 'deviceBound: false'
      }
    ]
  },
  {
    file: 'plugin/pages/account/entries.ts',
    tests: ['pages/list'],
    breaks: [
      {
        name: 'this device is not in the list',
        promise: 'P1: the list shows this device first',
        from: '{ sessions: [current], isNew: false },',
        to: ''
      },
      {
        name: 'a new device stands in a group of known ones',
        promise: 'P14: a new sign-in on a new device is marked and sorted up',
        from: 'const known = others.filter(session => !isNew(session, now))',
        to: 'const known = others'
      },
      {
        name: 'a new device is marked for as long as it is signed in',
        promise: 'P14: a new sign-in on a new device is marked and sorted up',
        from: 'newDevice && now.getTime() - createdAt.getTime() <= NEW_FOR',
        to: 'newDevice && now > createdAt'
      },
      {
        name: 'every sign-in is marked as new',
        promise: 'P14: a new sign-in on a new device is marked and sorted up',
        from: 'newDevice && now',
        to: 'now'
      },
      {
        name: 'two browsers of one computer are one entry',
        promise: 'P15: equal devices are grouped, and each can be signed out by itself',
        from: '[deviceTitle(device, texts), device.browser, device.kind]',
        to: '[deviceTitle(device, texts), device.kind]'
      },
      {
        name: 'a group has all its rows from the start',
        promise: 'P15: equal devices are grouped, and each can be signed out by itself',
        from: 'entry.sessions.slice(0, mostRows)',
        to: 'entry.sessions'
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
      },
      {
        name: 'people do not come back to their question',
        promise: 'P4: who confirms on the page of the host comes back to the question',
        from: 'withReturn(path, returnTo, question.url)',
        to: 'withReturn(path, returnTo, frame.homeUrl)'
      },
      {
        name: 'the question waits for a name that does not come',
        promise: 'P3: a host that hangs does not hold up the question',
        from: "withTimeout(Promise.resolve(accountName?.(userId)), NAME_PATIENCE, 'accountName')",
        to: 'Promise.resolve(accountName?.(userId))'
      }
    ]
  },
  {
    file: 'plugin/pages/confirmation.ts',
    tests: ['pages/question', 'pages/pages'],
    breaks: [
      {
        name: 'a confirmation on the page of the host has no lock',
        promise: 'T3: five wrong attempts lock, of every kind',
        from: '  page: {\n    canLock: true',
        to: '  page: {\n    canLock: false'
      },
      {
        name: 'the list has buttons for who cannot confirm',
        promise: 'P4: who cannot confirm sees why',
        from: 'canRevoke: obstacle === null',
        to: 'canRevoke: true'
      },
      {
        name: 'the last attempt comes without a warning',
        promise: 'P4: the last attempt before the lock is announced',
        from: "attemptsLeft === 1 ? ['answerWrongLast', MINUTES] : ['answerWrong']",
        to: "['answerWrong']"
      }
    ]
  },
  {
    file: 'plugin/pages/account/question-words.ts',
    tests: ['pages/question'],
    breaks: [
      {
        name: 'the question does not count the sessions that it does not name',
        promise: 'P3: people see what will end',
        from: 'unnamed > 0 ?',
        to: 'unnamed < 0 ?'
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
        from: 'if (session === null) throw notFoundError()\n      const',
        to: "if (session === null) return { kind: 'session', session: current, current: false, notYou, usesPassword: true }\n      const"
      }
    ]
  },
  {
    file: 'plugin/pages/plot.ts',
    tests: ['pages/plot'],
    breaks: [
      {
        name: 'few look like none',
        promise: 'O2: a plot and its table say the same',
        from: 'value <= 0 ? 0 : Math.max(SHORTEST, value / largest * 100)',
        to: 'value / largest * 100'
      },
      {
        name: 'a plot is drawn from left to right in every language',
        promise: 'P11: languages are written in their own direction',
        from: "texts.direction === 'rtl' ? 100 - x - geometry.width : x",
        to: 'x'
      }
    ]
  },
  {
    file: 'plugin/core.ts',
    tests: ['pages/question', 'api/api'],
    breaks: [
      {
        name: 'the list waits for a host that hangs as long as the question does',
        promise: 'P4: a host that hangs does not hold up the list',
        from: "withTimeout(wayFor(request), PATIENCE, 'finding out how this user confirms')",
        to: 'wayFor(request)'
      }
    ]
  }
] satisfies BreakList[]
