/**
 * Every session and token that was ever issued in one run, and what has been promised about them.
 * @module
 */
import type { LoginSessionRecord } from '../../../plugin/sessions/record.js'

/** One token that a session has had. */
export interface Token {
  /** `ada1.0`: the first token of ada's session 1. */
  name: string
  hash: string
  session: Session
  /** The cookie's value, once an answer has brought it. */
  cookie: string | null
  /** It has been seen as the newest one, so that the one before it is to be retired. */
  used: boolean
}

/** One record that was ever stored. */
export interface Session {
  name: string
  id: string
  /** Null: a visitor's. */
  user: string | null
  /** When it was stored, in ms. */
  begun: number
  /** Oldest first. */
  tokens: Token[]
  /** The operation whose answer has said that it is over; null: none has. */
  over: string | null
  /** Keys of session data that an answer has said are saved. */
  saved: Set<string>
  /** When its last request was that makes a touch due, in ms; 0: none. */
  owed: number
}

export interface Ledger {
  sessions: Session[]
  tokens: Token[]
  /** A record was stored. */
  open(record: LoginSessionRecord): Session
  /** A session got a new token. */
  rotate(id: string, hash: string): void
  byId(id: string): Session
  byHash(hash: string): Token | undefined
}

export function createLedger (): Ledger {
  const sessions: Session[] = []
  const tokens: Token[] = []

  function issue (session: Session, hash: string): void {
    const token = { name: `${session.name}.${session.tokens.length}`, hash, session, cookie: null, used: false }
    session.tokens.push(token)
    tokens.push(token)
  }

  function byId (id: string): Session {
    const session = sessions.find(session => session.id === id)
    if (session === undefined) throw new Error(`no record with the id ${id} was ever stored`)
    return session
  }

  return {
    sessions,
    tokens,
    byId,
    byHash: hash => tokens.find(token => token.hash === hash),

    open ({ id, userId, createdAt, tokens }) {
      const session: Session = {
        name: `${userId ?? 'visitor'}${sessions.length}`,
        id,
        user: userId ?? null,
        begun: createdAt.getTime(),
        tokens: [],
        over: null,
        saved: new Set(),
        owed: 0
      }
      sessions.push(session)
      for (const { hash } of tokens) issue(session, hash)
      return session
    },

    rotate (id, hash) { issue(byId(id), hash) }
  }
}
