/**
 * "Confirm that it is you". The sessions page sends users without a password here. So do the pages of this site on which
 * somebody at an unlocked computer could take over the account.
 * @module
 */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { type ConfirmationChoice, currentLoginSession, requireRecentConfirmation } from '../plugin/index.js'
import { giveChallenge, takeAnswer } from './challenges.js'
import { field, formAgain } from './forms.js'
import { codeSentTo, mailCode, noCodeSent, requireCode, userOfCode } from './mailed-code.js'
import { linksWithReturnTo, wantedPath } from './return-to.js'
import type { Services } from './services.js'

/** The time for which a confirmation counts, in ms. Signing in counts like one. */
const VALID_FOR = 10 * 60_000

/** A guard. People who have neither signed in nor confirmed within this time are sent to this page, and back. */
export const requireConfirmation = requireRecentConfirmation(VALID_FOR)

const ON_THIS_PAGE: ConfirmationChoice = { way: 'page', path: '/account/confirm', label: 'Confirm with a passkey or a code', validFor: VALID_FOR }

/** The plugin's option `confirm`: users without a password confirm on this page. null: by password, on the plugin's page. */
export function createConfirm ({ users }: Services) {
  return async ({ userId }: { userId: string }): Promise<ConfirmationChoice | null> =>
    await users.passwordHash(userId) === null ? ON_THIS_PAGE : null
}

/** The ways to confirm. The plugin counts the wrong answers of all ways together, and locks. */
export function confirmPages (account: FastifyInstance, services: Services): void {
  account.get('/confirm', async (request, reply) => await reply.view('confirm', await confirmForm(request, services)))

  confirmByPassword(account, services)
  confirmByPasskey(account, services)
  confirmByCode(account, services)
}

function confirmByPassword (account: FastifyInstance, services: Services): void {
  account.post('/confirm', async (request, reply) => {
    try {
      await request.confirmPassword(field(request, 'current'))
      return reply.redirect(wantedPath(request), 303)
    } catch (error) {
      return await formAgain(reply, 'confirm', await confirmForm(request, services), error)
    }
  })
}

function confirmByPasskey (account: FastifyInstance, services: Services): void {
  const { passkeys } = services
  account.get('/confirm/passkey', toConfirmPage)

  account.post('/confirm/passkey/options', async request =>
    await giveChallenge(request, services, 'confirm', await passkeys.requestOptions(currentLoginSession(request).userId)))

  account.post('/confirm/passkey', async (request, reply) => {
    const { userId } = currentLoginSession(request)
    try {
      const answer = await takeAnswer(request, services, 'confirm')
      await request.confirmLoginSession(async () => await passkeys.userOf(answer) === userId)
      return reply.redirect(wantedPath(request), 303)
    } catch (error) {
      return await formAgain(reply, 'confirm', await confirmForm(request, services), error, 'passkey')
    }
  })
}

function confirmByCode (account: FastifyInstance, services: Services): void {
  account.get('/confirm/code/send', toConfirmPage)

  account.post('/confirm/code/send', async (request, reply) => {
    const form = await confirmForm(request, services)
    // For users with a password a mail would be the weaker proof.
    if (form.hasPassword) return reply.callNotFound()
    try {
      await mailCode(request, services, 'confirm', { email: request.user!.email, userId: request.user!.id })
      return reply.redirect(form.links.code, 303)
    } catch (error) {
      return await formAgain(reply, 'confirm', form, error)
    }
  })

  account.get('/confirm/code', (request, reply) => {
    const form = codeForm(request)
    return form.sentTo === undefined ? reply.redirect(form.again, 303) : reply.view('enter-code', form)
  })

  account.post('/confirm/code', async (request, reply) => {
    const { userId } = currentLoginSession(request)
    const form = codeForm(request)
    if (form.sentTo === undefined) return await formAgain(reply, 'confirm', await confirmForm(request, services), noCodeSent())
    try {
      requireCode(request)
      await request.confirmLoginSession(async () => await userOfCode(request, services, 'confirm') === userId)
      // The code came back from the mail to a session of this user, so their passkeys stay.
      await services.users.proveEmail(userId)
      return reply.redirect(wantedPath(request), 303)
    } catch (error) {
      return await formAgain(reply, 'enter-code', form, error, 'code')
    }
  })
}

/** The two buttons of the confirm page have URLs of their own. People come to them after a sign-in, or by the address bar. */
async function toConfirmPage (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
  return reply.redirect(linksOf(request).confirm, 303)
}

async function confirmForm (request: FastifyRequest, { users, passkeys }: Services) {
  const { userId } = currentLoginSession(request)
  const [hash, keys] = await Promise.all([users.passwordHash(userId), passkeys.list(userId)])
  return { ...emptyForm(request), hasPassword: hash !== null, hasPasskey: keys.length > 0 }
}

function codeForm (request: FastifyRequest) {
  const form = emptyForm(request)
  return { ...form, sentTo: codeSentTo(request, 'confirm'), enter: form.links.code, again: form.links.confirm }
}

function emptyForm (request: FastifyRequest) {
  return { title: 'Confirm that it is you', errors: {}, links: linksOf(request) }
}

function linksOf (request: FastifyRequest) {
  return linksWithReturnTo(request, {
    confirm: '/account/confirm', passkey: '/account/confirm/passkey', sendCode: '/account/confirm/code/send', code: '/account/confirm/code'
  })
}
