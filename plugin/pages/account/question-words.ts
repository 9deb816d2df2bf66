/**
 * The words of the account page's questions.
 * @module
 */
import type { LoginSession } from '../../sessions/login-session.js'
import { deviceWithBrowser } from '../device-title.js'
import type { RowContext } from '../session-row.js'
import type { ConfirmView, EndingView, FactView, MomentView, PageView } from '../view-models.js'

/** A question about one session. */
export interface SessionTarget {
  kind: 'session'
  session: LoginSession
  /** True: it is the session that asks. */
  current: boolean
  /** True: the user says that somebody else signed in there. */
  notYou: boolean
}

/** A question about all sessions but the one that asks. */
export interface OthersTarget {
  kind: 'others'
  /** The groups of equal devices that the question names, the latest session first in each. */
  groups: LoginSession[][]
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
  target.kind === 'session' ? [target.session] : target.groups.map(([latest]) => latest!)

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

function aboutStranger ({ session }: SessionTarget, page: PageView, context: WordsContext): QuestionWords {
  const { say, texts, base } = page
  const question = say('askNotYou')
  return {
    ...EMPTY,
    title: question,
    question,
    detail: say('askNotYouDetail'),
    facts: factsOf(session, page, context),
    steps: [say('notYouSignOut', { name: deviceWithBrowser(session.device, texts) }), say('notYouChange')],
    action: `${base}/${session.id}/not-you`,
    submit: say('signOut')
  }
}

function aboutOthers ({ groups, count }: OthersTarget, page: PageView, context: WordsContext): QuestionWords {
  const { say, base } = page
  const question = say('askOthers')
  const unnamed = count - groups.flat().length
  return {
    ...EMPTY,
    title: question,
    question,
    detail: say('askOthersDetail', { count }),
    endings: groups.map(group => toEnding(group, page, context)),
    more: unnamed > 0 ? say('andMore', { count: unnamed }) : null,
    action: `${base}/others/revoke`,
    submit: say('signOutOthers', { count })
  }
}

function toEnding (group: LoginSession[], { say, texts }: PageView, context: WordsContext): EndingView {
  const { device, ip, lastActiveAt } = group[0]!
  return {
    name: deviceWithBrowser(device, texts),
    count: group.length === 1 ? null : say('count', { count: group.length }),
    place: placeOf(ip, context),
    lastActive: toMoment(lastActiveAt, texts, context)
  }
}

function factsOf ({ ip, createdAt, lastActiveAt }: LoginSession, { say, texts }: PageView, context: WordsContext): FactView[] {
  const place = placeOf(ip, context)
  return [
    { label: say('lastActive'), moment: toMoment(lastActiveAt, texts, context) },
    { label: say('signedIn'), moment: toMoment(createdAt, texts, context) },
    ...place === null ? [] : [{ label: say('placeLabel'), text: place }]
  ]
}

const placeOf = (ip: string | null, { places }: WordsContext): string | null => ip === null ? null : places.get(ip) ?? null

const toMoment = (date: Date, texts: PageView['texts'], { now }: WordsContext): MomentView =>
  ({ iso: date.toISOString(), relative: texts.relative(date, now), absolute: texts.absolute(date) })

/** Groups that a question names: as many as people read before they press a button. */
const NAMED_GROUPS = 10

/** Sessions that people cannot tell apart in a question. @param sessions the last active ones first */
export function toGroups (sessions: LoginSession[], texts: PageView['texts']): LoginSession[][] {
  const groups = new Map<string, LoginSession[]>()
  for (const session of sessions) {
    const name = deviceWithBrowser(session.device, texts)
    groups.set(name, [...groups.get(name) ?? [], session])
  }
  return [...groups.values()].slice(0, NAMED_GROUPS)
}
