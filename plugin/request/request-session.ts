/**
 * `request.session`: the host's session data are its own properties; everything else acts on the request's record. It has
 * the interface of @fastify/session's Session, which hosts and other plugins know.
 * @module
 */
import { inspect } from 'node:util'
import type { FastifySessionObject } from '@fastify/session'

export type { FastifySessionObject }

/** What the session's methods do with the state of their request. They are the same for all requests. */
export interface SessionActions<State> {
  /** The public id. */
  idOf(state: State): string
  cookieOf(state: State): FastifySessionObject['cookie']
  isModified(state: State): boolean
  isSaved(state: State): boolean
  save(state: State): Promise<void>
  destroy(state: State): Promise<void>
  regenerate(state: State, keep: string[]): Promise<void>
  reload(state: State): Promise<void>
}

type Callback = (error?: any) => void
type Data = Record<string, unknown>

/** One request's session. */
export class RequestSession<State = unknown> {
  readonly #state: State
  readonly #actions: SessionActions<State>

  constructor (state: State, actions: SessionActions<State>) {
    this.#state = state
    this.#actions = actions
  }

  /** The public id of the login session, or of the visitor session that the first data will start. Not the cookie's token. */
  get sessionId (): string {
    return this.#actions.idOf(this.#state)
  }

  /** Empty: the cookie is issued by this plugin, and @fastify/session leaves a session without this value alone. */
  get encryptedSessionId (): string {
    return ''
  }

  /** The cookie's attributes, as a copy. */
  get cookie (): FastifySessionObject['cookie'] {
    return this.#actions.cookieOf(this.#state)
  }

  get (key: string): any {
    return dataOf(this)[key]
  }

  set (key: string, value: unknown): void {
    dataOf(this)[key] = value
  }

  /** Does nothing: activity is noted for every request. */
  touch (): void {}

  /** Does nothing: the cookie's attributes are options of the plugin. */
  options (): void {}

  /** Has the host changed data that is not saved yet? */
  isModified (): boolean {
    return this.#actions.isModified(this.#state)
  }

  /** Is there a record, with all data saved? */
  isSaved (): boolean {
    return this.#actions.isSaved(this.#state)
  }

  save (): Promise<void>
  save (callback: Callback): void
  save (callback?: Callback): Promise<void> | void {
    return answer(this.#actions.save(this.#state), callback)
  }

  destroy (): Promise<void>
  destroy (callback: Callback): void
  destroy (callback?: Callback): Promise<void> | void {
    return answer(this.#actions.destroy(this.#state), callback)
  }

  reload (): Promise<void>
  reload (callback: Callback): void
  reload (callback?: Callback): Promise<void> | void {
    return answer(this.#actions.reload(this.#state), callback)
  }

  regenerate (keep?: string[]): Promise<void>
  regenerate (callback: Callback): void
  regenerate (keep: string[], callback: Callback): void
  regenerate (keep?: string[] | Callback, callback?: Callback): Promise<void> | void {
    const keys = Array.isArray(keep) ? keep : []
    return answer(this.#actions.regenerate(this.#state, keys), callback ?? (Array.isArray(keep) ? undefined : keep))
  }
}

/** What `console.log` and loggers show: the host's data and the id. */
Object.defineProperty(RequestSession.prototype, inspect.custom, {
  value (this: RequestSession, _depth: number, options: object): string {
    return `RequestSession ${inspect({ sessionId: this.sessionId, ...dataOf(this) }, options)}`
  }
})

/** The host's keys. They are the session itself, so that hosts can write `request.session.cart = …`. */
export const dataOf = (session: RequestSession<any>): Data => session as unknown as Data

/** Names that hosts cannot assign to, so they are never data, even if the record has them. */
const ACCESSORS: ReadonlySet<string> = new Set(['sessionId', 'encryptedSessionId', 'cookie'])

/** Makes these the host's keys, and removes all others. */
export function replaceData (session: RequestSession<any>, data: Data): void {
  const keys = dataOf(session)
  for (const key of Object.keys(keys)) delete keys[key]
  for (const key of Object.keys(data)) {
    // `__proto__` would replace the methods.
    if (!ACCESSORS.has(key) && key !== '__proto__') keys[key] = data[key]
  }
}

/** @fastify/session's methods take a callback or return a promise. */
function answer (done: Promise<void>, callback: Callback | undefined): Promise<void> | void {
  if (callback === undefined) return done
  // Outside the promise chain: the promise must not catch what the callback throws.
  done.then(() => { process.nextTick(callback) }, error => { process.nextTick(callback, error) })
}
