/** Breaks of the pages' routes. @module */
import type { BreakList } from '../break.js'

export default {
  file: 'plugin/pages/account/routes.ts',
  tests: ['confirmation/confirmation', 'pages/asking', 'pages/pages', 'request/csrf', 'pages/options'],
  breaks: [
    {
      name: 'other sites are let in',
      promise: 'unsafe requests of other sites are refused',
      from: "app.addHook('onRequest', rejectCrossOrigin)",
      to: '',
      tests: ['request/csrf', 'confirmation/confirmation']
    },
    {
      name: 'strangers are let in',
      promise: 'the pages are for signed-in users',
      from: "app.addHook('onRequest', requireLoginSession)",
      to: ''
    },
    {
      name: 'the pages are kept',
      promise: 'private pages are not stored, framed or fed with scripts',
      from: "app.addHook('onRequest', pageHeaders)",
      to: ''
    },
    {
      name: 'JSON reaches a handler',
      promise: 'the pages take forms only',
      from: 'app.removeAllContentTypeParsers()',
      to: ''
    },
    {
      name: 'one session ends without the form\'s token',
      promise: 'every form has a token of its session',
      from: 'const { userId } = asking.verifyForm(request)',
      to: 'const { userId } = request.loginSession!'
    },
    {
      name: 'the others end without the form\'s token',
      promise: 'every form has a token of its session',
      from: 'const session = asking.verifyForm(request)',
      to: 'const session = request.loginSession!'
    },
    {
      name: 'one session ends without a password',
      promise: 'ending another session asks for the password',
      from: 'if (!await asking.confirmed(request, reply, async () => target)) return reply',
      to: ''
    },
    {
      name: 'the others end without a password',
      promise: 'ending the other sessions asks for the password',
      from: 'if (!await asking.confirmed(request, reply, () => asking.aboutOthers(request))) return reply',
      to: ''
    },
    {
      name: 'the password of one is not waited for',
      promise: 'a wrong password ends nothing',
      from: 'if (!await asking.confirmed(request, reply, async () => target)) return reply',
      to: 'if (!asking.confirmed(request, reply, async () => target)) return reply'
    },
    {
      name: 'one\'s own session asks for a password',
      promise: 'one\'s own session: a sign-out',
      from: 'if (target.current) return await signOut(request, reply)',
      to: ''
    },
    {
      name: 'one that ended meanwhile is told as ended now',
      promise: 'the message tells what was done',
      from: 'ended === null\n',
      to: 'userId === null\n'
    },
    {
      name: 'a deed is shown again by reload',
      promise: 'the deed answers with a redirect: a reload does not repeat it',
      from: 'wantsAll(request)), 303)\n  }',
      to: 'wantsAll(request)), 307)\n  }'
    },
    {
      name: 'an error page uses the message up',
      promise: 'the message is said once, and said',
      from: `const view = await listViewOf(request, frame)
    // Not before the list is there: an error page would have used it up.
    return render(reply, 'page', { ...view, message: takeNotice(request, frame.texts) })`,
      to: `const message = takeNotice(request, frame.texts)
    const view = await listViewOf(request, frame)
    return render(reply, 'page', { ...view, message })`
    },
    {
      name: 'a stranger comes back to another site',
      promise: 'nobody is led to another site after signing in',
      from: "wanted.replace(/^[/\\\\]+/, '/')",
      to: 'wanted'
    }
  ]
} satisfies BreakList
