/**
 * The part of `mongoStore` for operators: it finds, counts, samples and removes sessions of all users. These are the only
 * commands on a collection of sessions that name no key, and so may ask every shard. Each has a comment that says so.
 * @module
 */
import type { Collection, Filter } from 'mongodb'
import type { LoginSessionRecord, RecordWithoutData } from '../sessions/record.js'
import { DEVICE_KINDS, type OverviewStore, type PageFrom, type SessionSearch } from '../sessions/store.js'
import { INDEXES, prepareForOperators } from './mongo-collection.js'
import { WITHOUT_DATA } from './mongo-document.js'
import { ofUser } from './mongo-filters.js'

type SessionFilter = Filter<LoginSessionRecord>

/** The mark of the commands that may ask every shard, also in MongoDB's log and profiler. */
export const OPERATORS = 'fastify-login-sessions: operators'

/** `maxTimeMS`: the caller has given up earlier (`storeTimeout`), so the server must not go on for long. */
const FOR_OPERATORS = { comment: OPERATORS, maxTimeMS: 10_000 } as const

/** A number beside a list is not worth more than this, in ms. The list itself is read without it. */
const COUNTED_WITHIN = 500

/** MongoDB's code for a command that took longer than `maxTimeMS`. */
const TOOK_TOO_LONG = 50

/**
 * MongoDB jumps to random records if fewer than 5 % of a collection are drawn at once; otherwise it reads all of them.
 * A little less, because the size of a collection is about right only.
 */
const DRAWN_AT_ONCE = 0.04

/** So many draws at most. */
const MOST_DRAWS = 20

const [, BY_KIND, BY_ADDRESS] = INDEXES

/** @param sessions reads from the primary and writes with a majority */
export function mongoOverview (sessions: Collection<LoginSessionRecord>): OverviewStore {
  return {
    prepareOverview: () => prepareForOperators(sessions),

    async newest (search, now, limit, from) {
      const isBackwards = from !== null && 'newerThan' in from
      const order = isBackwards ? 1 : -1
      const found = await sessions.find(placed(filterOf(search, now), search, from), {
        ...WITHOUT_DATA,
        ...FOR_OPERATORS,
        ...hintFor(search, 'sorted'),
        sort: { createdAt: order, _id: order },
        limit,
        batchSize: limit,
        allowDiskUse: true
      }).toArray()
      return isBackwards ? found.reverse() : found
    },

    async countFound (search, now, most) {
      const limits = { limit: most, maxTimeMS: COUNTED_WITHIN }
      const filter = placed(filterOf(search, now), search, null)
      try {
        return await sessions.countDocuments(filter, { ...FOR_OPERATORS, ...limits, ...hintFor(search, 'unsorted') })
      } catch (error) {
        if ((error as { code?: unknown }).code === TOOK_TOO_LONG) return null
        throw error
      }
    },

    async size () {
      return await sessions.estimatedDocumentCount(FOR_OPERATORS)
    },

    async sample (count) {
      const size = await sessions.estimatedDocumentCount(FOR_OPERATORS)
      const draws = Math.ceil(count / (size * DRAWN_AT_ONCE))
      // So small that reading all of it is faster.
      if (draws > MOST_DRAWS) return await draw(sessions, count)
      const drawn = await Promise.all(Array.from({ length: draws }, async () => await draw(sessions, Math.ceil(count / draws))))
      return drawn.flat()
    },

    async removeFound (keys, now) {
      const these: SessionFilter = { _id: { $in: keys }, userId: { $exists: true } }
      const { deletedCount } = await sessions.deleteMany({ ...these, expiresAt: { $gt: now } })
      await sessions.deleteMany(these)
      return deletedCount
    }
  }
}

/** These are random records, each of them once. `$sample` must be first: behind another stage it would read everything. */
async function draw (sessions: Collection<LoginSessionRecord>, size: number): Promise<RecordWithoutData[]> {
  const pipeline = [{ $sample: { size } }, { $unset: 'data' }]
  return await sessions.aggregate<RecordWithoutData>(pipeline, { ...FOR_OPERATORS, batchSize: size }).toArray()
}

/**
 * All conditions except those on `createdAt`. Both indexes of the operators begin with one value each for which the records are
 * in the order of sign-ins. So a search names all its values, and MongoDB merges their ranges instead of sorting.
 */
function filterOf ({ userIds, kind, addresses }: SessionSearch, now: Date): SessionFilter {
  return {
    ...(userIds === undefined ? { userId: { $exists: true } } : usersIn(userIds)),
    'device.kind': kind ?? { $in: DEVICE_KINDS },
    ...(addresses !== undefined && { ip: { $in: addresses } }),
    expiresAt: { $gt: now }
  } as SessionFilter
}

/** A user's records are a range of keys. */
const usersIn = (userIds: readonly string[]): SessionFilter =>
  userIds.length === 0 ? { _id: { $in: [] } } : { $or: userIds.map(ofUser) }

/**
 * Adds the conditions on `createdAt`. The bound of the position is in the range itself, so that the index is entered there;
 * only the records of the same millisecond are compared by their keys.
 */
function placed (filter: SessionFilter, { signedInFrom, signedInBefore }: SessionSearch, from: PageFrom): SessionFilter {
  const bounds: SessionFilter[] = []
  if (signedInFrom !== undefined) bounds.push({ createdAt: { $gte: signedInFrom } })
  if (signedInBefore !== undefined) bounds.push({ createdAt: { $lt: signedInBefore } })
  if (from !== null) {
    const isBackwards = 'newerThan' in from
    const { createdAt, key } = isBackwards ? from.newerThan : from.olderThan
    const [onThisSide, onThatSide] = isBackwards ? ['$lte', '$gte'] as const : ['$gte', '$lte'] as const
    // Not `$or`: MongoDB would also try to read the two ranges one after the other, and to sort them.
    bounds.push({ createdAt: { [onThatSide]: createdAt } }, { $nor: [{ createdAt, _id: { [onThisSide]: key } }] })
  }
  return bounds.length === 0 ? filter : { $and: [filter, ...bounds] }
}

/**
 * The index to use. Without it, MongoDB refuses the search instead of reading the whole collection. A network is the exception
 * where another index may be faster: in the order of sign-ins, and beside a kind or an age. MongoDB tries both then, and takes
 * the one that finds more with less: a small network by its addresses, and few sign-ins of a kind by the kind.
 */
function hintFor (search: SessionSearch, order: 'sorted' | 'unsorted'): { hint?: object } {
  const { userIds, addresses, kind, signedInFrom, signedInBefore } = search
  if (userIds !== undefined) return { hint: { _id: 1 } }
  if (addresses === undefined) return { hint: BY_KIND.key }
  const isNetwork = addresses.some(address => typeof address !== 'string')
  const isNarrowed = (kind ?? signedInFrom ?? signedInBefore) !== undefined
  return isNetwork && (order === 'sorted' || isNarrowed) ? {} : { hint: BY_ADDRESS.key }
}
