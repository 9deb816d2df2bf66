/**
 * Bare Fastify: the same JSON for everybody, without cookies and without a database.
 * @module
 */
import { type Contestant, createApp, serve } from './contestant.js'

export async function start (): Promise<Contestant> {
  return await serve(createApp(), () => 'user-00000', async () => {})
}
