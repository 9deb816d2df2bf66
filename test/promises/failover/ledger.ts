/**
 * What was promised: which sessions were acknowledged, which of them ended, and what was saved in them. An operation
 * that was refused (503) promises nothing either way.
 * @module
 */

/** One sign-in that was acknowledged. */
export interface Signed {
  id: string
  userId: string
  /** The value of the newest session cookie. */
  cookie: string
  /** Every value it ever had. */
  cookies: Set<string>
  /** `doubtful`: ending it was refused, so it may live or not. */
  state: 'live' | 'doubtful' | 'ended'
  /** Session data whose saving was acknowledged. */
  data: Map<string, number>
  /** Keys used so far: none twice, as a refused save may still get through. */
  keys: number
  /** Confirmations that were refused in a row; each may have been counted as a failed one. */
  refusedConfirmations: number
}

/** Figures of a run. */
export interface Figures {
  requests: number
  signIns: number
  /** Operations that end sessions and were acknowledged. */
  revocations: number
  /** Operations that end sessions and were refused. */
  refusedRevocations: number
  saves: number
  confirmations: number
  /** Answers to sessions that are bound to their browsers. */
  bound: number
  /** Everything that was answered with FST_LOGIN_SESSION_STORE_UNAVAILABLE. */
  refusals: number
  /** Requests with a cookie of a session that had ended before they began. */
  deadChecks: number
  /** Browsers that were refused with, or lost, the cookie of a session that nobody has ended: never. */
  signOutsWithoutCause: number
}

/** Keeps account. */
export interface Ledger {
  figures: Figures
  sessions: Signed[]
  /** Cookie values of ended sessions, oldest first. */
  dead: string[]
  /** What must never be, in words. Empty when all promises were kept. */
  broken: string[]
  signedIn(session: Pick<Signed, 'id' | 'userId' | 'cookie'>): Signed
  /** The session has a new token; if it has ended meanwhile, that one is dead, too. */
  rotated(session: Signed, cookie: string): void
  /** An operation that ends these was acknowledged. */
  ended(sessions: Signed[]): void
  /** An operation that ends these was refused. */
  doubtful(sessions: Signed[]): void
}

export function createLedger (): Ledger {
  const figures: Figures = { requests: 0, signIns: 0, revocations: 0, refusedRevocations: 0, saves: 0, confirmations: 0, bound: 0, refusals: 0, deadChecks: 0, signOutsWithoutCause: 0 }
  const sessions: Signed[] = []
  const dead: string[] = []
  return {
    figures,
    sessions,
    dead,
    broken: [],

    signedIn ({ id, userId, cookie }) {
      figures.signIns++
      const session: Signed = { id, userId, cookie, cookies: new Set([cookie]), state: 'live', data: new Map(), keys: 0, refusedConfirmations: 0 }
      sessions.push(session)
      return session
    },

    rotated (session, cookie) {
      session.cookies.add(cookie)
      session.cookie = cookie
      if (session.state === 'ended') dead.push(cookie)
    },

    ended (gone) {
      figures.revocations++
      for (const session of gone) {
        if (session.state !== 'ended') dead.push(...session.cookies)
        session.state = 'ended'
      }
    },

    doubtful (maybe) {
      figures.refusedRevocations++
      for (const session of maybe) if (session.state === 'live') session.state = 'doubtful'
    }
  }
}
