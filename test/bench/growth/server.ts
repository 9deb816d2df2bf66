/**
 * The process of a server whose collection is as large as it is: the routes of the comparison, and the verbs of
 * `app.loginSessions` timed one after another.
 * @module
 */
import { MongoClient } from 'mongodb'
import { idOf, keyOf } from '../../../plugin/sessions/key.js'
import { createApp, serve } from '../compare/servers/contestant.js'
import { COLLECTION, EACH, type GrowthServerOptions, type Order, type OrderAnswer, type Verb } from './orders.js'

const DAY = 24 * 60 * 60_000
const { uri, database, secret, plugin }: GrowthServerOptions = JSON.parse(process.argv[2]!)
const { default: loginSessions, mongoStore } = await import(plugin) as typeof import('../../../plugin/index.js')
const client = await new MongoClient(uri).connect()
const collection = client.db(database).collection<any>(COLLECTION)
const app = createApp()
await app.register(loginSessions, { secret, store: mongoStore(collection), idleTimeout: 30 * DAY, touchEvery: DAY })

/** Milliseconds for each user. What is revoked is put back, so that every round finds the same records. */
async function time ({ verb, users }: Order): Promise<number[]> {
  const times: number[] = []
  for (const user of users) {
    const before = performance.now()
    const sessions = await app.loginSessions.list(user)
    const listed = performance.now() - before
    if (sessions.length !== EACH) throw new Error(`${user} has ${sessions.length} sessions instead of ${EACH}`)
    times.push(verb === 'list' ? listed : await timeRevocation(verb, user, sessions))
  }
  return times
}

type Sessions = Awaited<ReturnType<typeof app.loginSessions.list>>

async function timeRevocation (verb: Verb, user: string, sessions: Sessions): Promise<number> {
  const ids = sessions.map(({ id }) => keyOf(user, id))
  const records = await collection.find({ _id: { $in: ids } }).toArray()
  const before = performance.now()
  const ended = verb === 'revoke one'
    ? await app.loginSessions.revoke(user, sessions[1]!.id) === null ? 0 : 1
    : await app.loginSessions.revokeOthers(sessions[0]!)
  const took = performance.now() - before
  const expected = verb === 'revoke one' ? 1 : EACH - 1
  if (ended !== expected || records.length !== EACH) throw new Error(`${verb} of ${user} ended ${ended} sessions instead of ${expected}`)
  const gone = records.filter(({ _id }) => verb === 'revoke one' ? idOf(_id) === sessions[1]!.id : idOf(_id) !== sessions[0]!.id)
  await collection.insertMany(gone)
  return took
}

process.on('message', (order: Order) => {
  const answer = (message: OrderAnswer): unknown => process.send!(message)
  time(order).then(times => answer({ times }), error => answer({ error: String(error) }))
})
process.once('disconnect', () => process.exit(0))

const { url } = await serve(app, request => request.loginSession?.userId ?? null, async (user, request) => {
  await request.startLoginSession(user)
})
process.send!({ url })
