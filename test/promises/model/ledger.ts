/**
 * Every session and token that was ever issued in one run, who has had them, and what has been promised about them.
 * @module
 */
import { idOf } from '../../../plugin/sessions/key.js'
import type { LoginSessionRecord } from '../../../plugin/sessions/record.js'
import type { TokenHash } from '../../../plugin/sessions/tokens.js'
import type { Device } from './devices.js'
import type { Browser } from './world.js'

/** One token that a session has had. */
export interface Token {
  /** `ada1.0`: the first token of ada's session 1. */
  name: string
  hash: string
  generation: number
  session: Session
  /** The cookie's value, once an answer has brought it. */
  cookie: string | null
  /** The browsers whose jars have held it. */
  held: Set<Browser>
  /** Who was signed in with it. Null: a thief, or nobody in particular. */
  users: Set<Browser | null>
  /** When somebody was first signed in with it, in ms; Infinity: nobody was. */
  usedAt: number
  /** It left a full record before its end. */
  isCrowdedOut: boolean
}

/** One record that was ever stored. */
export interface Session {
  name: string
  /** The record's `_id`. */
  key: string
  /** The public id. */
  id: string
  /** Null: a visitor session. */
  user: string | null
  /** When it was stored, in ms. */
  begun: number
  /** Oldest first. */
  tokens: Token[]
  /** The operation whose answer has said that it is over; null: none has. */
  over: string | null
  /** Keys of session data that an answer has said are saved. */
  saved: Set<string>
  /** Its key and its bound cookie; null: it is not bound. */
  device: Device | null
  /** When its last request was that makes a touch due, in ms; 0: none. */
  owed: number
}

export interface Ledger {
  sessions: Session[]
  tokens: Token[]
  /** A record was stored. */
  open(record: LoginSessionRecord): Session
  /** A session got a new token. */
  rotate(key: string, token: TokenHash): Token
  byKey(key: string): Session
  byId(id: string): Session
  byHash(hash: string): Token | undefined
}

export function createLedger (): Ledger {
  const sessions: Session[] = []
  const tokens: Token[] = []

  function issue (session: Session, { hash, generation }: TokenHash): Token {
    const name = `${session.name}.${session.tokens.length}`
    const token: Token = { name, hash, generation, session, cookie: null, held: new Set(), users: new Set(), usedAt: Infinity, isCrowdedOut: false }
    session.tokens.push(token)
    tokens.push(token)
    return token
  }

  function only (session: Session | undefined, what: string): Session {
    if (session === undefined) throw new Error(`no record with ${what} was ever stored`)
    return session
  }

  const byKey = (key: string): Session => only(sessions.find(session => session.key === key), `the key ${key}`)

  return {
    sessions,
    tokens,
    byKey,
    byId: id => only(sessions.find(session => session.id === id), `the id ${id}`),
    byHash: hash => tokens.find(token => token.hash === hash),

    open ({ _id, userId, createdAt, tokens }) {
      const session: Session = {
        name: `${userId ?? 'visitor'}${sessions.length}`,
        key: _id,
        id: idOf(_id),
        user: userId ?? null,
        begun: createdAt.getTime(),
        tokens: [],
        over: null,
        saved: new Set(),
        device: null,
        owed: 0
      }
      sessions.push(session)
      for (const token of tokens) issue(session, token)
      return session
    },

    rotate: (key, token) => issue(byKey(key), token)
  }
}
