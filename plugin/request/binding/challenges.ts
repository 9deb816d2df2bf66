/**
 * Challenges: what a browser signs to prove that it has the key. They are signed by us, and nothing is stored of them.
 * @module
 */
import { randomBytes } from 'node:crypto'
import { signerFactory } from '@fastify/cookie'
import { keysFor } from '../keys.js'

/** What a challenge is for: the first proof brings the key, later ones use it. */
export type ChallengeUse = 'registration' | 'refresh'

/** A challenge of ours that is not too old. */
export interface Challenge {
  /** The key of the record that it was made for. */
  key: string
  madeAt: Date
}

/** Makes challenges, and recognises them. */
export interface Challenges {
  make(use: ChallengeUse, key: string, now: Date): string
  /** null: we did not make it for this use, or it is too old. */
  read(use: ChallengeUse, challenge: string, now: Date): Challenge | null
}

/**
 * How long a challenge can be answered, in ms: slow keys (a TPM takes a second) and slow networks. A proof that was made ahead of
 * time, by somebody who used the device for a moment, is worthless after that.
 */
export const CHALLENGE_LIFETIME: number = 2 * 60_000

const CONTENT = /^(registration|refresh)\.([\w-]{30})\.([\da-z]+)\.[\w-]{22}$/

/** @param secrets newest first. The newest one signs; all are accepted */
export function createChallenges (secrets: readonly string[]): Challenges {
  const signer = signerFactory(keysFor('device challenge', secrets))
  return {
    make (use, key, now) {
      return signer.sign([use, key, now.getTime().toString(36), randomBytes(16).toString('base64url')].join('.'))
    },

    read (use, challenge, now) {
      const [, madeFor, key, time] = CONTENT.exec(signer.unsign(challenge).value ?? '') ?? []
      if (madeFor !== use) return null
      const madeAt = new Date(Number.parseInt(time!, 36))
      return now.getTime() - madeAt.getTime() < CHALLENGE_LIFETIME ? { key: key!, madeAt } : null
    }
  }
}
