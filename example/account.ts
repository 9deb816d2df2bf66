/**
 * The account: the profile, and the password.
 * @module
 */
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { currentLoginSession, deviceName, requireLoginSession } from '../plugin/index.js'
import { field, formAgain } from './forms.js'
import { requireGoodPassword, type Users } from './users.js'
import { date } from './words.js'

declare module 'fastify' {
  interface Session {
    /** Said once, on the next page of the account. */
    notice?: string
  }
}

/** Only for who is signed in. */
export function accountPages (account: FastifyInstance, users: Users): void {
  account.addHook('onRequest', requireLoginSession)
  account.addHook('preHandler', requireUser)

  account.get('/', async (request, reply) => {
    const session = currentLoginSession(request)
    const places = (await account.loginSessions.list(session.userId)).length
    return reply.view('account', { title: 'Your profile', notice: takeNotice(request), session, device: deviceName(session.device), places, date })
  })

  account.get('/password', async (request, reply) => reply.view('password', await passwordForm(request)))

  account.post('/password', async (request, reply) => {
    const session = currentLoginSession(request)
    const password = field(request, 'password')
    const form = await passwordForm(request)
    try {
      // First: a new password that will not do costs no attempt at the current one.
      requireGoodPassword(password)
      if (form.hasPassword) await request.confirmPassword(field(request, 'current'))
      await users.setPassword(session.userId, password)
      request.session.notice = passwordChanged(await account.loginSessions.revokeOthers(session))
      return reply.redirect('/account', 303)
    } catch (error) {
      return await formAgain(reply, 'password', form, error)
    }
  })
}

/** Without a password there is none to ask for: this user is setting the first. A real site would ask for the passkey again. */
async function passwordForm (request: FastifyRequest) {
  const hasPassword = await request.confirmationKind() === 'password'
  return { title: hasPassword ? 'Change your password' : 'Set a password', hasPassword, errors: {} }
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
