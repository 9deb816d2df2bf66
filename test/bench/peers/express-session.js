/**
 * Express with express-session and connect-mongo: as shipped, or tuned (variant `tuned`) as a careful host does it.
 * @module
 */
import { once } from 'node:events'
import MongoStore from 'connect-mongo'
import express from 'express'
import session from 'express-session'
import { MongoClient } from 'mongodb'

const DAY = 24 * 60 * 60

export async function start ({ uri, database, secret, variant }) {
  const client = await new MongoClient(uri).connect()
  const tuned = variant === 'tuned'
  const app = express()
  app.use(session({
    secret,
    store: MongoStore.create({ client, dbName: database, collectionName: 'sessions', ...tuned && { touchAfter: DAY } }),
    cookie: { secure: false, maxAge: 90 * DAY * 1000 },
    // What express-session does when nobody says otherwise; it only warns if nobody does.
    resave: !tuned,
    saveUninitialized: !tuned
  }))
  app.get('/', (request, response) => {
    const user = request.session.user ?? null
    response.status(user === null ? 401 : 200).json({ user })
  })
  app.post('/sign-in/:user', (request, response, next) => {
    request.session.regenerate(error => {
      if (error) return next(error)
      request.session.user = request.params.user
      response.json({ user: request.params.user })
    })
  })
  const server = app.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return { url: `http://127.0.0.1:${server.address().port}` }
}
