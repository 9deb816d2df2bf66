/**
 * One port with TLS for the servers of many hosts. A host may have several, which take turns, and others later.
 * @module
 */
import { once } from 'node:events'
import type { IncomingMessage } from 'node:http'
import { createServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import type { FastifyInstance } from 'fastify'
import type { Test } from 'tap'
import type { LabCa } from './lab-ca.js'

/** What stands in front of the servers. */
export interface TlsFront {
  port: number
  /** From now on the requests of this host go to these servers, in turn. */
  serve(host: string, ...apps: FastifyInstance[]): void
}

/** It ends with the test. */
export async function openTlsFront (t: Test, { key, cert }: Pick<LabCa, 'key' | 'cert'>): Promise<TlsFront> {
  const hosts = new Map<string, FastifyInstance[]>()

  function next ({ headers }: IncomingMessage): FastifyInstance {
    const apps = hosts.get(String(headers.host).replace(/:\d+$/, ''))!
    apps.push(apps.shift()!)
    return apps.at(-1)!
  }

  const server = createServer({ key, cert }, (request, response) => { next(request).routing(request, response) })
  server.on('upgrade', (request, socket, head) => { next(request).server.emit('upgrade', request, socket, head) })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.teardown(() => {
    server.close()
    server.closeAllConnections()
  })
  return {
    port: (server.address() as AddressInfo).port,
    serve: (host, ...apps) => { hosts.set(host, apps) }
  }
}
