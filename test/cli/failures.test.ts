/** What the command line says if the server refuses or fails, on a server that stands alone. */
import { MongoClient } from 'mongodb'
import t from 'tap'
import { failureOf } from '../../plugin/cli/failure.js'
import { bytesOf, counted, toJson, toTable } from '../../plugin/cli/words.js'
import { cli } from '../support/cli.js'
import { failCommands } from '../support/fail-command.js'
import { aRecord } from '../support/records.js'
import { startStandAlone } from '../support/stand-alone.js'

const member = await startStandAlone(t)
const uri = `mongodb://${member.host}/shop`
const client = new MongoClient(uri)
const sessions = client.db().collection<any>('loginSessions')
await sessions.insertMany(Array.from({ length: 1500 }, (_, index) => aRecord({ userId: `user-${index}`, createdAt: new Date(0) })))
await client.close()

/** The name by which the command line connects. */
const APP = 'fastify-login-sessions'
const on = async (...args: string[]) => await cli(['--uri', uri, ...args])

t.test('watch needs a replica set', async t => {
  t.strictSame(await on('watch'), { code: 2, out: '', err: 'watch needs a replica set: the server of shop.loginSessions stands alone.\n' })
})

t.test('what the user may not do', async t => {
  const refused = { code: 1, out: '', err: 'The user of the URI may not do this in shop.loginSessions: give it the role readWrite there.\n' }
  const armed = await failCommands(member, APP, ['aggregate', 'delete', 'findAndModify'], { errorCode: 13 })
  t.strictSame(await on('watch'), refused)
  t.strictSame(await on('list', 'user-7'), refused)
  t.strictSame(await on('revoke', 'user-7', 'x'), refused)
  t.strictSame(await on('revoke-everyone', '--yes'), refused)
  const { code, out } = await on('indexes')
  t.equal(code, 2)
  t.match(out, /_id_ +look-ups +unknown\n/, 'sizes are not known then')
  await armed.disarm()
})

t.test('a failure on the way says how far it got', async t => {
  // Each page is removed by two commands.
  const data = { failCommands: ['delete'], appName: APP, errorCode: 50 }
  await member.command({ configureFailPoint: 'failCommand', mode: { skip: 2 }, data })
  t.strictSame(await on('revoke-everyone', '--yes'), { code: 1, out: '', err: 'It failed after 1,000 sessions. Run it again.\n' })
  await member.command({ configureFailPoint: 'failCommand', mode: 'off' })
  t.strictSame(await on('revoke-everyone', '--yes'), { code: 0, out: 'Ended 500 sessions.\n', err: '' })
})

t.test('a server that ends meanwhile does not answer', async t => {
  await member.kill()
  t.match(await on('stats'), { code: 1, out: '', err: /^The server does not answer/ })
})

t.test('credentials and control characters of an error are not shown', async t => {
  const { exitCode, message } = failureOf(new Error('no mongodb://ada:secret@db\u001b[2J.example'), 'shop')
  t.strictSame([exitCode, message], [1, 'It failed: no mongodb://db[2J.example'])
})

t.test('words', async t => {
  t.strictSame([0, 1, 999, 1000, 1_234_567, 5e15].map(bytesOf), ['0 B', '1 B', '999 B', '1 kB', '1.23 MB', '5000 TB'])
  t.strictSame([0, 1, 1200].map(count => counted(count, 'session')), ['0 sessions', '1 session', '1,200 sessions'])
  t.equal(toTable([['A', 'LONG', ''], ['longer', 'b\u202e', '']]), 'A       LONG\nlonger  b')
  t.equal(toJson('\u202e\u{e0041}\u0007ü'), '"\\u202e\\udb40\\udc41\\u0007ü"')
})
