/**
 * The question before a session is ended: what it names, and why it is asked again.
 * @module
 */
import type { LoginSessionError } from './errors.js'
import type { LoginSession } from './login-sessions.js'
import type { MessageKey } from './messages.js'
import { type ConfirmView, deviceName, type PageView } from './views.js'

/** What a question is about. */
export type Target = { kind: 'one', session: LoginSession, current: boolean } | { kind: 'others', count: number }

/** The words of the question, and where its answer goes. */
export function questionAbout (target: Target, page: PageView): Pick<ConfirmView, 'title' | 'action' | 'question' | 'detail' | 'submit'> {
  const { say, texts, base } = page
  const view = (question: string, detail: string, path: string, submit: string) => ({ title: question, question, detail, action: `${base}/${path}/revoke`, submit })

  if (target.kind === 'others') {
    const { count } = target
    return view(say('askOthers'), say('askOthersDetail', { count }), 'others', say('signOutOthers', { count }))
  }
  const { session, current } = target
  if (current) return view(say('askThis'), say('askThisDetail'), session.id, say('signOut'))
  const detail = say('askOneDetail', { signedIn: texts.absolute(session.createdAt), lastActive: texts.absolute(session.lastActiveAt) })
  return view(say('askOne', { name: deviceName(session, texts) }), detail, session.id, say('signOut'))
}

/** Why the question is asked again; null: not for a reason that the person can mend in its form. */
export function reasonToAskAgain ({ code, retryAfter }: LoginSessionError): [MessageKey, Record<string, number>?] | null {
  switch (code) {
    case 'FST_LOGIN_SESSION_PASSWORD_REQUIRED': return ['passwordRequired']
    case 'FST_LOGIN_SESSION_PASSWORD_WRONG': return ['passwordWrong']
    case 'FST_LOGIN_SESSION_NO_PASSWORD': return ['noPassword']
    case 'FST_LOGIN_SESSION_LOCKED': return ['locked', { count: Math.ceil(Number(retryAfter) / 60) }]
    default: return null
  }
}
