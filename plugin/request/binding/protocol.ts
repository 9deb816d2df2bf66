/**
 * What registration and refresh do with a proof: they check it, and write what it changes. No HTTP.
 * @module
 */
import { afterProof, type DeviceBinding } from '../../sessions/binding.js'
import type { FindRecord } from '../../sessions/lookups.js'
import { isLive, type LoginSessionRecord } from '../../sessions/record.js'
import type { LoginSessionStore } from '../../sessions/store.js'
import type { Challenge, Challenges } from './challenges.js'
import { challengeIn, isSignedBy, keyIn } from './proof.js'

/** What became of a proof. */
export type ProofOutcome =
  /** It is right, and stored. */
  | { kind: 'proven', key: string, challengedAt: Date }
  /** The browser must sign this challenge. */
  | { kind: 'challenge', challenge: string }
  /** There is nothing to prove any more, or the proof is wrong. @property reason for the log */
  | { kind: 'refused', reason: string }

/** Binds sessions, and takes proofs. All methods reject with FST_LOGIN_SESSION_STORE_UNAVAILABLE. */
export interface BindingProtocol {
  /** The challenge that a sign-in offers. */
  offer(key: string): string
  /** Binds a session to the key that this proof brings. */
  register(proof: string): Promise<ProofOutcome>
  /** Takes a proof of the session with this key. @param proof null: the browser has no challenge yet */
  refresh(key: string, proof: string | null): Promise<ProofOutcome>
}

/** What the protocol works on. */
export interface ProtocolParts {
  setBinding: NonNullable<LoginSessionStore['setBinding']>
  findRecord: FindRecord
  challenges: Challenges
  now: () => Date
}

/** How often a change is tried while others change the same binding at the same moment. */
const TRIES = 10

const refused = (reason: string): ProofOutcome => ({ kind: 'refused', reason })

/** Over this store. */
export function createBindingProtocol ({ setBinding, findRecord, challenges, now }: ProtocolParts): BindingProtocol {
  /** The live login session with this key. */
  async function findLogin (key: string): Promise<LoginSessionRecord | null> {
    const record = await findRecord(key)
    return record?.userId !== undefined && isLive(record, now()) ? record : null
  }

  const askAgain = (key: string): ProofOutcome => ({ kind: 'challenge', challenge: challenges.make('refresh', key, now()) })

  /** null: the binding has changed meanwhile. */
  async function takeProof (challenge: Challenge, binding: DeviceBinding, proof: string): Promise<ProofOutcome | null> {
    const { key } = challenge
    if (challenge.madeAt <= binding.challengedAt) return askAgain(key)
    if (!await isSignedBy(binding.key, proof)) return refused('the proof is not signed by the key of this session')
    const isWritten = await setBinding(key, binding, afterProof(binding, challenge.madeAt, now()))
    return isWritten ? { kind: 'proven', key, challengedAt: challenge.madeAt } : null
  }

  return {
    offer: key => challenges.make('registration', key, now()),

    async register (proof) {
      const challenge = challenges.read('registration', challengeIn(proof) ?? '', now())
      if (challenge === null) return refused('the challenge is missing, too old, or not ours')
      const publicKey = keyIn(proof)
      if (publicKey === null || !await isSignedBy(publicKey, proof)) {
        return refused('the proof has no key of ES256 or RS256, or is not signed by it')
      }
      const { key, madeAt } = challenge
      if (await findLogin(key) === null) return refused('the session has ended')
      const isWritten = await setBinding(key, undefined, { key: publicKey, challengedAt: madeAt })
      return isWritten ? { kind: 'proven', key, challengedAt: madeAt } : refused('the session is bound already, or has ended')
    },

    async refresh (key, proof) {
      // Before anything is read: a link from another site brings no cookie, so anybody may ask.
      const challenge = challenges.read('refresh', challengeIn(proof ?? '') ?? '', now())
      if (proof === null || challenge?.key !== key) return askAgain(key)
      for (let tries = 0; tries < TRIES; tries++) {
        const binding = (await findLogin(key))?.binding
        if (binding === undefined) return refused('the session has ended, or is not bound')
        const outcome = await takeProof(challenge, binding, proof)
        if (outcome !== null) return outcome
      }
      return askAgain(key)
    }
  }
}
