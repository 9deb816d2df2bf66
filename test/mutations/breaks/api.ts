/** Breaks of the room `api/`: who gets in, what is sent, and what must be proved before a session ends. @module */
import type { BreakList } from '../break.js'

export default [
  {
    file: 'plugin/api/schemas.ts',
    tests: ['api/api', 'api/openapi'],
    breaks: [
      {
        name: 'scripts do not see which sessions are bound',
        promise: 'issue 17: the API says which sessions are bound to their device',
        from: '    deviceBound: {\n',
        to: '    bound: {\n'
      }
    ]
  },
  {
    file: 'plugin/api/api.ts',
    tests: ['api/api', 'api/openapi', 'request/csrf', 'promises/secrecy', 'request/hooks'],
    breaks: [
      {
        name: 'an empty body is malformed JSON',
        promise: 'S1: a body-less request works, whatever its content type says',
        from: "body === '' ? done(null, null) : parse(request, body, done)",
        to: 'parse(request, body, done)'
      },
      {
        name: 'other sites are let in',
        promise: 'T4: unsafe requests of other sites are refused',
        from: "app.addHook('onRequest', rejectCrossOrigin)",
        to: ''
      },
      {
        name: 'visitors are let in',
        promise: 'P5: the API is for signed-in users',
        from: "app.addHook('onRequest', requireLoginSession)",
        to: ''
      },
      {
        name: 'caches may store the answers',
        promise: 'S1: private answers are not stored',
        from: "app.addHook('onRequest', privateHeaders)",
        to: ''
      },
      {
        name: 'a form of another site reaches a handler',
        promise: 'T4: the API takes JSON only, whatever else the host parses',
        from: 'app.removeAllContentTypeParsers()',
        to: ''
      },
      {
        name: 'the serializer of the host sends what it likes',
        promise: 'T6: the API sends only what its schemas list',
        from: 'app.setSerializerCompiler(',
        to: 'void ('
      },
      {
        name: "the host's hooks change the API's answers",
        promise: 'T6: the API sends only what its schemas list',
        from: 'send(serialize(payload))',
        to: 'send(payload)',
        tests: ['beside/documents']
      },
      {
        name: "the host's document reads our schemas as its own",
        promise: 'E2: the API works beside schemas of zod',
        from: '= { swaggerTransform: false }',
        to: '= {} as never',
        tests: ['beside/documents']
      },
      {
        name: 'one session ends without a password',
        promise: 'P3: ending another session asks for the password',
        from: 'await confirm(request, proofIn(request))\n    if',
        to: 'if'
      },
      {
        name: 'the others end without a password',
        promise: 'P3: ending the other sessions asks for the password',
        from: 'await confirm(request, proofIn(request))\n    return',
        to: 'return'
      },
      {
        name: 'the password is checked after the end',
        promise: 'P3: a wrong password ends nothing',
        from: 'await confirm(request, proofIn(request))\n    return',
        to: 'await app.loginSessions.revokeOthers(session)\n    await confirm(request, proofIn(request))\n    return'
      },
      {
        name: 'nobody waits for the password',
        promise: 'P3: a wrong password ends nothing',
        from: 'await confirm(request, proofIn(request))\n    if',
        to: 'confirm(request, proofIn(request)).catch(() => {})\n    if'
      }
    ]
  }
] satisfies BreakList[]
