/**
 * The words of the account page's questions.
 * @module
 */
import type { LoginSession } from '../../sessions/login-session.js'
import { deviceName, factsOf } from '../session-row.js'
import type { Texts } from '../texts.js'
import type { ConfirmView, PageView } from '../view-models.js'

/** The session that a question is about. */
export interface SessionTarget { kind: 'session', session: LoginSession, current: boolean }

/** What a question is about. */
export type Target = SessionTarget | { kind: 'others', count: number }

/** The words of a question, and where its form is sent. */
export type QuestionWords = Pick<ConfirmView, 'title' | 'action' | 'question' | 'detail' | 'facts' | 'submit'>

/** @param places labels for addresses */
export function toQuestionWords (target: Target, { say, texts, base }: PageView, places: ReadonlyMap<string, string>): QuestionWords {
  const view = (question: string, detail: ConfirmView['detail'], path: string, submit: string, facts: string[][] = []): QuestionWords =>
    ({ title: question, question, detail, facts, action: `${base}/${path}/revoke`, submit })

  if (target.kind === 'others') {
    const { count } = target
    return view(say('askOthers'), [say('askOthersDetail', { count })], 'others', say('signOutOthers', { count }))
  }
  const { session, current } = target
  if (current) return view(say('askThis'), [say('askThisDetail')], session.id, say('signOut'))
  const { model, version, ip, place, alsoFrom, alsoPlace } = factsOf(session, places, texts)
  const facts = [withoutNulls(model, version), withoutNulls(ip, place), withoutNulls(alsoFrom, alsoPlace)]
  return view(say('askOne', { name: deviceName(session, texts) }), withMoments(texts, session), session.id, say('signOut'), facts)
}

/** Moments stay apart from the words around them, because the page's script writes them in the reader's time zone. */
function withMoments (texts: Texts, { createdAt, lastActiveAt }: LoginSession): ConfirmView['detail'] {
  const moment = (date: Date) => ({ iso: date.toISOString(), absolute: texts.absolute(date) })
  return texts.parts('askOneDetail', { signedIn: moment(createdAt), lastActive: moment(lastActiveAt) })
}

const withoutNulls = (...facts: Array<string | null>): string[] => facts.filter(fact => fact !== null)
