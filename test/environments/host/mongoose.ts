/** A host whose collection is mongoose's, whose driver is a copy of its own. */
import { mongoStore } from 'fastify-login-sessions'
import mongoose from 'mongoose'

export const store = mongoStore(mongoose.connection.db!.collection('loginSessions'))
