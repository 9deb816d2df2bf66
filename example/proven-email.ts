/**
 * Emails that are proven. Nobody proves one at sign-up, so somebody else can sign up your address before you do. They must not
 * keep a way into the account once you have entered it by a mailed code. A real site also mails a code before it makes an account.
 * @module
 */
import type { FastifyRequest } from 'fastify'
import type { Services } from './services.js'

/**
 * Call this before a mailed code signs somebody in. If it is the first code, the password, the passkeys and the sessions from
 * before are removed, because nobody knows whose they are. The proof is noted last, so an outage in between does not skip this.
 */
export async function takeOver (request: FastifyRequest, { users, passkeys }: Services, userId: string): Promise<void> {
  if (await users.hasProvenEmail(userId)) return
  const hadPassword = await users.removePassword(userId)
  const hadPasskeys = await passkeys.removeAll(userId)
  await request.server.loginSessions.revokeAll(userId)
  await users.proveEmail(userId)
  if (hadPassword || hadPasskeys) {
    request.session.notice = 'This was your first code, so we know only now that this email is yours. A password and passkeys from before could be ' +
      'somebody else\'s, so they have been removed.'
  }
}
