/**
 * What every server of the comparison is: `GET /` answers `{ "user": ... }` to the user of the cookie and 401 to anybody
 * else, `GET /public` answers everybody (`{ "user": null }` to a visitor), and `POST /sign-in/:user` signs in.
 * @module
 */
import Fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify'

/** What a server's process is started with. */
export interface ContestantOptions {
  /** Name of the server: a file in `servers/` or in `peers/`. */
  server: string
  /** Connection string of MongoDB, and the database that the server has for itself. */
  uri: string
  database: string
  /** Signs the cookies. */
  secret: string
  /** URL of the plugin's built `index.js`. */
  plugin: string
  /** URL of the folder `peers/`. */
  peers: string
  /** What differs between two kinds with one server; each server knows its own. */
  variant?: string
}

/** A server that listens. */
export interface Contestant {
  url: string
}

/** What each file in `servers/` and `peers/` exports. */
export interface ContestantModule {
  start(options: ContestantOptions): Promise<Contestant>
}

/** How a server knows the user of a request; null: a visitor. */
export type UserOf = (request: FastifyRequest) => string | null

/** How a server signs this user in. */
export type SignIn = (user: string, request: FastifyRequest, reply: FastifyReply) => Promise<void>

/** Fastify as the kinds have it: without a log. */
export function createApp (): FastifyInstance {
  return Fastify()
}

/** Adds the three routes and listens. */
export async function serve (app: FastifyInstance, userOf: UserOf, signIn: SignIn): Promise<Contestant> {
  app.get('/', async (request, reply) => {
    const user = userOf(request)
    if (user === null) reply.code(401)
    return { user }
  })
  app.get('/public', async request => ({ user: userOf(request) }))
  app.post<{ Params: { user: string } }>('/sign-in/:user', async (request, reply) => {
    await signIn(request.params.user, request, reply)
    return { user: request.params.user }
  })
  return { url: await app.listen({ host: '127.0.0.1', port: 0 }) }
}
