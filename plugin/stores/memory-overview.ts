/**
 * The part of `memoryStore` for operators.
 * @module
 */
import { isLive, type LoginSessionRecord, type RecordWithoutData } from '../sessions/record.js'
import { isFoundBy, type OverviewStore, type PageFrom, type Position, type SessionSearch } from '../sessions/store.js'

/**
 * @param records of the store, by key
 * @param remove removes this user's record
 */
export function memoryOverview (
  records: ReadonlyMap<string, LoginSessionRecord>, remove: (key: string, userId: string | undefined) => LoginSessionRecord | null
): OverviewStore {
  const found = (search: SessionSearch, now: Date): LoginSessionRecord[] =>
    [...records.values()].filter(record => record.userId !== undefined && isLive(record, now) && isFoundBy(search, record))

  return {
    async prepareOverview () {},

    async newest (search, now, limit, from) {
      const inOrder = found(search, now).sort((a, b) => comesBefore(positionOf(a), positionOf(b)) ? -1 : 1)
        .filter(record => isBeyond(positionOf(record), from))
      const isBackwards = from !== null && 'newerThan' in from
      return (isBackwards ? inOrder.slice(-limit) : inOrder.slice(0, limit)).map(withoutData)
    },

    async countFound (search, now, most) {
      return Math.min(found(search, now).length, most)
    },

    async size () {
      return records.size
    },

    async sample (count) {
      const all = [...records.values()]
      return Array.from({ length: Math.min(count, all.length) }, () => withoutData(all[Math.floor(Math.random() * all.length)]!))
    },

    async removeFound (keys, now) {
      const signedIn = keys.map(key => records.get(key)).filter(record => record?.userId !== undefined)
      return signedIn.map(record => remove(record!._id, record!.userId)).filter(record => isLive(record!, now)).length
    }
  }
}

/** A copy without session data. */
export const withoutData = ({ data, ...rest }: LoginSessionRecord): RecordWithoutData => structuredClone(rest)

const positionOf = ({ createdAt, _id }: LoginSessionRecord): Position => ({ createdAt, key: _id })

/** In the order of sign-ins, the newest first. */
function comesBefore (one: Position, other: Position): boolean {
  const later = one.createdAt.getTime() - other.createdAt.getTime()
  return later === 0 ? one.key > other.key : later > 0
}

function isBeyond (position: Position, from: PageFrom): boolean {
  if (from === null) return true
  return 'newerThan' in from ? comesBefore(position, from.newerThan) : comesBefore(from.olderThan, position)
}
