/**
 * Shows a scanner what leaves a process: the responses of every Fastify server in it, the lines of every logger, and what
 * is written to its databases.
 * @module
 */
import { subscribe } from 'node:diagnostics_channel'
import type { OutgoingHttpHeaders, ServerResponse } from 'node:http'
import { inspect } from 'node:util'
import Fastify, { type FastifyInstance } from 'fastify'
import type { Db, MongoClient } from 'mongodb'
import type { Scanner, Source } from './token-scanner.js'

/** Servers made from now on are watched, whoever makes them; one without a logger gets one that nobody hears. */
export function watchServers (scanner: Scanner): void {
  const silent = Fastify({ logger: { level: 'trace', stream: { write () {} } } }).log
  subscribe('fastify.initialization', message => {
    const { fastify: app } = message as { fastify: FastifyInstance }
    app.addHook('onRequest', (request, reply, done) => {
      watchResponse(reply.raw, `${request.method} ${request.url}`, scanner)
      done()
    })
    if (app.log.level === undefined) app.setChildLoggerFactory((_none, bindings, options) => silent.child(bindings, options))
  })
  subscribe('tracing:pino_asJson:end', message => {
    watchLine((message as { result: string }).result, scanner)
  })
}

/** A line that a process prints or logs. */
export function watchLine (line: string, scanner: Scanner): void {
  scanner.count('lines')
  scanner.scan(line, 'lines', 'the log line')
}

/** As it goes over the wire, after every hook. */
function watchResponse (response: ServerResponse, request: string, scanner: Scanner): void {
  const { writeHead, write, end } = response
  let tail = ''

  function head (message: string | undefined, headers: OutgoingHttpHeaders): void {
    const { 'set-cookie': cookies, ...others } = headers
    scanner.count('responses')
    scanner.scan(message ?? response.statusMessage ?? '', 'responses', `the status line of ${request}`)
    scanner.cookies([cookies ?? []].flat() as string[], `Set-Cookie of ${request}`)
    for (const [name, value] of Object.entries(others)) scanner.scan(String(value), 'responses', `header ${name} of ${request}`)
  }

  function body (chunk: unknown): void {
    if (typeof chunk !== 'string' && !(chunk instanceof Uint8Array)) return
    // Enough of the last chunk to find what is cut in two.
    const text = tail + (typeof chunk === 'string' ? chunk : Buffer.from(chunk).toString('latin1'))
    scanner.scan(text, 'responses', `the body of ${request}`)
    tail = text.slice(-200)
  }

  Object.assign(response, {
    writeHead (...args: any[]) {
      head(args.find(arg => typeof arg === 'string'), { ...response.getHeaders(), ...args.find(arg => typeof arg === 'object') })
      return Reflect.apply(writeHead, response, args)
    },
    write (...args: any[]) {
      body(args[0])
      return Reflect.apply(write, response, args)
    },
    end (...args: any[]) {
      body(args[0])
      return Reflect.apply(end, response, args)
    }
  })
}

/** What this client sends; the documents that are gone when the test is over included. Needs `monitorCommands`. */
export function watchCommands (client: MongoClient, scanner: Scanner): void {
  client.on('commandStarted', ({ commandName, command }) => { look(command, 'commands', `the command ${commandName}`, scanner) })
}

/** All documents of a database. */
export async function watchDocuments (db: Db, scanner: Scanner): Promise<void> {
  for (const { collectionName, namespace } of await db.collections()) {
    for await (const document of db.collection(collectionName).find()) look(document, 'documents', `a document of ${namespace}`, scanner)
  }
}

/** The same object, a store; what its methods are called with is looked through. */
export function watchedStore<T> (store: T, scanner: Scanner): T {
  if (typeof store !== 'object' || store === null) return store
  return new Proxy(store, {
    get (target, key) {
      const value = Reflect.get(target, key)
      if (typeof value !== 'function') return value
      return (...args: unknown[]) => {
        look(args, 'commands', `a call of the store's ${String(key)}`, scanner)
        return Reflect.apply(value, target, args)
      }
    }
  })
}

function look (value: unknown, source: Source, where: string, scanner: Scanner): void {
  scanner.count(source)
  scanner.scan(textOf(value), source, where)
}

function textOf (value: unknown): string {
  try {
    return JSON.stringify(value)
  } catch {
    // Circles and big integers.
    return inspect(value, { depth: Infinity, maxArrayLength: Infinity, maxStringLength: Infinity, breakLength: Infinity })
  }
}
