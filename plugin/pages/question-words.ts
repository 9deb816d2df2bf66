/**
 * The words of questions about the sessions of any user.
 * @module
 */
import type { LoginSession } from '../sessions/login-session.js'
import { deviceWithBrowser } from './device-title.js'
import { addressesOf, momentView, placeOf, type RowContext } from './session-row.js'
import type { ConfirmView, EndingView, FactView, PageView } from './view-models.js'

/** The words of a question, and where its form is sent. */
export type QuestionWords =
  Pick<ConfirmView, 'title' | 'action' | 'question' | 'detail' | 'facts' | 'endings' | 'more' | 'steps' | 'submit'>

/** What the words of a question depend on: the places of addresses, how sessions are called, and now. */
export type WordsContext = Omit<RowContext, 'texts'>

/** Questions have what they need of these. */
export const EMPTY_WORDS: Pick<QuestionWords, 'facts' | 'endings' | 'more' | 'steps'> = { facts: [], endings: [], more: null, steps: [] }

/** One line of a question about several sessions. @param sessions equal ones, the last active first */
export function toEnding (
  sessions: LoginSession[], { isNew }: Pick<EndingView, 'isNew'>, { say, texts }: PageView, { places, nameOf, now }: WordsContext
): EndingView {
  const [latest] = sessions as [LoginSession]
  return {
    name: nameOf?.(latest) ?? deviceWithBrowser(latest.device, texts),
    isNew,
    count: sessions.length === 1 ? null : say('count', { count: sessions.length }),
    place: placeOf(latest.ip, places),
    lastActive: momentView(latest.lastActiveAt, texts, now)
  }
}

/** When, and from where: by its place, or by its address if the place is not known. */
export function factsOf (session: LoginSession, { say, texts }: PageView, { places, now }: WordsContext): FactView[] {
  const [ip, former] = addressesOf(session)
  const place = placeOf(ip, places)
  const where = place ?? ip
  const formerWhere = placeOf(former, places) ?? former
  return [
    { label: say('lastActive'), moment: momentView(session.lastActiveAt, texts, now) },
    { label: say('signedIn'), moment: momentView(session.createdAt, texts, now) },
    ...where === null ? [] : [{ label: say(place === null ? 'address' : 'placeLabel'), text: where }],
    ...formerWhere === null || formerWhere === where ? [] : [{ label: say('alsoUsedFrom'), text: formerWhere }]
  ]
}
