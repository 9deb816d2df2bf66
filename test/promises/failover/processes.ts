/**
 * Starts servers as processes of their own, whose clocks differ, and talks to them as to servers of this process.
 * @module
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { Agent, type IncomingHttpHeaders, request as send } from 'node:http'
import { fileURLToPath } from 'node:url'
import type { FastifyInstance, InjectOptions } from 'fastify'
import type { Test } from 'tap'
import type { LoginSessions } from '../../../plugin/index.js'
import { unmeasuredNode } from '../../support/unmeasured.js'

/** What a process is started with. */
export interface ProcessOptions {
  uri: string
  /** It has a hook for ended sessions, and so ends many of them one by one. */
  announces: boolean
}

/** A server in another process. */
export interface ServerProcess {
  /** Sends requests to it, and calls its verbs. */
  app: FastifyInstance
  /** The names of the commands that it has sent. */
  commands(): Promise<string[]>
  /** Closes it, and resolves to the exit code of its process. */
  stop(): Promise<number | null>
}

interface Answer {
  statusCode: number
  headers: IncomingHttpHeaders
  body: string
  json(): any
}

const root = fileURLToPath(new URL('../../../', import.meta.url))

/** Starts one; it ends with the test. @param skew how far its clock is ahead of this machine's, in ms */
export async function startProcess (t: Test, skew: number, options: ProcessOptions): Promise<ServerProcess> {
  const flags = ['--import=./test/support/typescript.js', '--import=./test/promises/failover/shifted-clock.js']
  const [command, args] = unmeasuredNode(...flags, 'test/promises/failover/server.ts', JSON.stringify(options))
  const env = { ...process.env, CLOCK_SKEW: String(skew) }
  const child = spawn(command, args, { cwd: root, env, stdio: ['ignore', 'inherit', 'inherit', 'ipc'] })
  t.teardown(() => { if (child.exitCode === null) child.kill('SIGKILL') })
  const ask = createClient(await urlOf(child))
  return {
    app: { inject: ask, loginSessions: verbsOf(ask) } as unknown as FastifyInstance,
    commands: async () => (await ask({ url: '/host/commands' })).json(),
    async stop () {
      const ended = once(child, 'exit')
      child.send('stop')
      return (await ended)[0]
    }
  }
}

async function urlOf (child: ChildProcess): Promise<string> {
  const failed = once(child, 'exit').then(([code]) => { throw new Error(`a server's process ended with ${String(code)} before it listened`) })
  const [{ url }] = await Promise.race([once(child, 'message'), failed]) as [{ url: string }]
  failed.catch(() => {})
  return url
}

/** Requests over a port, with the options and answers of `app.inject`. */
function createClient (url: string): (options: InjectOptions) => Promise<Answer> {
  const agent = new Agent({ keepAlive: true })
  return async ({ method = 'GET', url: path, payload, headers }) => await new Promise((resolve, reject) => {
    const body = payload === undefined ? undefined : JSON.stringify(payload)
    const message = send(new URL(path as string, url), {
      agent, method, headers: { ...headers, ...(body !== undefined && { 'content-type': 'application/json' }) } as Record<string, string>
    }, response => {
      let text = ''
      response.setEncoding('utf8').on('data', chunk => { text += chunk }).on('error', reject)
      response.on('end', () => resolve({ statusCode: response.statusCode!, headers: response.headers, body: text, json: () => JSON.parse(text) }))
    })
    message.on('error', reject).end(body)
  })
}

/** `app.loginSessions` of the other process; errors have their codes. */
function verbsOf (ask: (options: InjectOptions) => Promise<Answer>): LoginSessions {
  const verbs = ['list', 'find', 'revoke', 'revokeOthers', 'revokeAll'].map(verb => [verb, async (...args: unknown[]) => {
    const answer = await ask({ method: 'POST', url: '/host/verbs', payload: { verb, args } })
    const { result, code, message } = answer.json()
    if (answer.statusCode !== 200) throw Object.assign(new Error(message), { code })
    return result
  }])
  return Object.fromEntries(verbs)
}
