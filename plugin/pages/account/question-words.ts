/**
 * The words of the account page's questions.
 * @module
 */
import type { LoginSession } from '../../sessions/login-session.js'
import { deviceWithBrowser } from '../device-title.js'
import { EMPTY_WORDS, factsOf, type QuestionWords, toEnding, type WordsContext } from '../question-words.js'
import type { PageView } from '../view-models.js'
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

/** The sessions whose places the question names. */
export const namedSessions = (target: Target): LoginSession[] =>
  target.kind === 'session' ? [target.session] : target.entries.map(({ sessions: [latest] }) => latest)

/** @param context the places of addresses, and now */
export function toQuestionWords (target: Target, page: PageView, context: WordsContext): QuestionWords {
  if (target.kind === 'others') return aboutOthers(target, page, context)
  if (target.current) return aboutThisDevice(target, page)
  return target.notYou ? aboutStranger(target, page, context) : aboutOne(target, page, context)
}

function aboutThisDevice ({ session }: SessionTarget, { say, base }: PageView): QuestionWords {
  const question = say('askThis')
  return { ...EMPTY_WORDS, title: question, question, detail: say('askThisDetail'), action: `${base}/${session.id}/revoke`, submit: say('signOut') }
}

function aboutOne ({ session }: SessionTarget, page: PageView, context: WordsContext): QuestionWords {
  const { say, texts, base } = page
  const question = say('askOne', { name: deviceWithBrowser(session.device, texts) })
  return {
    ...EMPTY_WORDS,
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
    ...EMPTY_WORDS,
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
    ...EMPTY_WORDS,
    title: question,
    question,
    detail: say('askOthersDetail', { count }),
    endings: entries.map(({ sessions, isNew }) => toEnding(sessions, { isNew }, page, context)),
    more: unnamed > 0 ? say('andMore', { count: unnamed }) : null,
    action: `${base}/others/revoke`,
    submit: say('signOutOthers', { count })
  }
}
