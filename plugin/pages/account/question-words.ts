/**
 * The words of the account page's questions.
 * @module
 */
import type { LoginSession } from '../../sessions/login-session.js'
import { deviceWithBrowser } from '../device-title.js'
import { addressesOf, momentView, placeOf, type RowContext } from '../session-row.js'
import type { ConfirmView, EndingView, FactView, PageView } from '../view-models.js'
import type { Entry } from './entries.js'

/** A question about one session. */
export interface SessionTarget {
  kind: 'session'
  session: LoginSession
  /** True: it is the session that asks. */
  current: boolean
  /** True: the user says that somebody else signed in there. */
  notYou: boolean
  /** False if the user signs in without a password. Known if `notYou`. */
  usesPassword: boolean
}

/** A question about all sessions but the one that asks. */
export interface OthersTarget {
  kind: 'others'
  /** Those that the question names, as the list has them. */
  entries: Entry[]
  /** The number of sessions, named or not. */
  count: number
}

/** What a question is about. */
export type Target = SessionTarget | OthersTarget

/** The words of a question, and where its form is sent. */
export type QuestionWords =
  Pick<ConfirmView, 'title' | 'action' | 'question' | 'detail' | 'facts' | 'endings' | 'more' | 'steps' | 'submit'>

type WordsContext = Omit<RowContext, 'texts'>

/** The sessions whose places the question names. */
export const namedSessions = (target: Target): LoginSession[] =>
  target.kind === 'session' ? [target.session] : target.entries.map(({ sessions: [latest] }) => latest)

/** @param context the places of addresses, and now */
export function toQuestionWords (target: Target, page: PageView, context: WordsContext): QuestionWords {
  if (target.kind === 'others') return aboutOthers(target, page, context)
  if (target.current) return aboutThisDevice(target, page)
  return target.notYou ? aboutStranger(target, page, context) : aboutOne(target, page, context)
}

/** Questions have what they need of these. */
const EMPTY = { facts: [], endings: [], more: null, steps: [] }

function aboutThisDevice ({ session }: SessionTarget, { say, base }: PageView): QuestionWords {
  const question = say('askThis')
  return { ...EMPTY, title: question, question, detail: say('askThisDetail'), action: `${base}/${session.id}/revoke`, submit: say('signOut') }
}

function aboutOne ({ session }: SessionTarget, page: PageView, context: WordsContext): QuestionWords {
  const { say, texts, base } = page
  const question = say('askOne', { name: deviceWithBrowser(session.device, texts) })
  return {
    ...EMPTY,
    title: question,
    question,
    detail: say('askOneDetail'),
    facts: factsOf(session, page, context),
    action: `${base}/${session.id}/revoke`,
    submit: say('signOut')
  }
}

function aboutStranger ({ session, usesPassword }: SessionTarget, page: PageView, context: WordsContext): QuestionWords {
  const { say, texts, base } = page
  const question = say('askNotYou')
  return {
    ...EMPTY,
    title: question,
    question,
    detail: say('askNotYouDetail'),
    facts: factsOf(session, page, context),
    steps: [say('notYouSignOut', { name: deviceWithBrowser(session.device, texts) }), say(usesPassword ? 'notYouChange' : 'notYouCheck')],
    action: `${base}/${session.id}/not-you`,
    submit: say('signOut')
  }
}

function aboutOthers ({ entries, count }: OthersTarget, page: PageView, context: WordsContext): QuestionWords {
  const { say, base } = page
  const question = say('askOthers')
  const unnamed = count - entries.flatMap(({ sessions }) => sessions).length
  return {
    ...EMPTY,
    title: question,
    question,
    detail: say('askOthersDetail', { count }),
    endings: entries.map(entry => toEnding(entry, page, context)),
    more: unnamed > 0 ? say('andMore', { count: unnamed }) : null,
    action: `${base}/others/revoke`,
    submit: say('signOutOthers', { count })
  }
}

function toEnding ({ sessions, isNew }: Entry, { say, texts }: PageView, { places, now }: WordsContext): EndingView {
  const [{ device, ip, lastActiveAt }] = sessions
  return {
    name: deviceWithBrowser(device, texts),
    isNew,
    count: sessions.length === 1 ? null : say('count', { count: sessions.length }),
    place: placeOf(ip, places),
    lastActive: momentView(lastActiveAt, texts, now)
  }
}

/** When, and from where: by its place, or by its address if the place is not known. */
function factsOf (session: LoginSession, { say, texts }: PageView, { places, now }: WordsContext): FactView[] {
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
