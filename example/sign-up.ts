/**
 * Signing up, with a password or with a passkey.
 * @module
 */
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { giveChallenge, takeAnswer, wrongPasskey } from './challenges.js'
import { enter, formUnlessSignedIn } from './enter.js'
import { field, formAgain } from './forms.js'
import { linksWithReturnTo } from './return-to.js'
import type { Services } from './services.js'
import { goodEmail, newUserId } from './users.js'

/**
 * A real site proves the email first: it mails a code, and makes the account when that has been entered. Here, somebody can sign
 * up your address before you do, and proven-email.ts removes their ways in when you enter by a mailed code. A real site also
 * limits the requests of each network, for example with @fastify/rate-limit.
 */
export function signUpPages (site: FastifyInstance, services: Services): void {
  const { users, passkeys } = services
  site.get('/sign-up', (request, reply) => formUnlessSignedIn(request, reply, 'sign-up', signUpForm(request)))

  site.post('/sign-up', async (request, reply) => {
    const email = field(request, 'email')
    try {
      const user = await users.create({ email, password: field(request, 'password') })
      return await enter(request, reply, user.id, { newAccount: true })
    } catch (error) {
      return await formAgain(reply, 'sign-up', { ...signUpForm(request), values: { email } }, error)
    }
  })

  site.get('/sign-up/passkey', (request, reply) => formUnlessSignedIn(request, reply, 'sign-up-passkey', signUpForm(request)))

  site.post('/sign-up/passkey/options', async request => {
    const user = { id: newUserId(), email: goodEmail(field(request, 'email')) }
    await users.requireFreeEmail(user.email)
    return await giveChallenge(request, services, 'sign-up', await passkeys.creationOptions(user), user)
  })

  site.post('/sign-up/passkey', async (request, reply) => {
    const email = field(request, 'email')
    try {
      await users.requireFreeEmail(email)
      const answer = await takeAnswer(request, services, 'sign-up')
      if (answer.user === undefined || !await passkeys.add(answer.user, answer)) throw wrongPasskey()
      const user = await users.create({ ...answer.user, password: null })
      return await enter(request, reply, user.id, { newAccount: true })
    } catch (error) {
      return await formAgain(reply, 'sign-up-passkey', { ...signUpForm(request), values: { email } }, error)
    }
  })
}

function signUpForm (request: FastifyRequest) {
  const links = linksWithReturnTo(request, { signIn: '/sign-in', signUp: '/sign-up', passkey: '/sign-up/passkey' })
  return { title: 'Create an account', values: {}, errors: {}, links }
}
