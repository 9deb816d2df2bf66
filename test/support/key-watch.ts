/**
 * Looks at every command that `mongoStore` sends on a collection of sessions: its filter must name `_id`, or a range of it, so
 * that a sharded collection sends the command to one shard. The operators' searches are the exception: they have a mark, and
 * only commands that read may have it.
 *
 * A test's own look-ups on the same collection do not count. Who calls the driver decides that: whatever a file of
 * `plugin/stores/` begins is the plugin's, on whatever client.
 * @module
 */
import { AsyncLocalStorage } from 'node:async_hooks'
import { createRequire } from 'node:module'
import { AbstractCursor, ChangeStream, Collection, Db, type Document } from 'mongodb'
import { OPERATORS } from '../../plugin/stores/mongo-overview.js'

/** What has been looked at. */
export interface KeyWatch {
  /** How many commands of each name. */
  counts: Map<string, number>
  /** How many of them are the operators' and need no key, of each name. */
  operators: Map<string, number>
  /** Those that name no key, in words. */
  broken: string[]
}

/** Commands on a collection that concern none of its records, or end a command that named its keys. `getMore` names a cursor. */
const EXEMPT = ['createIndexes', 'killCursors']

const fromPlugin = new AsyncLocalStorage<true>()

/** Does this as if a file of `plugin/stores/` did it. */
export const asPlugin = <T>(work: () => Promise<T>): Promise<T> => fromPlugin.run(true, work)

/** Watches this process's driver from now on, on all its clients. */
export function watchKeys (): KeyWatch {
  const watch: KeyWatch = { counts: new Map(), operators: new Map(), broken: [] }
  for (const owner of [Collection, Db, AbstractCursor, ChangeStream]) markCallsOf(owner.prototype)
  // Every command of every client passes here. The driver exports no such class, so this fails loudly if it moves.
  const { Connection } = createRequire(import.meta.url)('mongodb/lib/cmap/connection.js')
  const { command: send } = Connection.prototype
  Connection.prototype.command = function command (...args: [namespace: object, command: Document]) {
    if (fromPlugin.getStore()) look(args[1], watch)
    return Reflect.apply(send, this, args)
  }
  return watch
}

/** What may come of a stream: of each change its kind, its key, and what the command line prints of a session that starts. */
const STREAMED = new Set(['operationType', 'documentKey', 'clusterTime', ...['userId', 'createdAt', 'ip', 'device'].map(name => `fullDocument.${name}`)])

/**
 * A stream of changes may concern no key: it is one for each process, and it asks every shard. It must be of one collection, and of
 * named kinds of changes, and no session data or hash may come of it.
 */
export function isNarrowStream ({ pipeline: [stream, ...stages] }: Document): boolean {
  const { allChangesForCluster, fullDocument } = stream?.$changeStream ?? { fullDocument: 'none' }
  if (allChangesForCluster !== undefined || fullDocument !== undefined) return false
  return stages.length === 2 && stages[0].$match?.operationType !== undefined &&
    stages[1].$project !== undefined && Object.entries(stages[1].$project).every(([name, shown]) => shown === 1 && STREAMED.has(name))
}

function look (command: Document, { counts, operators, broken }: KeyWatch): void {
  const [name = ''] = Object.keys(command)
  // `hello`, `listCollections` and the like have no collection.
  if (typeof command[name] !== 'string' || EXEMPT.includes(name)) return
  const isStream = name === 'aggregate' && isNarrowStream(command)
  const counted = isStream ? '$changeStream' : name
  counts.set(counted, (counts.get(counted) ?? 0) + 1)
  if (isOperators(command)) operators.set(name, (operators.get(name) ?? 0) + 1)
  else if (!isStream && !namesKey(command)) broken.push(`${name} ${JSON.stringify(command[name])}: ${JSON.stringify(filtersOf(command)).slice(0, 300)}`)
}

/** A read of the operators: it may ask every shard. A write with the same mark may not. */
export const isOperators = (command: Document): boolean =>
  command.comment === OPERATORS && ['find', 'aggregate', 'count'].includes(Object.keys(command)[0]!)

/** Does every part of this command name the keys of its records? */
export function namesKey (command: Document): boolean {
  const filters = filtersOf(command)
  return filters.length > 0 && filters.every(filter => isKeyOrRange(filter?._id))
}

/** The filters of a command; what is inserted is its own filter. A command that is not known here has none. */
function filtersOf (command: Document): Array<Document | undefined> {
  const [name] = Object.keys(command)
  switch (name) {
    case 'find': return [command.filter]
    case 'count': case 'distinct': case 'findAndModify': return [command.query]
    case 'insert': return listOf(command.documents)
    case 'update': return listOf(command.updates).map(({ q }) => q)
    case 'delete': return listOf(command.deletes).map(({ q }) => q)
    case 'aggregate': return [command.pipeline[0]?.$match]
    default: return []
  }
}

/** The driver sends many documents as a sequence of their own. */
const listOf = (documents: Document[] | { documents: Document[] }): Document[] => Array.isArray(documents) ? documents : documents.documents

function isKeyOrRange (key: unknown): boolean {
  if (typeof key === 'string') return true
  if (typeof key !== 'object' || key === null) return false
  const { $eq, $in, $gte, $lt } = key as Document
  return typeof $eq === 'string' || Array.isArray($in) || (typeof $gte === 'string' && typeof $lt === 'string')
}

/** Whatever a file of `plugin/stores/` calls here is marked, and so are the commands that come of it. */
function markCallsOf (prototype: object): void {
  for (const name of Reflect.ownKeys(prototype)) {
    const { value } = Object.getOwnPropertyDescriptor(prototype, name)!
    if (typeof value !== 'function' || name === 'constructor') continue
    const marked = function (this: unknown, ...args: unknown[]): unknown {
      const call = (): unknown => Reflect.apply(value, this, args)
      return isCalledByPlugin(marked) ? fromPlugin.run(true, call) : call()
    }
    Object.defineProperty(prototype, name, { value: marked, configurable: true, writable: true })
  }
}

function isCalledByPlugin (called: Function): boolean {
  if (fromPlugin.getStore()) return false
  const { stackTraceLimit } = Error
  Error.stackTraceLimit = 1
  const caller: { stack?: string } = {}
  Error.captureStackTrace(caller, called)
  Error.stackTraceLimit = stackTraceLimit
  return /[\\/](?:plugin|dist)[\\/]stores[\\/]/.test(caller.stack!)
}
