/**
 * The host's users on the operators' page: found by text, and named.
 * @module
 */
import type { FastifyRequest } from 'fastify'
import { withTimeout } from '../../timeout.js'

/** Finds users by what an operator typed, such as a part of a name or a mail address, and returns their ids. */
export type FindUsers = (text: string) => Iterable<string> | Promise<Iterable<string>>

/** How the page names a user. */
export interface UserWords {
  name: string
  /** A second line, such as the mail address. */
  detail?: string | null | undefined
  /** A small square picture: a path of this site, an https URL that `contentSecurityPolicy` allows, or `data:image/…`. */
  picture?: string | null | undefined
}

/**
 * Names these users. It is asked about each user at most once for an answer, and may leave users out.
 *
 * @example
 * const describeUsers: DescribeUsers = async userIds =>
 *   new Map((await users.findMany(userIds)).map(({ id, name, mail }) => [id, { name, detail: mail }]))
 */
export type DescribeUsers = (userIds: string[]) => UsersById | Promise<UsersById>

type UsersById = ReadonlyMap<string, UserWords> | Readonly<Record<string, UserWords | undefined>>

/** A user as templates show them. */
export interface UserView {
  id: string
  name: string
  detail: string | null
  picture: string | null
}

/** The most users of the host's answer that a search covers. */
export const MOST_USERS = 50

/** How long the host may take to find or name users, in ms. A list without names is better than none. */
const PATIENCE = 2000

/** Characters of a name that are shown. */
const LENGTH = 120

/** What a search for users has found. */
export interface FoundUsers {
  ids: string[]
  /** True: there are more than these. */
  more: boolean
}

/**
 * The ids of the users that this text finds. The text itself is always one of them: it may be an id.
 * @returns null: the host's function failed, and the log says why
 */
export async function usersFor (request: FastifyRequest, text: string, findUsers: FindUsers | undefined): Promise<FoundUsers | null> {
  if (findUsers === undefined) return { ids: [text], more: false }
  try {
    const found = await withTimeout(Promise.resolve(text).then(findUsers), PATIENCE, 'findUsers')
    const ids = [...new Set(found)].filter(id => typeof id === 'string' && id !== '')
    return { ids: [...new Set([text, ...ids.slice(0, MOST_USERS)])], more: ids.length > MOST_USERS }
  } catch (error) {
    request.log.warn({ err: error }, 'login sessions: findUsers failed, so users were not searched')
    return null
  }
}

/** Names a user. One whom the host does not name has the id as its name. */
export type NameUser = (userId: string) => UserView

/** Names the users of a request's answer. The host's failure costs the names, never the page. */
export type Names = (request: FastifyRequest, userIds: Iterable<string>) => Promise<NameUser>

/** Asks the host for all users of a list at once. While a request is answered, it is asked about no user twice. */
export function createNames (describeUsers: DescribeUsers | undefined): Names {
  const known = new WeakMap<FastifyRequest, Map<string, UserWords | undefined>>()

  return async (request, userIds) => {
    const words = known.get(request) ?? new Map<string, UserWords | undefined>()
    known.set(request, words)
    const ids = [...new Set(userIds)].filter(id => !words.has(id))
    if (describeUsers !== undefined && ids.length > 0) {
      const users = await ask(request, ids, describeUsers)
      for (const id of ids) words.set(id, users.get(id))
    }
    return id => toUserView(id, words.get(id))
  }
}

async function ask (request: FastifyRequest, ids: string[], describeUsers: DescribeUsers): Promise<ReadonlyMap<string, UserWords | undefined>> {
  try {
    const users = await withTimeout(Promise.resolve(ids).then(describeUsers), PATIENCE, 'describeUsers')
    return users instanceof Map ? users : new Map(Object.entries(users))
  } catch (error) {
    request.log.warn({ err: error }, 'login sessions: describeUsers failed, so names are missing')
    return new Map()
  }
}

function toUserView (id: string, words: UserWords | undefined): UserView {
  const { name, detail, picture } = words ?? {}
  return { id, name: textOf(name) ?? id, detail: textOf(detail), picture: pictureOf(picture) }
}

const textOf = (text: unknown): string | null => typeof text === 'string' && text.trim() !== '' ? text.slice(0, LENGTH) : null

/** Only what can be the source of an image. */
function pictureOf (picture: unknown): string | null {
  return typeof picture === 'string' && /^(?:\/(?![/\\])|https:\/\/|data:image\/)/i.test(picture) ? picture : null
}
