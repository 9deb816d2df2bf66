/**
 * Signing up, in and out.
 * @module
 */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { field, formAgain } from './forms.js'
import { wantedPath, withReturnTo } from './return-to.js'
import { DEMO_USER, DEMO_USER_WITHOUT_PASSWORD, FieldError, type Users } from './users.js'

/** A real site also limits the attempts of each address and account, say with @fastify/rate-limit. */
export function signInPages (site: FastifyInstance, users: Users): void {
  site.get('/sign-up', (request, reply) => formUnlessSignedIn(request, reply, 'sign-up', signUpForm(request)))

  site.post('/sign-up', async (request, reply) => {
    const email = field(request, 'email')
    try {
      const user = await users.create({ email, password: field(request, 'password') })
      await request.startLoginSession(user.id)
      return reply.redirect(wantedPath(request), 303)
    } catch (error) {
      return await formAgain(reply, 'sign-up', { ...signUpForm(request), values: { email } }, error)
    }
  })

  site.get('/sign-in', (request, reply) => formUnlessSignedIn(request, reply, 'sign-in', signInForm(request)))

  site.post('/sign-in', async (request, reply) => {
    const values = { email: field(request, 'email'), remember: field(request, 'remember') }
    try {
      const user = await users.authenticate(values.email, field(request, 'password'))
      if (user === null) throw new FieldError('password', 'Email or password is not right.')
      await request.startLoginSession(user.id, { remember: values.remember === 'on' })
      return reply.redirect(wantedPath(request), 303)
    } catch (error) {
      return await formAgain(reply, 'sign-in', { ...signInForm(request), values }, error)
    }
  })

  // DEMO ONLY, a stand-in for a passkey or a mailed link: it lets anybody in, but only as this one user.
  site.post('/sign-in/demo', async (request, reply) => {
    const user = await users.findByEmail(DEMO_USER_WITHOUT_PASSWORD.email)
    if (user === null) return reply.callNotFound()
    await request.startLoginSession(user.id)
    return reply.redirect(wantedPath(request), 303)
  })

  site.post('/sign-out', async (request, reply) => {
    await request.endLoginSession()
    return reply.redirect('/sign-in', 303)
  })
}

function formUnlessSignedIn (request: FastifyRequest, reply: FastifyReply, form: string, model: object): FastifyReply {
  return request.user === null ? reply.view(form, model) : reply.redirect(wantedPath(request), 303)
}

/** What both forms need: empty fields, and where each leads, which survives a wrong password and the way to the other form. */
function entryForm (request: FastifyRequest) {
  const wanted = wantedPath(request)
  const links = { signIn: withReturnTo('/sign-in', wanted), signUp: withReturnTo('/sign-up', wanted), demo: withReturnTo('/sign-in/demo', wanted) }
  return { values: {}, errors: {}, links, guarded: links.signIn !== '/sign-in' }
}

function signUpForm (request: FastifyRequest) {
  return { ...entryForm(request), title: 'Create an account' }
}

function signInForm (request: FastifyRequest) {
  return { ...entryForm(request), title: 'Sign in', demo: DEMO_USER, demoWithoutPassword: DEMO_USER_WITHOUT_PASSWORD }
}
