/**
 * The question before a session is ended: what it names, and why it is asked again.
 * @module
 */
import type { LoginSessionError } from '../../errors.js'
import type { LoginSession } from '../../sessions/login-session.js'
import type { MessageKey } from '../messages.js'
import type { ConfirmationKind } from '../../confirmation/password.js'
import type { Texts } from '../texts.js'
import type { ConfirmView, PageView } from '../view-models.js'
import { deviceName, factsOf } from '../views.js'

/** What a question is about. */
export type Target = { kind: 'one', session: LoginSession, current: boolean } | { kind: 'others', count: number }

/** The words of the question, and where its answer goes. @param places words for addresses */
export function questionAbout (target: Target, page: PageView, places: ReadonlyMap<string, string>): Pick<ConfirmView, 'title' | 'action' | 'question' | 'detail' | 'facts' | 'submit'> {
  const { say, texts, base } = page
  const view = (question: string, detail: ConfirmView['detail'], path: string, submit: string, facts: string[][] = []) => ({ title: question, question, detail, facts, action: `${base}/${path}/revoke`, submit })

  if (target.kind === 'others') {
    const { count } = target
    return view(say('askOthers'), [say('askOthersDetail', { count })], 'others', say('signOutOthers', { count }))
  }
  const { session, current } = target
  if (current) return view(say('askThis'), [say('askThisDetail')], session.id, say('signOut'))
  const detail = withMoments(texts, session)
  const { model, version, ip, place } = factsOf(session, places, texts)
  return view(say('askOne', { name: deviceName(session, texts) }), detail, session.id, say('signOut'), [known(model, version), known(ip, place)])
}

/** The page's script tells moments in the reader's own zone, so they stay apart from the words around them. */
function withMoments (texts: Texts, { createdAt, lastActiveAt }: LoginSession): ConfirmView['detail'] {
  const moment = (date: Date) => ({ iso: date.toISOString(), absolute: texts.absolute(date) })
  return texts.parts('askOneDetail', { signedIn: moment(createdAt), lastActive: moment(lastActiveAt) })
}

const known = (...facts: Array<string | null>): string[] => facts.filter(fact => fact !== null)

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
