/**
 * What the account page's questions are about: the user's own sessions.
 * @module
 */
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { notFoundError } from '../../errors.js'
import { currentLoginSession } from '../../request/guard.js'
import type { FrameOf } from '../frame.js'
import { type Locate, placesFor } from '../places.js'
import { addressesOf } from '../session-row.js'
import type { Question } from '../question.js'
import { type SessionTarget, type Target, toQuestionWords } from './question-words.js'
import { wantsWholeList, wholeListFields, withWholeList } from './views.js'

/** The targets of questions, and the questions about them. */
export interface Targets {
  /** @throws FST_LOGIN_SESSION_NOT_FOUND */
  findSession(request: FastifyRequest, id: string): Promise<SessionTarget>
  findOthers(request: FastifyRequest): Promise<Target>
  questionAbout(request: FastifyRequest, target: Target): Promise<Question>
}

/** Finds what questions are about among the signed-in user's sessions. @param locate finds the places of addresses */
export function createTargets (app: FastifyInstance, frameOf: FrameOf, locate: Locate | undefined): Targets {
  return {
    async findSession (request, id) {
      const current = currentLoginSession(request)
      const session = await app.loginSessions.find(current.userId, id)
      if (session === null) throw notFoundError()
      return { kind: 'session', session, current: session.id === current.id }
    },

    async findOthers (request) {
      const { userId } = currentLoginSession(request)
      return { kind: 'others', count: Math.max(await app.loginSessions.count(userId) - 1, 0) }
    },

    async questionAbout (request, target) {
      const frame = frameOf(request)
      const whole = wantsWholeList(request)
      const places = await placesFor(request, target.kind === 'session' ? addressesOf(target.session) : [], locate, frame.texts)
      return {
        view: {
          ...toQuestionWords(target, frame, places),
          hidden: wholeListFields(whole),
          homeUrl: withWholeList(frame.homeUrl, whole)
        },
        obstacle: target.kind === 'others' && target.count === 0 ? ['noOthers'] : null,
        // People can always sign out the device that they use.
        needsProof: !(target.kind === 'session' && target.current)
      }
    }
  }
}
