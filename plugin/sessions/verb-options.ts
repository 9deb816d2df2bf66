/**
 * The options of the public verbs. A wrong one must not silently count as left out.
 * @module
 */
import { aFunction, aSignal, type Check, countFromOne, type OptionTable, resolveTable, shown } from '../option-check.js'
import type { EndManyOptions } from './end-many.js'
import { type Actor, sessionActor, type SessionName } from './endings.js'

/** How many sessions a list has. */
export interface ListOptions {
  /** At most so many. @default all */
  limit?: number | undefined
}

/** Who ends a session: a signed-in session, or your own code under this name. `onSessionEnd` gets it. */
export interface RevokeOptions {
  /** @default your own code, without a name */
  actor?: string | SessionName | undefined
}

/** How the sessions of all users end. */
export interface RevokeEveryoneOptions extends RevokeOptions {
  /** This session stays, such as the caller's own. @default none */
  except?: SessionName | undefined
  /**
   * Called with the number of sessions that have ended: after each thousand or so, or after each hundred if there is an
   * `onSessionEnd`; the last call has the final number. Not called if nothing ends. Its errors are ignored: use `signal` to stop.
   */
  onProgress?: ((ended: number) => void) | undefined
  /** Stops it: it resolves to the number of those that have ended. */
  signal?: AbortSignal | undefined
}

/** Infinity is what a host may write for "all". */
const aLimit: Check<number> = limit => limit === Infinity ? undefined : countFromOne(limit)

const anActor: Check<string | SessionName> = actor =>
  isName(actor) || isSession(actor) ? undefined : `must be the session that does it, or a name for your own code, not ${shown(actor)}`

const isName = (actor: unknown): actor is string => typeof actor === 'string' && actor !== ''

function isSession (actor: unknown): boolean {
  const { userId, id } = (actor ?? {}) as Partial<SessionName>
  return typeof userId === 'string' && typeof id === 'string'
}

const aSession: Check<SessionName> = session =>
  isSession(session) ? undefined : `must be a session, with userId and id, not ${shown(session)}`

const LIST: OptionTable<ListOptions> = { limit: { default: Infinity, check: aLimit, write: '20' } }
const REVOKE: OptionTable<RevokeOptions> = { actor: { default: undefined, check: anActor, write: "'support'" } }
const REVOKE_EVERYONE: OptionTable<RevokeEveryoneOptions> = {
  ...REVOKE,
  except: { default: undefined, check: aSession, write: 'currentLoginSession(request)' },
  onProgress: { default: undefined, check: aFunction, write: 'ended => console.log(ended)' },
  signal: { default: undefined, check: aSignal, write: 'AbortSignal.timeout(60_000)' }
}

/** The limit of a list; Infinity: all. @param verb its name @throws TypeError with a sentence that says what to write */
export const limitOf = (verb: string, options: ListOptions = {}): number =>
  resolveTable(LIST, options, { kind: 'method', name: verb, example: '{ limit: 20 }' }).limit!

/** The actor of an ending. @param verb its name @throws TypeError with a sentence that says what to write */
export function actorOf (verb: string, options: RevokeOptions = {}): Actor {
  return actorNamed(resolveTable(REVOKE, options, { kind: 'method', name: verb, example: "{ actor: 'support' }" }).actor)
}

/** How everybody's sessions end. @throws TypeError with a sentence that says what to write */
export function everyoneOf (options: RevokeEveryoneOptions = {}): EndManyOptions {
  const owner = { kind: 'method', name: 'revokeEveryone', example: "{ actor: 'support' }" } as const
  const { actor, ...others } = resolveTable(REVOKE_EVERYONE, options, owner)
  return { ...others, actor: actorNamed(actor) }
}

const actorNamed = (actor: string | SessionName | undefined): Actor =>
  typeof actor === 'object' ? sessionActor(actor) : { kind: 'host', name: actor ?? null }
