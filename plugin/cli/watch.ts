/**
 * `watch`: each start and end of a session as it happens, on whatever server.
 * @module
 */
import { once } from 'node:events'
import type { ChangeStreamDeleteDocument, ChangeStreamDocument, ChangeStreamInsertDocument, Document } from 'mongodb'
import { idOf, userKeyOf } from '../sessions/key.js'
import type { LoginSession } from '../sessions/login-session.js'
import { isRefusal, readChanges } from '../stores/mongo-changes.js'
import { EXIT, Failure, UNAUTHORIZED } from './failure.js'
import type { Call } from './sessions.js'
import { print, say } from './terminal.js'
import { deviceOf, toJson, withoutControls } from './words.js'

/** A line. */
export type SessionEvent =
  | { event: 'start', at: Date } & Pick<LoginSession, 'id' | 'userId' | 'ip' | 'device'>
  /** `userId` is null if the session began before the watch. It may have been a visitor's then. */
  | { event: 'end', at: Date, id: string, userId: string | null }

/** Sessions whose users are remembered until they end. */
const MOST_REMEMBERED = 100_000

/** Prints until Ctrl-C. @param userId undefined: all users */
export async function watch ({ io, options, target: { sessions, where } }: Call, userId: string | undefined): Promise<void> {
  if (io.signal.aborted) return
  const eventOf = createEvents(userId)
  let stop!: () => Promise<void>
  const failed = new Promise<never>((_resolve, reject) => {
    stop = readChanges(sessions, stagesFor(userId), {
      opened () { say(io, `Watching ${where}: Ctrl-C ends it.`) },
      changed (change) {
        const event = eventOf(change)
        if (event !== null) print(io, options.json === true ? toJson(event) : lineOf(event))
      },
      ended (error) { reject(refusalOf(error, where)) }
    })
  })
  try {
    await Promise.race([once(io.signal, 'abort'), failed])
  } finally {
    await stop()
  }
}

function refusalOf (error: Error, where: string): Error {
  const { code } = error as Error & { code?: unknown }
  if (!isRefusal(error) || code === UNAUTHORIZED) return error
  return new Failure(EXIT.wrong, `watch needs a replica set: the server of ${where} stands alone.`)
}

/** Session data and hashes of tokens do not leave the server. */
function stagesFor (userId: string | undefined): Document[] {
  // The keys of one user begin alike. Another user's may, too, with a probability of 1 to 2^48.
  const key = userId === undefined ? {} : { 'documentKey._id': { $gte: userKeyOf(userId), $lt: `${userKeyOf(userId)}~` } }
  const shown = ['userId', 'createdAt', 'ip', 'device'].map(name => [`fullDocument.${name}`, 1])
  return [
    { $match: { operationType: { $in: ['insert', 'delete', 'drop', 'dropDatabase', 'rename', 'invalidate'] }, ...key } },
    { $project: { operationType: 1, documentKey: 1, clusterTime: 1, ...Object.fromEntries(shown) } }
  ]
}

/** What a change means; null: it concerns a visitor session. @param most how many sessions are remembered */
export function createEvents (
  watchedId: string | undefined, most: number = MOST_REMEMBERED
): (change: ChangeStreamDocument<any>) => SessionEvent | null {
  /** By key. null: a visitor session. */
  const users = new Map<string, string | null>()

  function remember (key: string, userId: string | null): void {
    users.set(key, userId)
    if (users.size > most) users.delete(users.keys().next().value!)
  }

  return change => {
    if (change.operationType === 'insert') {
      const { userId = null, createdAt, ip, device } = change.fullDocument
      remember(keyOf(change), userId)
      return userId === null ? null : { event: 'start', at: createdAt, id: idOf(keyOf(change)), userId, ip, device }
    }
    if (change.operationType !== 'delete') throw new Failure(EXIT.failed, 'The collection was dropped or renamed.')
    const key = keyOf(change)
    const userId = watchedId ?? users.get(key)
    users.delete(key)
    return userId === null ? null : { event: 'end', at: new Date(change.clusterTime!.t * 1000), id: idOf(key), userId: userId ?? null }
  }
}

const keyOf = ({ documentKey }: ChangeStreamInsertDocument | ChangeStreamDeleteDocument): string => String(documentKey._id)

function lineOf (event: SessionEvent): string {
  const words = event.event === 'start' ? [event.ip ?? '-', deviceOf(event)] : []
  return [event.at.toISOString(), event.event.padEnd(5), event.id, event.userId ?? '-', ...words].map(withoutControls).join('  ')
}
