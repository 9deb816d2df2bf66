/**
 * The part of the store's contract that operators need: it finds, counts, samples and removes sessions of all users.
 * The cases in `store-contract/overview-cases.ts` check it.
 * @module
 */
import type { DeviceKind } from '../client/device.js'
import type { LoginSessionRecord, RecordWithoutData } from './record.js'

/** All values that {@link SessionSearch.kind} may have. */
export { DEVICE_KINDS } from '../client/system.js'

/** Which sessions an operator looks for. What is undefined selects nothing; several conditions must all hold. */
export interface SessionSearch {
  /** Only sessions of these users. An empty list: of nobody. */
  userIds?: readonly string[] | undefined
  kind?: DeviceKind | undefined
  /** Only sessions whose address is one of these strings, or is matched by one of these expressions. */
  addresses?: ReadonlyArray<string | RegExp> | undefined
  /** Signed in at this time or later. */
  signedInFrom?: Date | undefined
  /** Signed in before this time. */
  signedInBefore?: Date | undefined
}

/** A place in the order of sign-ins: by time, and by key if the times are equal. */
export interface Position {
  createdAt: Date
  key: string
}

/** From where a page of the order of sign-ins is read: from the newest one, or from a position on, which is not part of it. */
export type PageFrom = { olderThan: Position } | { newerThan: Position } | null

/**
 * The part of a store for operators: it has all of these methods or none. A store without it has no operators' page. It concerns
 * signed-in sessions that are live at `now`, of all users. Its commands may ask every shard. Only `size` and
 * `sample` concern other records, too.
 */
export interface OverviewStore {
  /**
   * The indexes that only operators need. Awaited while the operators' page registers: a rejection stops the boot. If it takes
   * longer than a few seconds, it must resolve and go on in the background; the other methods may fail until it is done.
   */
  prepareOverview(): Promise<void>

  /**
   * Those that the search finds, the newest sign-in first, at most `limit`: the newest ones, or those next to a position. Those
   * newer than a position are in the same order.
   */
  newest(search: SessionSearch, now: Date, limit: number, from: PageFrom): Promise<RecordWithoutData[]>

  /** How many the search finds. Counting ends at `most`. null: that is not known, because counting would take too long. */
  countFound(search: SessionSearch, now: Date, most: number): Promise<number | null>

  /** About how many records there are, of visitors and expired ones too; the exact number of a few. It reads no record. */
  size(): Promise<number>

  /**
   * About so many records, drawn at random from all, of visitors and expired ones too: each record is as likely as every
   * other. A record may be among them twice. Of a small collection there may be fewer.
   */
  sample(count: number): Promise<RecordWithoutData[]>

  /**
   * Removes these records of signed-in users, durably, and returns how many of them were live at `now`. Like
   * `LoginSessionStore.removeMany`, for many users at once.
   */
  removeFound(keys: readonly string[], now: Date): Promise<number>
}

/** The methods of the part for operators. */
export const OVERVIEW_METHODS: ReadonlyArray<keyof OverviewStore> =
  ['prepareOverview', 'newest', 'countFound', 'size', 'sample', 'removeFound']

/** Is this session among those that the search finds? */
export function isFoundBy (
  { userIds, kind, addresses, signedInFrom, signedInBefore }: SessionSearch,
  { userId, device, ip, createdAt }: Pick<LoginSessionRecord, 'userId' | 'device' | 'ip' | 'createdAt'>
): boolean {
  return (userIds === undefined || userIds.includes(userId!)) &&
    (kind === undefined || kind === device.kind) &&
    (addresses === undefined || addresses.some(address => isAt(address, ip))) &&
    (signedInFrom === undefined || createdAt >= signedInFrom) &&
    (signedInBefore === undefined || createdAt < signedInBefore)
}

const isAt = (address: string | RegExp, ip: string | null): boolean =>
  ip !== null && (typeof address === 'string' ? address === ip : address.test(ip))
