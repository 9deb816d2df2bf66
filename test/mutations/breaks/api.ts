/** Breaks of the JSON API. @module */
import type { BreakList } from '../break.js'

export default {
  file: 'plugin/api/api.ts',
  tests: ['api/api', 'request/csrf', 'promises/secrecy', 'request/hooks'],
  breaks: [
    {
      name: 'the API takes the root when nobody says where',
      promise: 'an API without a prefix stops the boot',
      from: "requirePrefix('api: ', options.prefix, '', '/api/account/sessions')",
      to: "options.prefix === '/' ? '' : options.prefix"
    },
    {
      name: 'the branch of the API counts',
      promise: 'the branch\'s own prefix may be a pattern: no links are made of it',
      from: "requirePrefix('api: ', options.prefix, '', '/api/account/sessions')",
      to: "requirePrefix('api: ', options.prefix, app.prefix.slice(0, -options.prefix?.length), '/api/account/sessions')"
    },
    {
      name: 'an API without the core is Fastify\'s to refuse',
      promise: 'an API before the core plugin stops the boot and says what to do',
      from: "coreOf(app, 'api: ')",
      to: '',
      tests: ['placement']
    },
    {
      name: 'the host\'s validator reads our schemas',
      promise: 'a host with its own compilers changes nothing of the API',
      from: 'app.setValidatorCompiler(AjvCompiler()({}, { customOptions: {} }))',
      to: ''
    },
    {
      name: 'the host\'s serializer sends what it likes',
      promise: 'the API sends only what its schemas list',
      from: 'app.setSerializerCompiler(SerializerSelector()({}, {}) as FastifySerializerCompiler<unknown>)',
      to: ''
    },
    {
      name: 'other sites are let in',
      promise: 'unsafe requests of other sites are refused',
      from: "app.addHook('onRequest', rejectCrossOrigin)",
      to: ''
    },
    {
      name: 'strangers are let in',
      promise: 'the API is for signed-in users',
      from: "app.addHook('onRequest', requireLoginSession)",
      to: ''
    },
    {
      name: 'answers are kept',
      promise: 'private answers are not stored',
      from: "app.addHook('onRequest', privateHeaders)",
      to: ''
    },
    {
      name: 'a number is a password',
      promise: 'a password is text, never made into it',
      from: "app.addHook('preValidation', refuseCoercion)",
      to: ''
    },
    {
      name: 'foreign forms reach a handler',
      promise: 'JSON only, whatever else the host parses',
      from: 'app.removeAllContentTypeParsers()',
      to: ''
    },
    {
      name: 'no password is asked for one',
      promise: 'ending another session asks for the password',
      from: 'await confirm(request, passwordOf(request))\n    if (await',
      to: 'if (await'
    },
    {
      name: 'no password is asked for the others',
      promise: 'ending the other sessions asks for the password',
      from: 'await confirm(request, passwordOf(request))\n    return',
      to: 'return'
    },
    {
      name: 'the password is asked after the deed',
      promise: 'a wrong password ends nothing',
      from: 'await confirm(request, passwordOf(request))\n    return { revoked: await app.loginSessions.revokeOthers(session) }',
      to: 'const revoked = await app.loginSessions.revokeOthers(session)\n    await confirm(request, passwordOf(request))\n    return { revoked }'
    },
    {
      name: 'the password is not waited for',
      promise: 'a wrong password ends nothing',
      from: 'await confirm(request, passwordOf(request))\n    if (await',
      to: 'confirm(request, passwordOf(request)).catch(() => {})\n    if (await'
    },
    {
      name: 'one\'s own session asks for a password',
      promise: 'ending one\'s own session is a sign-out and asks for none',
      from: 'if (target.id === currentId) {',
      to: 'if (target.id === \'\') {'
    },
    {
      name: 'one\'s own session ends without its cookie',
      promise: 'ending one\'s own session clears the cookie',
      from: 'await request.endLoginSession()',
      to: 'await app.loginSessions.revoke(userId, target.id)'
    },
    {
      name: 'a foreign id is 200',
      promise: 'foreign, unknown and ended sessions are 404, all alike',
      from: 'if (target === null) throw notFoundError()',
      to: 'if (target === null) return { revoked: 0 }'
    },
    {
      name: 'one that ended meanwhile is counted',
      promise: 'revoked: 1 means that this call ended it',
      from: 'if (await app.loginSessions.revoke(userId, target.id) === null) throw notFoundError()',
      to: 'await app.loginSessions.revoke(userId, target.id)'
    },
    {
      name: 'every session is the current one',
      promise: 'the list tells which session is this one',
      from: 'current: session.id === currentId',
      to: 'current: session.id !== \'\' || currentId'
    },
    {
      name: 'errors that nobody foresaw are told',
      promise: 'what nobody foresaw is for the log, not for the client',
      from: "isLoginSessionError(error) || statusCode < 500 ? error.message : 'Something went wrong'",
      to: 'isLoginSessionError(error) || statusCode > 0 ? error.message : \'Something went wrong\''
    },
    {
      name: 'the host\'s pages answer unknown routes',
      promise: 'below its prefix the API answers in JSON',
      from: "if (prefix !== '') app",
      to: "if (prefix === '') app"
    }
  ]
} satisfies BreakList
