/**
 * What an operator's questions are about, and their words. Pure.
 * @module
 */
import type { LoginSession } from '../../sessions/login-session.js'
import type { Numbers } from '../../sessions/overview.js'
import type { SessionSearch } from '../../sessions/store.js'
import { EMPTY_WORDS, factsOf, type QuestionWords, toEnding, type WordsContext } from '../question-words.js'
import type { FactView, PageView } from '../view-models.js'
import { createNumber } from './numbers.js'
import { AGES, KIND_LABELS, type SearchFields } from './search.js'
import { type Screen, urlWith } from './screen.js'
import type { UserView } from './users.js'

/** What a question is about. `named`: the sessions that it names. `count`: how many will end; `more`: there are more than that. */
export type OperatorTarget =
  | { kind: 'session', session: LoginSession, current: boolean }
  /** `self`: the operator's own sessions, of which the one that asks stays. */
  | { kind: 'user', user: UserView, self: boolean, named: LoginSession[], count: number, more: false }
  | { kind: 'search', fields: SearchFields, search: SessionSearch, named: LoginSession[], count: number, more: boolean }
  | { kind: 'everyone', numbers: Numbers }

/** A target of this kind. */
export type TargetOf<Kind extends OperatorTarget['kind']> = OperatorTarget & { kind: Kind }

/** The sessions whose users and places the question names. */
export function namedSessions (target: OperatorTarget): LoginSession[] {
  switch (target.kind) {
    case 'session': return [target.session]
    case 'everyone': return []
    default: return target.named
  }
}

/** @param screen where the operator came from @param context the places of addresses, the names of sessions, and now */
export function toQuestionWords (target: OperatorTarget, screen: Screen, page: PageView, context: WordsContext): QuestionWords {
  switch (target.kind) {
    case 'session': return aboutSession(target, screen, page, context)
    case 'user': return aboutUser(target, screen, page, context)
    case 'search': return aboutSearch(target, screen, page, context)
    case 'everyone': return aboutEveryone(target, screen, page)
  }
}

const sessionUrl = ({ base }: PageView, screen: Screen, { userId, id }: LoginSession): string =>
  urlWith(`${base}/session/revoke`, screen, { of: userId, session: id })

function aboutSession ({ session, current }: TargetOf<'session'>, screen: Screen, page: PageView, context: WordsContext): QuestionWords {
  return current ? aboutThisDevice(session, screen, page) : aboutOne(session, screen, page, context)
}

function aboutThisDevice (session: LoginSession, screen: Screen, page: PageView): QuestionWords {
  const question = page.say('askThis')
  return {
    ...EMPTY_WORDS,
    title: question,
    question,
    detail: page.say('askThisDetail'),
    action: sessionUrl(page, screen, session),
    submit: page.say('signOut')
  }
}

function aboutOne (session: LoginSession, screen: Screen, page: PageView, context: WordsContext): QuestionWords {
  const question = page.say('askOne', { name: context.nameOf!(session) })
  return {
    ...EMPTY_WORDS,
    title: question,
    question,
    detail: page.say('askOneDetail'),
    facts: factsOf(session, page, context),
    action: sessionUrl(page, screen, session),
    submit: page.say('signOut')
  }
}

function aboutUser (target: TargetOf<'user'>, screen: Screen, page: PageView, context: WordsContext): QuestionWords {
  const { user, self, count } = target
  const { say, base } = page
  const question = say('askUser', { user: user.name })
  const detail = say('askManyDetail', { count })
  return {
    ...EMPTY_WORDS,
    title: question,
    question,
    detail: self ? `${detail} ${say('deviceStays')}` : detail,
    ...endingsOf(target, page, context),
    action: urlWith(`${base}/user/revoke`, screen, { of: user.id }),
    submit: say('endUser', { count })
  }
}

function aboutSearch (target: TargetOf<'search'>, screen: Screen, page: PageView, context: WordsContext): QuestionWords {
  const { fields, count, more } = target
  const { say, base } = page
  const question = say('askFound')
  return {
    ...EMPTY_WORDS,
    title: question,
    question,
    detail: `${more ? say('askManyMore', { count }) : say('askManyDetail', { count })} ${say('deviceStays')}`,
    facts: conditionsOf(fields, page),
    ...endingsOf(target, page, context),
    action: urlWith(`${base}/search/revoke`, screen),
    submit: say('signOut')
  }
}

function aboutEveryone ({ numbers }: TargetOf<'everyone'>, screen: Screen, page: PageView): QuestionWords {
  const { say, base } = page
  const question = say('askEveryone')
  const number = createNumber(numbers, page)
  return {
    ...EMPTY_WORDS,
    title: question,
    question,
    detail: `${say('askEveryoneDetail')} ${say('deviceStays')}`,
    facts: [{ label: say('liveSessions'), text: number(numbers.sessions) }, { label: say('usersSignedIn'), text: number(numbers.users) }],
    action: urlWith(`${base}/everyone/revoke`, screen),
    submit: say('endEveryone')
  }
}

/** The conditions of a search. */
function conditionsOf ({ who, kind, address, age }: SearchFields, { say }: PageView): FactView[] {
  return [
    ...who === '' ? [] : [{ label: say('user'), text: who }],
    ...kind === '' ? [] : [{ label: say('kind'), text: say(KIND_LABELS[kind]) }],
    ...address === '' ? [] : [{ label: say('addressOrNetwork'), text: address }],
    ...age === '' ? [] : [{ label: say('signedIn'), text: say(AGES[age].key) }]
  ]
}

function endingsOf (
  { named, count, more }: TargetOf<'user'> | TargetOf<'search'>, page: PageView, context: WordsContext
): Pick<QuestionWords, 'endings' | 'more'> {
  const unnamed = count - named.length
  return {
    endings: named.map(session => toEnding([session], { isNew: false }, page, context)),
    more: more || unnamed <= 0 ? null : page.say('andMore', { count: unnamed })
  }
}
