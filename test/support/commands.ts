/**
 * What the driver really sends to mongod.
 * @module
 */
import type { Collection, CommandStartedEvent, Document, MongoClient } from 'mongodb'

export interface Commands {
  /** The commands on the collection since the last `forget`, in order: `['find', 'update']`. */
  names(): string[]
  /** How many of this name, or of all. */
  count(name?: string): number
  /** Their documents, as sent. */
  documents(name?: string): Document[]
  forget(): void
}

/** Collects the commands that this client sends on this collection. */
export function commandsOn (collection: Collection<any>, client: MongoClient): Commands {
  let seen: CommandStartedEvent[] = []
  client.on('commandStarted', event => {
    const { command, commandName, databaseName } = event
    if (databaseName === collection.dbName && command[commandName] === collection.collectionName) seen.push(event)
  })
  const named = (name?: string): CommandStartedEvent[] => seen.filter(event => name === undefined || event.commandName === name)
  return {
    names: () => seen.map(event => event.commandName),
    count: name => named(name).length,
    documents: name => named(name).map(event => event.command),
    forget () { seen = [] }
  }
}
