/**
 * The plugin on MongoDB. The variant is `touchEvery`, in ms.
 *
 * Without one, no touch is due while the bench runs. The rounds visit each session many times within seconds and then
 * leave it alone for minutes; with the default of one minute, a round of 10,000 sessions would write as many touches as
 * 10,000 users do in a minute, within a second. The kind `ours-touch` has a touch due at every request.
 * @module
 */
import { MongoClient } from 'mongodb'
import { type Contestant, type ContestantOptions, createApp, serve } from './contestant.js'

const DAY = 24 * 60 * 60_000

export async function start ({ uri, database, secret, plugin, variant }: ContestantOptions): Promise<Contestant> {
  const { default: loginSessions, mongoStore } = await import(plugin) as typeof import('../../../../plugin/index.js')
  const client = await new MongoClient(uri).connect()
  const app = createApp()
  await app.register(loginSessions, {
    secret,
    store: mongoStore(client.db(database).collection('loginSessions')),
    idleTimeout: 30 * DAY,
    touchEvery: variant === undefined ? DAY : Number(variant)
  })
  return await serve(app, request => request.loginSession?.userId ?? null, async (user, request) => {
    await request.startLoginSession(user)
  })
}
