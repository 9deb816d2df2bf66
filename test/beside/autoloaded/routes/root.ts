/** Routes of a host, as @fastify/autoload finds them. */
import type { FastifyInstance } from 'fastify'
import { shopRoutes } from '../../../support/shop-routes.js'

export default async function root (app: FastifyInstance): Promise<void> {
  shopRoutes(app)
}
