/** The account page under the path of this folder. */
import type { FastifyInstance } from 'fastify'
import { loginSessionPages } from '../../../../../../plugin/index.js'

export default async function sessions (app: FastifyInstance): Promise<void> {
  await app.register(loginSessionPages, { prefix: '/' })
}
