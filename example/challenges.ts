/**
 * Challenges. A passkey must answer the latest challenge of this browser, for the same purpose, once, and in time. So a
 * recorded answer is worth nothing.
 * @module
 */
import type { FastifyRequest } from 'fastify'
import type { Db } from 'mongodb'
import { FieldError } from './field-error.js'
import { field } from './forms.js'
import { inTime } from './in-time.js'
import type { PasskeyAnswer, PasskeyUser } from './passkeys.js'
import type { Services } from './services.js'

/** The purpose of an answer. An answer for one purpose is refused for another. */
export type Purpose = 'sign-up' | 'sign-in' | 'add' | 'confirm'

/** The collection's documents. The id is the challenge, 256 random bits. */
interface ChallengeDocument {
  _id: string
  purpose: Purpose
  expiresAt: Date
  /** The user who gets the new passkey, if they have no account yet. */
  user?: PasskeyUser
}

/** Everything the example does with challenges. */
export type Challenges = Awaited<ReturnType<typeof createChallenges>>

declare module 'fastify' {
  interface Session {
    /** The latest challenge of this browser. It may have been used since. */
    challenge?: string
  }
}

const LIFETIME = 5 * 60_000

/**
 * @param db the challenges are in its collection `challenges`, until they are answered or expire
 * @param timeout how long a query may take, in ms
 */
export async function createChallenges (db: Db, timeout = 2000) {
  const collection = db.collection<ChallengeDocument>('challenges')
  await collection.createIndex({ expiresAt: 1 }, { expireAfterSeconds: 0 })

  return {
    async keep (challenge: string, purpose: Purpose, user?: PasskeyUser): Promise<void> {
      const expiresAt = new Date(Date.now() + LIFETIME)
      await inTime(collection.insertOne({ _id: challenge, purpose, expiresAt, ...(user && { user }) }), timeout)
    },

    /** One operation finds and deletes the challenge, so only one of several parallel requests gets it. null: it is used or expired. */
    async take (challenge: string, purpose: Purpose): Promise<ChallengeDocument | null> {
      return await inTime(collection.findOneAndDelete({ _id: challenge, purpose, expiresAt: { $gt: new Date() } }), timeout)
    }
  }
}

/** Keeps the challenge of these options for this browser, and returns the options for it. */
export async function giveChallenge<T extends { challenge: string }> (
  request: FastifyRequest, { challenges }: Services, purpose: Purpose, options: T, user?: PasskeyUser
): Promise<T> {
  await challenges.keep(options.challenge, purpose, user)
  request.session.challenge = options.challenge
  return options
}

/**
 * The browser's answer, and the challenge that it must answer. The challenge is used up, whatever the answer is.
 * @throws FieldError if there is no such challenge, or if it has been used or has expired
 */
export async function takeAnswer (
  request: FastifyRequest, { challenges }: Services, purpose: Purpose
): Promise<PasskeyAnswer & { user?: PasskeyUser }> {
  const { challenge } = request.session
  delete request.session.challenge
  const taken = challenge === undefined ? null : await challenges.take(challenge, purpose)
  if (taken === null) throw new FieldError('passkey', 'This took too long, or was sent twice. Try again.')
  const { _id, user } = taken
  return { response: field(request, 'response'), challenge: _id, ...(user && { user }) }
}

/** The error for a wrong answer. */
export function wrongPasskey (): FieldError {
  return new FieldError('passkey', 'This passkey does not work here. Try another one.')
}
