/**
 * The account: the profile, the password, and the passkeys.
 * @module
 */
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { currentLoginSession, deviceName, requireLoginSession } from '../plugin/index.js'
import { giveChallenge, takeAnswer, wrongPasskey } from './challenges.js'
import { confirmPages, requireConfirmation } from './confirm.js'
import { field, formAgain } from './forms.js'
import type { Services } from './services.js'
import { requireGoodPassword } from './users.js'
import { date } from './words.js'

declare module 'fastify' {
  interface Session {
    /** A message that the next page of the account shows once. */
    notice?: string
  }
}

/** Only for signed-in users. */
export async function accountPages (account: FastifyInstance, services: Services): Promise<void> {
  const { users, passkeys } = services
  account.addHook('onRequest', requireLoginSession)
  account.addHook('preHandler', requireUser)

  account.get('/', async (request, reply) => {
    const session = currentLoginSession(request)
    const [{ length: places }, keys] = await Promise.all([account.loginSessions.list(session.userId), passkeys.list(session.userId)])
    return reply.view('account', { title: 'Your profile', notice: takeNotice(request), session, device: deviceName(session.device), places, keys, date })
  })

  account.get('/password', async (request, reply) => reply.view('password', await passwordForm(request)))

  account.post('/password', async (request, reply) => {
    const session = currentLoginSession(request)
    const password = field(request, 'password')
    const form = await passwordForm(request)
    try {
      // This comes first, so that a bad new password costs no attempt at the current one.
      requireGoodPassword(password)
      if (form.hasPassword) await request.confirmPassword(field(request, 'current'))
      await users.setPassword(session.userId, password)
      request.session.notice = passwordChanged(await account.loginSessions.revokeOthers(session))
      return reply.redirect('/account', 303)
    } catch (error) {
      return await formAgain(reply, 'password', form, error)
    }
  })

  /** Users without a password confirm in another way before they set the first one. */
  async function passwordForm (request: FastifyRequest) {
    const hasPassword = await users.passwordHash(currentLoginSession(request).userId) !== null
    if (!hasPassword) await requireConfirmation(request)
    return { title: hasPassword ? 'Change your password' : 'Set a password', hasPassword, errors: {} }
  }

  confirmPages(account, services)
  await account.register(async pages => passkeyPages(pages, services), { prefix: '/passkeys' })
}

/** A real site also lets people name and remove their passkeys, and mails them about a new one. */
function passkeyPages (pages: FastifyInstance, services: Services): void {
  const { passkeys } = services
  pages.addHook('onRequest', requireConfirmation)

  async function passkeyForm (request: FastifyRequest) {
    return { title: 'Your passkeys', keys: await passkeys.list(currentLoginSession(request).userId), date, errors: {} }
  }

  pages.get('/', async (request, reply) => await reply.view('passkeys', await passkeyForm(request)))

  pages.post('/options', async request => await giveChallenge(request, services, 'add', await passkeys.creationOptions(request.user!)))

  pages.post('/', async (request, reply) => {
    try {
      if (!await passkeys.add(request.user!, await takeAnswer(request, services, 'add'))) throw wrongPasskey()
      request.session.notice = 'Your passkey has been saved. From now on you can sign in with it.'
      return reply.redirect('/account', 303)
    } catch (error) {
      return await formAgain(reply, 'passkeys', await passkeyForm(request), error)
    }
  })
}

function passwordChanged (ended: number): string {
  if (ended === 0) return 'Your new password has been saved. You were not signed in anywhere else.'
  return `Your new password has been saved, and ${ended === 1 ? 'one other session has' : `${ended} other sessions have`} been signed out.`
}

function takeNotice (request: FastifyRequest): string | null {
  const { notice = null } = request.session
  delete request.session.notice
  return notice
}

/** The session may outlive its user: deleted in another process, say. */
async function requireUser (request: FastifyRequest): Promise<void> {
  if (request.user === null) throw Object.assign(new Error('Sign in to continue'), { statusCode: 401 })
}
