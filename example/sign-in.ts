/**
 * Signing in, with a password, a passkey or a mailed code; and out.
 * @module
 */
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { giveChallenge, takeAnswer, wrongPasskey } from './challenges.js'
import { enter, formUnlessSignedIn } from './enter.js'
import { FieldError } from './field-error.js'
import { field, formAgain } from './forms.js'
import { codeSentTo, mailCode, noCodeSent, requireCode, userOfCode, WRONG_CODE } from './mailed-code.js'
import { takeOver } from './proven-email.js'
import { linksWithReturnTo } from './return-to.js'
import type { Services } from './services.js'
import { DEMO_USER, DEMO_USER_WITHOUT_PASSWORD, goodEmail } from './users.js'

/** A real site also limits the attempts of each address and account, say with @fastify/rate-limit. */
export function signInPages (site: FastifyInstance, services: Services): void {
  const { users } = services
  site.get('/sign-in', (request, reply) => formUnlessSignedIn(request, reply, 'sign-in', signInForm(request)))

  site.post('/sign-in', async (request, reply) => {
    const values = { email: field(request, 'email'), remember: field(request, 'remember') }
    try {
      const user = await users.authenticate(values.email, field(request, 'password'))
      if (user === null) throw new FieldError('password', 'Wrong email or password.')
      return await enter(request, reply, user.id, { remember: values.remember === 'on' })
    } catch (error) {
      return await formAgain(reply, 'sign-in', { ...signInForm(request), values }, error)
    }
  })

  passkeySignIn(site, services)
  codeSignIn(site, services)

  site.post('/sign-out', async (request, reply) => {
    await request.endLoginSession()
    return reply.redirect('/sign-in', 303)
  })
}

/** One button. The browser offers its passkeys for this site, and the answer says whose it is. */
function passkeySignIn (site: FastifyInstance, services: Services): void {
  const { users, passkeys } = services
  site.get('/sign-in/passkey', (request, reply) => reply.redirect(entryForm(request).links.signIn, 303))

  site.post('/sign-in/passkey/options', async request => await giveChallenge(request, services, 'sign-in', await passkeys.requestOptions()))

  site.post('/sign-in/passkey', async (request, reply) => {
    try {
      const userId = await passkeys.userOf(await takeAnswer(request, services, 'sign-in'))
      const user = userId === null ? null : await users.find(userId)
      if (user === null) throw wrongPasskey()
      return await enter(request, reply, user.id)
    } catch (error) {
      return await formAgain(reply, 'sign-in', signInForm(request), error)
    }
  })
}

/** For every browser, also without JavaScript. */
function codeSignIn (site: FastifyInstance, services: Services): void {
  site.get('/sign-in/code', (request, reply) => formUnlessSignedIn(request, reply, 'sign-in-code', codeForm(request)))

  site.post('/sign-in/code', async (request, reply) => {
    const values = { email: field(request, 'email') }
    try {
      const email = goodEmail(values.email)
      const user = await services.users.findByEmail(email)
      await mailCode(request, services, 'sign-in', { email, userId: user?.id ?? null })
      return reply.redirect(codeForm(request).links.enterCode, 303)
    } catch (error) {
      return await formAgain(reply, 'sign-in-code', { ...codeForm(request), values }, error)
    }
  })

  site.get('/sign-in/code/enter', (request, reply) => {
    const model = codeForm(request)
    if (model.sentTo === undefined) return reply.redirect(model.links.code, 303)
    return formUnlessSignedIn(request, reply, 'enter-code', model)
  })

  site.post('/sign-in/code/enter', async (request, reply) => {
    const form = codeForm(request)
    if (form.sentTo === undefined) return await formAgain(reply, 'sign-in-code', form, noCodeSent())
    try {
      requireCode(request)
      const userId = await userOfCode(request, services, 'sign-in')
      if (userId === null) throw new FieldError('code', WRONG_CODE)
      await takeOver(request, services, userId)
      return await enter(request, reply, userId)
    } catch (error) {
      return await formAgain(reply, 'enter-code', form, error)
    }
  })
}

/** The model of these forms: empty fields, and links that lead back to the wanted page. */
function entryForm (request: FastifyRequest) {
  const links = linksWithReturnTo(request, {
    signIn: '/sign-in', signUp: '/sign-up', passkey: '/sign-in/passkey', code: '/sign-in/code', enterCode: '/sign-in/code/enter'
  })
  return { values: {}, errors: {}, links }
}

function signInForm (request: FastifyRequest) {
  const form = entryForm(request)
  const guarded = form.links.signIn !== '/sign-in'
  return { ...form, title: 'Sign in', guarded, demo: DEMO_USER, demoWithoutPassword: DEMO_USER_WITHOUT_PASSWORD }
}

function codeForm (request: FastifyRequest) {
  const form = entryForm(request)
  return { ...form, title: 'Sign in with a code', sentTo: codeSentTo(request, 'sign-in'), mayBeNobody: true, enter: form.links.enterCode, again: form.links.code }
}
