/** The built program, as a process of its own. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import t from 'tap'
import { mongoStore } from '../../plugin/index.js'
import { idOf } from '../../plugin/sessions/key.js'
import { database } from '../support/mongo.js'
import { poll } from '../support/poll.js'
import { aRecord } from '../support/records.js'
import { root } from '../support/root.js'
import { unmeasuredNode } from '../support/unmeasured.js'

const { db, client } = await database(t)
const sessions = db.collection<any>('loginSessions')
const record = aRecord()
await mongoStore(sessions).insert(record)
const uri = `mongodb://${client.options.hosts.join(',')}/${db.databaseName}?replicaSet=${client.options.replicaSet}`
const { bin } = JSON.parse(readFileSync(`${root}package.json`, 'utf8'))

/** Starts it. Its standard input is no terminal. */
function start (...args: string[]) {
  const [command, words] = unmeasuredNode(bin['fastify-login-sessions'], ...args)
  const child = spawn(command, words, { cwd: root, env: { ...process.env, MONGODB_URI: uri }, stdio: ['ignore', 'pipe', 'pipe'] })
  const printed = { out: '', err: '' }
  child.stdout.on('data', chunk => { printed.out += chunk })
  child.stderr.on('data', chunk => { printed.err += chunk })
  return { child, printed, code: once(child, 'close').then(([code]) => code as number) }
}

t.test('its result goes to stdout', async t => {
  const { printed, code } = start('list', 'ada', '--json')
  t.equal(await code, 0)
  t.equal(printed.err, '')
  t.equal(JSON.parse(printed.out).sessions[0].id, idOf(record._id))
})

t.test('without a terminal it ends nothing, unless --yes is there', async t => {
  const { printed, code } = start('revoke-everyone')
  t.equal(await code, 2)
  t.match(printed, { out: '', err: /write --yes if you are sure/ })
  t.equal(await sessions.countDocuments(), 1)
})

t.test('a reader that goes away ends it quietly', async t => {
  for (const stream of ['stdout', 'stderr'] as const) {
    const { child, printed, code } = start('list', stream === 'stdout' ? 'ada' : 'nobody')
    child[stream].destroy()
    t.equal(await code, stream === 'stdout' ? 0 : 3)
    t.strictSame(printed, { out: '', err: '' })
  }
  const { child, printed, code } = start('watch')
  await poll('the stream', () => printed.err.includes('Watching') || undefined)
  child.stdout.destroy()
  await mongoStore(sessions).insert(aRecord({ userId: 'eve' }))
  t.equal(await code, 0)
  t.notMatch(printed.err, 'EPIPE')
  await sessions.deleteOne({ userId: 'eve' })
})

t.test('Ctrl-C ends a watch in order', async t => {
  const { child, printed, code } = start('watch')
  await poll('the stream', () => printed.err.includes('Watching') || undefined)
  child.kill('SIGINT')
  t.equal(await code, 0)
})
