/** A host's plugin, as @fastify/autoload finds it. */
import type { FastifyPluginAsync } from 'fastify'
import fp from 'fastify-plugin'
import { loginSessions, memoryStore } from '../../../../plugin/index.js'
import { SECRET, verifyPassword } from '../../../support/app.js'

const sessions: FastifyPluginAsync = fp(async app => {
  await app.register(loginSessions, { secret: SECRET, store: memoryStore(), verifyPassword })
})

export default sessions
