/**
 * Preloaded by the example's process in the tests: what it answers, logs, prints and stores is scanned for secrets.
 * @module
 */
import { subscribe } from 'node:diagnostics_channel'
import type { FastifyInstance } from 'fastify'
import { MongoClient } from 'mongodb'
import './key-scan.js'
import { tokenScan } from './token-scan.js'
import { watchDocuments, watchLine } from './token-watch.js'

const { MONGODB_URI: uri } = process.env

for (const stream of [process.stdout, process.stderr]) {
  const write = stream.write.bind(stream) as (...args: any[]) => boolean
  stream.write = (text: unknown, ...rest: unknown[]) => {
    watchLine(String(text), tokenScan)
    return write(text, ...rest)
  }
}

if (uri) {
  subscribe('fastify.initialization', message => {
    const { fastify: app } = message as { fastify: FastifyInstance }
    // The first to be added is the last to run: everything is written by then.
    app.addHook('onClose', async () => {
      const client = new MongoClient(uri)
      await watchDocuments(client.db(), tokenScan)
      await client.close()
    })
  })
}
