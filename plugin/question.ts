/**
 * The question before a session is ended: what it names, and why it is asked again.
 * @module
 */
import type { LoginSessionError } from './errors.js'
import type { LoginSession } from './login-sessions.js'
import type { MessageKey } from './messages.js'
import type { ConfirmationKind } from './password.js'
import type { Texts } from './texts.js'
import { type ConfirmView, deviceName, type MomentView, type PageView } from './views.js'

/** What a question is about. */
export type Target = { kind: 'one', session: LoginSession, current: boolean } | { kind: 'others', count: number }

/** The words of the question, and where its answer goes. */
export function questionAbout (target: Target, page: PageView): Pick<ConfirmView, 'title' | 'action' | 'question' | 'detail' | 'submit'> {
  const { say, texts, base } = page
  const view = (question: string, detail: Array<string | MomentView>, path: string, submit: string) => ({ title: question, question, detail, action: `${base}/${path}/revoke`, submit })

  if (target.kind === 'others') {
    const { count } = target
    return view(say('askOthers'), [say('askOthersDetail', { count })], 'others', say('signOutOthers', { count }))
  }
  const { session, current } = target
  if (current) return view(say('askThis'), [say('askThisDetail')], session.id, say('signOut'))
  const detail = withMoments(texts, session)
  return view(say('askOne', { name: deviceName(session, texts) }), detail, session.id, say('signOut'))
}

/** The page's script tells moments in the reader's own zone, so they stay apart from the words around them. */
function withMoments (texts: Texts, { createdAt, lastActiveAt }: LoginSession): Array<string | MomentView> {
  // Private-use characters: no language has them, and no template would show them.
  const [SIGNED_IN, LAST_ACTIVE] = ['\uE000', '\uE001']
  const moment = (date: Date): MomentView => ({ iso: date.toISOString(), relative: '', absolute: texts.absolute(date) })
  return texts.say('askOneDetail', { signedIn: SIGNED_IN, lastActive: LAST_ACTIVE }).split(/([\uE000\uE001])/)
    .map(part => part === SIGNED_IN ? moment(createdAt) : part === LAST_ACTIVE ? moment(lastActiveAt) : part)
}

/** A text that says why: its key and what fills its gaps. */
export type Reason = [MessageKey, Record<string, number>?]

/**
 * Why a question can only be read, not answered; null: it can.
 * @param lockedFor ms for which no password is taken
 */
export function reasonNotToAnswer (target: Target, confirmation: ConfirmationKind, lockedFor: number): Reason | null {
  if (target.kind === 'others' && target.count === 0) return ['noOthers']
  if (confirmation === 'no-password') return ['noPassword']
  return lockedFor > 0 ? locked(lockedFor / 1000) : null
}

/** Why the question is asked again; null: not for a reason that the person can mend in its form. */
export function reasonToAskAgain ({ code, retryAfter }: LoginSessionError): Reason | null {
  switch (code) {
    case 'FST_LOGIN_SESSION_PASSWORD_REQUIRED': return ['passwordRequired']
    case 'FST_LOGIN_SESSION_PASSWORD_WRONG': return ['passwordWrong']
    case 'FST_LOGIN_SESSION_NO_PASSWORD': return ['noPassword']
    case 'FST_LOGIN_SESSION_LOCKED': return locked(Number(retryAfter))
    default: return null
  }
}

function locked (seconds: number): Reason {
  return ['locked', { count: Math.ceil(seconds / 60) }]
}
