/**
 * Challenges. A passkey must answer the latest challenge of this browser, for the same purpose, once, and in time. So a
 * recorded answer is worth nothing.
 * @module
 */
import type { FastifyRequest } from 'fastify'
import { FieldError } from './field-error.js'
import { field } from './forms.js'
import type { PasskeyAnswer, PasskeyUser } from './passkeys.js'

/** What the answer is for. An answer for one purpose is refused for another. */
export type Purpose = 'sign-up' | 'sign-in' | 'add' | 'confirm'

interface Challenge {
  value: string
  purpose: Purpose
  /** In ms. */
  expiresAt: number
  /** Whose passkey is being made. */
  user?: PasskeyUser
}

declare module 'fastify' {
  interface Session {
    /** The challenge of this browser, until it is answered. */
    challenge?: Challenge
  }
}

const LIFETIME = 5 * 60_000

/** Remembers the challenge of these options, and returns the options for the browser. */
export function giveChallenge<T extends { challenge: string }> (request: FastifyRequest, purpose: Purpose, options: T, user?: PasskeyUser): T {
  request.session.challenge = { value: options.challenge, purpose, expiresAt: Date.now() + LIFETIME, ...(user && { user }) }
  return options
}

/**
 * The browser's answer, and the challenge that it must answer.
 * @throws FieldError if there is no such challenge, or if it has expired
 */
export async function takeAnswer (request: FastifyRequest, purpose: Purpose): Promise<PasskeyAnswer & Pick<Challenge, 'user'>> {
  const { challenge } = request.session
  delete request.session.challenge
  // Saved before anything is checked, so that this challenge cannot be used again.
  await request.session.save()
  if (challenge?.purpose !== purpose || challenge.expiresAt < Date.now()) {
    throw new FieldError('passkey', 'This took too long, or was sent twice. Try again.')
  }
  const { value, user } = challenge
  return { response: field(request, 'response'), challenge: value, ...(user && { user }) }
}

/** The answer was not right. */
export function wrongPasskey (): FieldError {
  return new FieldError('passkey', 'This passkey does not work here. Try another one.')
}
