/**
 * The sessions of all users, for operators: found, counted and ended. Needs a store with an {@link OverviewStore}.
 * @module
 */
import { createEndMany, type EndManyOptions } from './end-many.js'
import type { AnnounceEnd } from './endings.js'
import { keyOf, newVisitorKey, USER_KEY_LENGTH } from './key.js'
import { type LoginSession, toLoginSession } from './login-session.js'
import { type Numbers, numbersOf, readSample } from './numbers.js'
import {
  type LoginSessionStore, OVERVIEW_METHODS, type OverviewStore, type PageFrom, type Position, type SessionSearch
} from './store.js'

export type { EndManyOptions } from './end-many.js'
export type { Numbers } from './numbers.js'

/** A page of the order of sign-ins, the newest first. */
export interface SessionPage {
  sessions: LoginSession[]
  /** Where newer ones begin; null: there are none. */
  newer: Position | null
  /** Where older ones begin; null: there are none. */
  older: Position | null
}

/** The sessions of all users. Every method throws FST_LOGIN_SESSION_STORE_UNAVAILABLE. */
export interface Overview {
  /** Makes the indexes that only operators need. If that takes long, it goes on in the background. */
  prepare(): Promise<void>
  /**
   * A page of what the search finds. Paging back to the beginning gives the first page, as it is then.
   * @param limit how many sessions a page has
   */
  page(search: SessionSearch, limit: number, from: PageFrom): Promise<SessionPage>
  /** How many the search finds. Counting ends at `most`. null: that is not known, because counting would take too long. */
  count(search: SessionSearch, most: number): Promise<number | null>
  /** Kept for ten seconds. However many sessions there are, about 4,000 records are read. */
  numbers(): Promise<Numbers>
  /** Numbers that are kept are read anew when somebody asks for them: sessions have been ended. */
  forgetNumbers(): void
  /** Ends what the search finds and what had started at the call; an empty search finds everything. Returns the number of sessions. */
  end(search: SessionSearch, options: EndManyOptions): Promise<number>
}

/** What an overview works on. */
export interface OverviewParts {
  /** Bounded in time. */
  store: LoginSessionStore & OverviewStore
  /** The clock. */
  now: () => Date
  /** Undefined: no ending is announced, and many end with one write. */
  announceEnd?: AnnounceEnd | undefined
  /** Random user keys, to draw a sample from. */
  randomUserKey?: (() => string) | undefined
}

/** The store, if it has the part for operators; null: it has not. */
export const overviewStoreOf = (store: LoginSessionStore): (LoginSessionStore & OverviewStore) | null =>
  OVERVIEW_METHODS.every(method => typeof store[method] === 'function') ? store as LoginSessionStore & OverviewStore : null

/** How long numbers are kept, in ms. */
const KEPT_FOR = 10_000

/** The overview of a store. */
export function createOverview ({ store, now, announceEnd, randomUserKey = aUserKey }: OverviewParts): Overview {
  const { endFound, endEveryone } = createEndMany(store, now, announceEnd)
  const page = createPages(store, now)
  let kept: { until: number, numbers: Promise<Numbers> } | undefined

  async function readNumbers (at: Date): Promise<Numbers> {
    return numbersOf(await readSample(store, randomUserKey), at)
  }

  return {
    prepare: async () => await store.prepareOverview(),
    page,
    count: async (search, most) => await store.countFound(search, now(), most),

    async numbers () {
      const at = now()
      if (kept === undefined || kept.until <= at.getTime()) {
        const reading = { until: at.getTime() + KEPT_FOR, numbers: readNumbers(at) }
        kept = reading
        reading.numbers.catch(() => { if (kept === reading) kept = undefined })
      }
      return await kept.numbers
    },

    forgetNumbers () { kept = undefined },

    async end (search, options) {
      const isEverything = Object.values(search).every(condition => condition === undefined)
      if (isEverything) return await endEveryone(options)
      return await endFound((at, limit, from) => store.newest(until(search, at), now(), limit, from), options)
    }
  }
}

const aUserKey = (): string => newVisitorKey().slice(0, USER_KEY_LENGTH)

/** The same search, for what has signed in at this time or before. */
function until (search: SessionSearch, at: Date): SessionSearch {
  const end = new Date(at.getTime() + 1)
  const { signedInBefore = end } = search
  return { ...search, signedInBefore: signedInBefore < end ? signedInBefore : end }
}

/** The order of sign-ins, in pages. */
function createPages (store: OverviewStore, now: () => Date): Overview['page'] {
  /** One more than the page has is asked for: it says whether there are more. */
  async function read (search: SessionSearch, limit: number, from: PageFrom): Promise<LoginSession[]> {
    return (await store.newest(search, now(), limit + 1, from)).map(toLoginSession)
  }

  /** The position, if there is something beyond it. */
  async function ifAny (search: SessionSearch, from: NonNullable<PageFrom>): Promise<Position | null> {
    const [found] = await store.newest(search, now(), 1, from)
    if (found === undefined) return null
    return 'newerThan' in from ? from.newerThan : from.olderThan
  }

  async function older (search: SessionSearch, limit: number, from: { olderThan: Position } | null): Promise<SessionPage> {
    const found = await read(search, limit, from)
    const sessions = found.slice(0, limit)
    const last = found.length > limit ? positionOf(sessions.at(-1)!) : null
    // The position itself belongs to the page before. If nothing is older, that page begins next to it.
    if (from === null) return { sessions, newer: null, older: last }
    const first = sessions[0] === undefined ? { ...from.olderThan, key: '' } : positionOf(sessions[0])
    return { sessions, newer: await ifAny(search, { newerThan: first }), older: last }
  }

  async function newer (search: SessionSearch, limit: number, from: { newerThan: Position }): Promise<SessionPage> {
    const found = await read(search, limit, from)
    // The beginning: it may have fewer sessions than a page.
    if (found.length <= limit) return await older(search, limit, null)
    const sessions = found.slice(1)
    return { sessions, newer: positionOf(sessions[0]!), older: await ifAny(search, { olderThan: positionOf(sessions.at(-1)!) }) }
  }

  return async (search, limit, from) =>
    from !== null && 'newerThan' in from ? await newer(search, limit, from) : await older(search, limit, from)
}

const positionOf = ({ createdAt, userId, id }: LoginSession): Position => ({ createdAt, key: keyOf(userId, id) })
