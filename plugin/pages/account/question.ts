/**
 * What the account page's questions are about: the user's own sessions.
 * @module
 */
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { coreOf } from '../../core.js'
import { notFoundError } from '../../errors.js'
import { currentLoginSession } from '../../request/guard.js'
import { confirmationNoteFor } from '../confirmation.js'
import type { FrameOf } from '../frame.js'
import { type Locate, placesFor } from '../places.js'
import type { Question } from '../question.js'
import { addressesOf } from '../session-row.js'
import { toEntries } from './entries.js'
import { findOthers } from './list.js'
import { namedSessions, type OthersTarget, type SessionTarget, type Target, toQuestionWords } from './question-words.js'
import { wantsWholeList, wholeListFields, withWholeList } from './views.js'

/** Entries that a question names: as many as people read before they press a button. */
const NAMED_ENTRIES = 10

/** The targets of questions, and the questions about them. */
export interface Targets {
  /**
   * @param notYou true: the user says that somebody else signed in there
   * @throws FST_LOGIN_SESSION_NOT_FOUND
   */
  findSession(request: FastifyRequest, id: string, notYou: boolean): Promise<SessionTarget>
  findOthers(request: FastifyRequest): Promise<OthersTarget>
  questionAbout(request: FastifyRequest, target: Target): Promise<Question>
}

/** Finds what questions are about among the signed-in user's sessions. @param locate finds the places of addresses */
export function createTargets (app: FastifyInstance, frameOf: FrameOf, locate: Locate | undefined): Targets {
  const { now, wayFor } = coreOf(app, 'pages: ')

  return {
    async findSession (request, id, notYou) {
      const current = currentLoginSession(request)
      const session = await app.loginSessions.find(current.userId, id)
      if (session === null) throw notFoundError()
      const usesPassword = notYou && (await confirmationNoteFor(request, wayFor, frameOf(request).say)).usesPassword
      return { kind: 'session', session, current: session.id === current.id, notYou, usesPassword }
    },

    async findOthers (request) {
      const current = currentLoginSession(request)
      const { others, count } = await findOthers(app, current)
      const [, ...entries] = toEntries(current, others, now(), frameOf(request).texts)
      return { kind: 'others', entries: entries.slice(0, NAMED_ENTRIES), count: count - 1 }
    },

    async questionAbout (request, target) {
      const frame = frameOf(request)
      const whole = wantsWholeList(request)
      const places = await placesFor(request, namedSessions(target).flatMap(addressesOf), locate, frame.texts)
      const words = toQuestionWords(target, frame, { places, now: now() })
      return {
        view: { ...words, hidden: wholeListFields(whole), homeUrl: withWholeList(frame.homeUrl, whole) },
        url: withWholeList(words.action, whole),
        obstacle: target.kind === 'others' && target.count === 0 ? ['noOthers'] : null,
        // People can always sign out the device that they use.
        needsProof: !(target.kind === 'session' && target.current)
      }
    }
  }
}
