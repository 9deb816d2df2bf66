/**
 * "Confirm that it is you". The sessions page sends users without a password here. So do the pages of this site on which
 * somebody at an unlocked computer could take over the account.
 * @module
 */
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { type ConfirmationChoice, currentLoginSession, requireRecentConfirmation } from '../plugin/index.js'
import { giveChallenge, takeAnswer } from './challenges.js'
import { field, formAgain } from './forms.js'
import { codeSentTo, mailCode, userOfCode } from './mailed-code.js'
import { linksWithReturnTo, wantedPath } from './return-to.js'
import type { Services } from './services.js'

/** How long a confirmation counts, in ms. Signing in counts like one. */
const VALID_FOR = 10 * 60_000

/** A guard. People who have neither signed in nor confirmed within this time are sent to this page, and back. */
export const requireConfirmation = requireRecentConfirmation(VALID_FOR)

const ON_THIS_PAGE: ConfirmationChoice = { way: 'page', path: '/account/confirm', label: 'Confirm with a passkey or a code', validFor: VALID_FOR }

/** The plugin's option `confirm`: users without a password confirm on this page. null: by password, on the plugin's page. */
export function createConfirm ({ users }: Services) {
  return async ({ userId }: { userId: string }): Promise<ConfirmationChoice | null> =>
    await users.passwordHash(userId) === null ? ON_THIS_PAGE : null
}

/** The plugin counts wrong answers of all ways together, and locks. */
export function confirmPages (account: FastifyInstance, services: Services): void {
  const { users, passkeys } = services

  async function confirmForm (request: FastifyRequest) {
    const { userId } = currentLoginSession(request)
    const hasPassword = await users.passwordHash(userId) !== null
    const hasPasskey = (await passkeys.list(userId)).length > 0
    return { ...formModel(request), hasPassword, hasPasskey }
  }

  account.get('/confirm', async (request, reply) => await reply.view('confirm', await confirmForm(request)))

  account.post('/confirm', async (request, reply) => {
    try {
      await request.confirmPassword(field(request, 'current'))
      return reply.redirect(wantedPath(request), 303)
    } catch (error) {
      return await formAgain(reply, 'confirm', await confirmForm(request), error)
    }
  })

  account.post('/confirm/passkey/options', async request =>
    giveChallenge(request, 'confirm', await passkeys.requestOptions(currentLoginSession(request).userId)))

  account.post('/confirm/passkey', async (request, reply) => {
    const { userId } = currentLoginSession(request)
    try {
      const answer = await takeAnswer(request, 'confirm')
      await request.confirmLoginSession(async () => await passkeys.userOf(answer) === userId)
      return reply.redirect(wantedPath(request), 303)
    } catch (error) {
      return await formAgain(reply, 'confirm', await confirmForm(request), error, 'passkey')
    }
  })

  account.post('/confirm/code/send', async (request, reply) => {
    const form = await confirmForm(request)
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
    const model = codeModel(request)
    return model.sentTo === undefined ? reply.redirect(model.again, 303) : reply.view('enter-code', model)
  })

  account.post('/confirm/code', async (request, reply) => {
    const { userId } = currentLoginSession(request)
    try {
      await request.confirmLoginSession(async () => await userOfCode(request, services, 'confirm') === userId)
      return reply.redirect(wantedPath(request), 303)
    } catch (error) {
      return await formAgain(reply, 'enter-code', codeModel(request), error, 'code')
    }
  })
}

function formModel (request: FastifyRequest) {
  const links = linksWithReturnTo(request, {
    confirm: '/account/confirm', passkey: '/account/confirm/passkey', sendCode: '/account/confirm/code/send', code: '/account/confirm/code'
  })
  return { title: 'Confirm that it is you', errors: {}, links }
}

function codeModel (request: FastifyRequest) {
  const form = formModel(request)
  return { ...form, sentTo: codeSentTo(request, 'confirm'), enter: form.links.code, again: form.links.confirm }
}
