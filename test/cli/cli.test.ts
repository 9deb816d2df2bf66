/** The commands, in this process, on a real MongoDB. */
import t from 'tap'
import { withTarget } from '../../plugin/cli/target.js'
import { createEvents } from '../../plugin/cli/watch.js'
import { INDEXES } from '../../plugin/stores/mongo-collection.js'
import { mongoStore } from '../../plugin/stores/mongo.js'
import { idOf, keyOf, newId } from '../../plugin/sessions/key.js'
import type { LoginSessionRecord } from '../../plugin/sessions/record.js'
import { timers } from '../../plugin/timers.js'
import { cli, type CliOptions, createIo } from '../support/cli.js'
import { after, HOUR, NOW } from '../support/clock.js'
import { database } from '../support/mongo.js'
import { createGate } from '../support/gate.js'
import { poll } from '../support/poll.js'
import { aRecord, aVisitorRecord, BINDING } from '../support/records.js'

const { db, client, collection } = await database(t)
const [uri] = [`mongodb://${client.options.hosts.join(',')}/${db.databaseName}?replicaSet=${client.options.replicaSet}`]

/** The command line goes by the real time. */
const EARLIER = { createdAt: new Date(0) }

/** A collection of its own, and the command line on it. */
async function setup (...records: LoginSessionRecord[]) {
  const sessions = collection()
  await db.createCollection(sessions.collectionName)
  const store = mongoStore(sessions)
  for (const record of records) await store.insert(record)
  return {
    sessions,
    store,
    where: `${db.databaseName}.${sessions.collectionName}`,
    on: async (args: string[], options: CliOptions = {}) =>
      await cli(['--collection', sessions.collectionName, ...args], { env: { MONGODB_URI: uri }, ...options })
  }
}

const usersIn = async (sessions: ReturnType<typeof collection>): Promise<string[]> =>
  (await sessions.find().sort({ userId: 1 }).toArray()).map(({ userId }) => userId)

t.test('list', async t => {
  t.test('prints the sessions of a user, the last active first', async t => {
    const [first, last] = [aRecord(), aRecord({ lastActiveAt: after(NOW, HOUR), ip: null, device: { browser: null, browserVersion: null, os: null, osVersion: null, kind: 'phone', model: null } })]
    const { on } = await setup(first, last, aRecord({ userId: 'eve' }))
    const { code, out, err } = await on(['list', 'ada'])
    t.strictSame([code, err], [0, ''])
    const [head, ...lines] = out.trimEnd().split('\n')
    t.match(head, /^ID +SIGNED IN +LAST ACTIVE +EXPIRES +ADDRESS +DEVICE$/)
    t.strictSame(lines.map(line => line.split(/ {2,}/)), [
      [idOf(last._id), '2100-01-01T12:00:00.000Z', '2100-01-01T13:00:00.000Z', '2100-01-01T13:00:00.000Z', '-', 'phone'],
      [idOf(first._id), '2100-01-01T12:00:00.000Z', '2100-01-01T12:00:00.000Z', '2100-01-01T13:00:00.000Z', '203.0.113.9', 'Chrome on Windows']
    ])
  })

  t.test('says which sessions are bound to their device, if one is', async t => {
    const [bound, free] = [aRecord({ lastActiveAt: after(NOW, HOUR), binding: BINDING }), aRecord()]
    const { on } = await setup(bound, free)
    const [head, ...lines] = (await on(['list', 'ada'])).out.trimEnd().split('\n')
    t.match(head, / ADDRESS +BOUND +DEVICE$/)
    t.strictSame(lines.map(line => line.split(/ {2,}/).slice(-3)), [['203.0.113.9', 'yes', 'Chrome on Windows'], ['203.0.113.9', 'no', 'Chrome on Windows']])
    const { out } = await on(['list', 'ada', '--json'])
    t.strictSame(JSON.parse(out).sessions.map(({ deviceBound }: { deviceBound: boolean }) => deviceBound), [true, false])
    t.notMatch(out, 'x'.repeat(43))
  })

  t.test('prints one JSON document, without tokens and session data', async t => {
    const record = aRecord({ data: { cart: ['a secret book'] } })
    const { on, where } = await setup(record)
    const { code, out } = await on(['--json', 'list', 'ada'])
    t.equal(code, 0)
    const { collection, sessions: [session] } = JSON.parse(out)
    t.strictSame([collection, session.id, session.userId, session.createdAt], [where, idOf(record._id), 'ada', NOW.toISOString()])
    t.notMatch(out, record.tokens[0]!.hash)
    t.notMatch(out, 'secret')
    t.notMatch(out, 'hash')
  })

  t.test('exits with 3 if there is none', async t => {
    const { on, where } = await setup(aRecord())
    t.strictSame(await on(['list', 'eve\u001b[2J']), { code: 3, out: '', err: `"eve[2J" has no session in ${where}.\n` })
    t.strictSame(JSON.parse((await on(['list', 'eve', '--json'])).out), { collection: where, sessions: [] }, 'JSON has its document in this case, too')
  })
})

t.test('what users have chosen cannot control the terminal', async t => {
  const evil = 'Ev\u001b[2J\u009b31m\u202eil\u2028\r\n\u{e0041}'
  const { device } = aRecord()
  const record = aRecord({ userId: evil, ip: evil, userAgent: evil, device: { ...device, browser: evil } })
  const { on } = await setup(record)
  const isPlain = (text: string): boolean => !/[\p{Cf}\p{Zl}\p{Zp}]|(?!\n)\p{Cc}/u.test(text)
  const table = await on(['list', evil])
  t.equal(table.code, 0)
  t.ok(isPlain(table.out))
  t.equal(table.out.split('\n').length, 3)
  const json = await on(['list', evil, '--json'])
  t.ok(isPlain(json.out))
  t.equal(JSON.parse(json.out).sessions[0].userAgent, evil, 'JSON says it exactly')
  const wrong = await on([evil])
  t.equal(wrong.code, 2)
  t.ok(isPlain(wrong.err))
  for (const args of [['revoke', evil, evil], ['revoke', evil], ['watch', evil]]) {
    const { err } = await on(args, { signal: AbortSignal.abort() })
    t.ok(isPlain(err), args[0]!)
  }
})

t.test('revoke', async t => {
  t.test('ends one session', async t => {
    const [one, other] = [aRecord(), aRecord()]
    const { on, sessions, where } = await setup(one, other)
    t.strictSame(await on(['revoke', 'ada', idOf(one._id)]), { code: 0, out: 'Ended 1 session.\n', err: '' })
    t.strictSame((await sessions.find().toArray()).map(({ _id }) => _id), [other._id])
    t.strictSame(await on(['revoke', 'ada', idOf(one._id)]), { code: 3, out: '', err: `"ada" has no session "${idOf(one._id)}" in ${where}.\n` })
    t.strictSame(JSON.parse((await on(['revoke', 'ada', idOf(one._id), '--json'])).out), { collection: where, ended: 0, sessions: [] })
    t.equal((await on(['revoke', 'eve', idOf(other._id)])).code, 3, 'nor is it another user\'s')
    const { out } = await on(['revoke', 'ada', idOf(other._id), '--json'])
    t.match(JSON.parse(out), { collection: where, ended: 1, sessions: [{ id: idOf(other._id) }] })
  })

  t.test('of all sessions asks first', async t => {
    const { on, sessions, where } = await setup(aRecord(), aRecord(), aRecord({ userId: 'eve' }))
    const question = `End 2 sessions of "ada" in ${where}? [y/N] `
    for (const typed of ['n\n', '\n', 'yesterday\n', '']) {
      t.strictSame(await on(['revoke', 'ada'], { typed }), { code: 1, out: '', err: `${question}Nothing was ended.\n` }, typed)
    }
    const unasked = await on(['revoke', 'ada'])
    t.match(unasked, { code: 2, out: '', err: /^End 2 sessions of "ada" in .*\? Nobody is there to answer: write --yes if you are sure\.\n$/ })
    t.strictSame(await usersIn(sessions), ['ada', 'ada', 'eve'])

    t.strictSame(await on(['revoke', 'ada'], { typed: ' Yes\n' }), { code: 0, out: 'Ended 2 sessions.\n', err: question })
    t.strictSame(await usersIn(sessions), ['eve'])
    t.strictSame(await on(['revoke', 'ada', '--yes']), { code: 3, out: '', err: `"ada" has no session in ${where}.\n` })
    t.strictSame(JSON.parse((await on(['revoke', 'ada', '--yes', '--json'])).out), { collection: where, ended: 0 })
    t.strictSame(JSON.parse((await on(['revoke', 'eve', '--yes', '--json'])).out), { collection: where, ended: 1 })
  })

  t.test('can be stopped at its question', async t => {
    const { on, sessions } = await setup(aRecord())
    const stopping = new AbortController()
    const { code, err } = await on(['revoke', 'ada'], { typed: 'no line is over', signal: stopping.signal, onPrinted: () => { stopping.abort() } })
    t.strictSame([code, err.split('] ')[1]], [130, 'Stopped: nothing was ended.\n'])
    t.equal(await sessions.countDocuments(), 1)
  })
})

t.test('revoke can be stopped', async t => {
  const record = aRecord()
  const { on, sessions } = await setup(record)
  for (const args of [['revoke', 'ada', idOf(record._id)], ['revoke', 'ada', '--yes']]) {
    const { code, out } = await on(args, { signal: AbortSignal.abort() })
    t.strictSame([code, out], [130, ''])
  }
  t.equal(await sessions.countDocuments(), 1, 'before it began')

  for (const [args, message] of [
    [['revoke', 'ada', idOf(record._id)], 'Stopped: the session may have ended.\n'],
    [['revoke', 'ada', '--yes'], 'Stopped: some sessions may have ended. Run it again to end all.\n']
  ] as const) {
    const stopping = new AbortController()
    const loadDriver: CliOptions['loadDriver'] = async () => {
      const driver = await import('mongodb')
      class Client extends driver.MongoClient {
        constructor (...given: ConstructorParameters<typeof driver.MongoClient>) {
          super(given[0], { ...given[1], monitorCommands: true })
          // It is stopped when the removal has been sent.
          this.on('commandStarted', ({ commandName }) => { if (/^(?:delete|findAndModify)$/.test(commandName)) stopping.abort() })
        }
      }
      return { ...driver, MongoClient: Client } as never
    }
    t.match(await on([...args], { signal: stopping.signal, loadDriver }), { code: 130, out: '', err: message })
    await mongoStore(sessions).insert(aRecord())
  }
})

t.test('a user or an id that is empty is refused: it is a variable of the shell that is not set', async t => {
  const { on, sessions } = await setup(aRecord())
  for (const args of [['list', ''], ['revoke', '', '--yes'], ['revoke', 'ada', '', '--yes'], ['watch', '']]) {
    t.match(await on(args), { code: 2, out: '', err: /^error: command-argument value '' is invalid for argument '(?:user|id)'\. It is empty\.\n$/ }, args.join(' '))
  }
  t.equal(await sessions.countDocuments(), 1)
})

t.test('revoke-everyone', async t => {
  t.test('ends everybody\'s, and says how many of how many users', async t => {
    const { on, where, sessions } = await setup(aRecord(EARLIER), aRecord(EARLIER), aRecord({ ...EARLIER, userId: 'eve' }), aVisitorRecord(EARLIER))
    const question = `End all sessions in ${where}: 3 sessions of 2 users?`
    t.match(await on(['revoke-everyone']), { code: 2, err: `${question} Nobody` })
    t.strictSame(await on(['revoke-everyone'], { typed: 'y\n' }), { code: 0, out: 'Ended 3 sessions.\n', err: `${question} [y/N] ` })
    t.equal(await sessions.countDocuments(), 1, 'a visitor is nobody\'s login')
    t.strictSame(await on(['revoke-everyone', '--yes']), { code: 0, out: `Nobody has a session in ${where}.\n`, err: '' })
    t.strictSame(JSON.parse((await on(['revoke-everyone', '--yes', '--json'])).out), { collection: where, ended: 0 })
  })

  t.test('of many says how far it is, and after Ctrl-C how far it got', async t => {
    const { on, sessions, where } = await setup()
    await sessions.insertMany(Array.from({ length: 4500 }, (_, index) => aRecord({ userId: `user-${index % 900}`, ...EARLIER })))
    t.match((await on(['stats'])).out, /, estimated from [\d,]+ records\n/)

    const { now } = timers
    let time = 0
    timers.now = () => time++ * 600
    t.teardown(() => { timers.now = now })
    const stopping = new AbortController()
    const stopped = await on(['revoke-everyone', '--yes'], { signal: stopping.signal, onPrinted: text => { if (/ended/.test(text)) stopping.abort() } })
    t.equal(stopped.code, 130)
    const [, ended] = /^[\d,]+ sessions ended\nStopped: ([\d,]+) sessions ended\. The others live on\.\n$/.exec(stopped.err) ?? []
    t.equal(Number(ended!.replace(',', '')), 4500 - await sessions.countDocuments())

    const left = await sessions.countDocuments()
    const { out, err } = await on(['revoke-everyone', '--yes', '--json'])
    t.strictSame(JSON.parse(out), { collection: where, ended: left })
    t.match(err, /^[\d,]+ sessions ended\n/)
  })
})

t.test('stats', async t => {
  const today = new Date()
  const times = { createdAt: today, lastActiveAt: today, expiresAt: after(today, HOUR), endsAt: after(today, HOUR) }
  const { device } = aRecord()
  const { on, store, where } = await setup(aRecord(times), aRecord(times), aRecord({ ...times, userId: 'eve', device: { ...device, os: null, kind: 'program' } }))
  const { code, out } = await on(['stats'])
  t.equal(code, 0)
  const [head, , ...lines] = out.trimEnd().split('\n')
  t.match(head, new RegExp(`^${where} at \\d{4}-.*Z, all were counted$`))
  const rows = lines.map(line => line.trim().split(/ {2,}/).join(' '))
  for (const row of ['sessions 3', 'users 2', `${today.toISOString().slice(0, 10)} 3`, 'devices desktop 2', 'program 1', 'systems Windows 2', 'unknown 1']) t.ok(rows.includes(row), row)
  t.notMatch(out, 'bound')
  t.match(JSON.parse((await on(['stats', '--json'])).out), { collection: where, sample: null, sessions: 3, users: 2, deviceBound: 0 })

  await store.insert(aRecord({ ...times, binding: BINDING }))
  t.match((await on(['stats'])).out, /\nusers +2\nbound +1 \(25%\)\n/)
  t.equal(JSON.parse((await on(['stats', '--json'])).out).deviceBound, 1)
})

t.test('indexes', async t => {
  const { on, sessions, where } = await setup()
  const bare = await on(['indexes'])
  t.strictSame([bare.code, bare.err], [2, 'expiresAt_1 missing: --create makes what is missing.\n'])
  t.match(bare.out, /^INDEX +FOR +SIZE\n_id_ +look-ups +[\d.]+ k?B\nexpiresAt_1 +expiry +missing\ndevice\.kind_1_createdAt_1__id_1 +operators +missing\nip_1_/)

  const created = await on(['indexes', '--create'])
  t.equal(created.code, 0)
  t.match(created.out, /expiresAt_1 +expiry +[\d.]+ k?B/)
  t.match(created.err, /^Making indexes of .*: with many sessions this takes minutes\.\nThe operators' page needs the others: it makes them itself, or write --create --operators\.\n$/)
  t.match(await on(['indexes', '--operators']), { code: 2, err: /^device\.kind_1_createdAt_1__id_1 and ip_1_createdAt_1__id_1 missing/ })

  await sessions.createIndex({ 'device.kind': 1 })
  const all = await on(['indexes', '--create', '--operators', '--json'])
  t.equal(all.code, 0)
  const { collection, indexes } = JSON.parse(all.out)
  t.equal(collection, where)
  t.equal(indexes.length, 2 + INDEXES.length)
  t.ok(indexes.every(({ bytes, missing }: { bytes: number, missing: boolean }) => bytes > 0 && !missing))
  t.strictSame(indexes.filter(({ purpose }: { purpose: string }) => purpose === 'other').map(({ name }: { name: string }) => name), ['device.kind_1'])
  t.strictSame((await on(['indexes', '--operators'])).err, '')
})

t.test('an index with other options is not the one that is needed', async t => {
  const { on, sessions } = await setup()
  await sessions.createIndex({ expiresAt: 1 })
  const { code, out } = await on(['indexes'])
  t.equal(code, 2)
  t.match(out, /expiresAt_1 +other +[\d.]+ k?B\nexpiresAt_1 +expiry +missing/)
  t.match(await on(['indexes', '--create']), { code: 1, out: '', err: /\nthe index on "expiresAt" of .* could not be made.* must be dropped first/ })
})

t.test('watch', async t => {
  t.test('prints each start and end, and none of visitors', async t => {
    const before = aRecord()
    const { on, store, where } = await setup(before)
    const stopping = new AbortController()
    let printed = ''
    const watching = on(['watch'], { signal: stopping.signal, onPrinted: text => { printed += text } })
    const seen = async (text: string) => await poll(text, () => printed.includes(text) || undefined)
    await seen(`Watching ${where}: Ctrl-C ends it.\n`)
    const [visitor, one, phone] = [aVisitorRecord(), aRecord({ data: { cart: ['a secret book'] } }), aRecord({ userId: 'eve', ip: null })]
    await store.insert(visitor)
    await store.insert(one)
    await store.remove(visitor._id, undefined)
    await store.remove(one._id, 'ada')
    await store.remove(before._id, 'ada')
    await store.insert(phone)
    await seen(idOf(phone._id))
    stopping.abort()
    const { code, out } = await watching
    t.equal(code, 0)
    const lines = out.trimEnd().split('\n').map(line => line.split(/ {2,}/))
    t.strictSame(lines.map(([, ...words]) => words), [
      ['start', idOf(one._id), 'ada', '203.0.113.9', 'Chrome on Windows'],
      ['end', idOf(one._id), 'ada'],
      ['end', idOf(before._id), '-'],
      ['start', idOf(phone._id), 'eve', '-', 'Chrome on Windows']
    ])
    t.ok(lines.every(([at]) => /^\d{4}-\d\d-\d\dT[\d:.]+Z$/.test(at!)))
    t.notMatch(out, 'secret')
  })

  t.test('of one user, as one JSON document in each line', async t => {
    const before = aRecord()
    const { on, store } = await setup(before)
    const stopping = new AbortController()
    let printed = ''
    const watching = on(['watch', 'ada', '--json'], { signal: stopping.signal, onPrinted: text => { printed += text } })
    const seen = async (text: string) => await poll(text, () => printed.includes(text) || undefined)
    await seen('Watching')
    const [theirs, own] = [aRecord({ userId: 'eve' }), aRecord()]
    await store.insert(theirs)
    await store.remove(before._id, 'ada')
    await store.insert(own)
    await seen(idOf(own._id))
    stopping.abort()
    const events = (await watching).out.trimEnd().split('\n').map(line => JSON.parse(line))
    t.match(events, [
      { event: 'end', id: idOf(before._id), userId: 'ada' },
      { event: 'start', id: idOf(own._id), userId: 'ada', at: NOW.toISOString(), ip: '203.0.113.9', device: { browser: 'Chrome' } }
    ])
    t.equal(events.length, 2)
    t.strictSame(Object.keys(events[1]).sort(), ['at', 'device', 'event', 'id', 'ip', 'userId'])
  })

  t.test('ends with its collection', async t => {
    const { on, sessions } = await setup(aRecord())
    const watching = createGate()
    const watch = on(['watch'], { onPrinted: text => { if (/Watching/.test(text)) watching.open() } })
    await watching.passed
    await sessions.drop()
    const { code, err } = await watch
    t.strictSame([code, err.split('\n')[1]], [1, 'The collection was dropped or renamed.'])
  })

  t.test('remembers the users of so many sessions', async t => {
    const eventOf = createEvents(undefined, 1)
    const [one, other] = [keyOf('ada', newId()), keyOf('eve', newId())]
    const start = (_id: string, userId: string) => eventOf({ operationType: 'insert', documentKey: { _id }, fullDocument: { userId } } as never)
    const end = (_id: string) => eventOf({ operationType: 'delete', documentKey: { _id }, clusterTime: { t: 7 } } as never)
    start(one, 'ada')
    start(other, 'eve')
    t.strictSame([end(one), end(other)], [
      { event: 'end', at: new Date(7000), id: idOf(one), userId: null }, { event: 'end', at: new Date(7000), id: idOf(other), userId: 'eve' }
    ])
  })
})

t.test('what is missing is said in a sentence', async t => {
  const cases: Array<[what: string, code: number, err: RegExp, args: string[], options?: CliOptions]> = [
    ['a URI', 2, /^There is no database to ask: set MONGODB_URI, or write --uri/, ['stats']],
    ['a URI that is not empty', 2, /^There is no database to ask/, ['stats'], { env: { MONGODB_URI: '' } }],
    ['a database', 2, /^The URI names no database: .*--database shop/, ['stats', '--uri', 'mongodb://127.0.0.1:1/?replicaSet=rs0']],
    ['a right URI', 2, /^The URI cannot be read: /, ['stats', '--uri', 'http://ada:password@127.0.0.1/shop']],
    ['a host', 2, /^The URI cannot be read: /, ['stats', '--uri', 'shop']],
    ['the driver', 2, /^The MongoDB driver is not installed: npm install mongodb@7\n$/, ['stats', '--uri', uri],
      { loadDriver: async () => { throw Object.assign(new Error('not found'), { code: 'ERR_MODULE_NOT_FOUND' }) } }],
    ['a driver that works', 1, /^It failed: its native part is broken\n$/, ['stats', '--uri', uri], { loadDriver: async () => { throw new Error('its native part is broken') } }],
    ['the server', 1, /^The server does not answer: is MongoDB running, and its address right\? \(.*ECONNREFUSED/, ['stats', '--uri', 'mongodb://127.0.0.1:1/shop']],
    ['the collection', 2, /^There is no collection test-\S+\.nowhere: check --database and --collection/, ['stats', '--uri', uri, '--collection', 'nowhere']],
    ['the collection of another database', 2, /^There is no collection nobodys\.loginSessions/, ['stats', '--uri', uri, '--database', 'nobodys']],
    ['the right password', 1, /^The server refuses the user or the password of the URI\.\n$/,
      ['stats', '--uri', uri.replace('//', '//ada:password@').replace('?', '?authSource=admin&')]],
    ['a command', 2, /^Usage: fastify-login-sessions /, []],
    ['a user', 2, /missing required argument 'user'/, ['list']],
    ['the right name', 2, /unknown command 'lst'\n\(Did you mean list\?\)/, ['lst']],
    ['a known option', 2, /unknown option '--jsn'/, ['stats', '--jsn']]
  ]
  for (const [what, code, err, args, options] of cases) {
    const result = await cli(args, options)
    t.match(result, { code, out: '', err }, what)
    t.notMatch(result.err, 'password@')
  }
})

t.test('help is no failure, and says the exit codes', async t => {
  const { code, out } = await cli(['--help'])
  t.equal(code, 0)
  t.match(out, /Exit codes: 0 done; 1 failed; 2 wrong usage/)
  t.match(out, /130 stopped by Ctrl-C\. Ctrl-C ends a watch with 0\./)
  t.match(out, /not announced to the hooks of your servers/)
})

t.test('Ctrl-C ends what only reads', async t => {
  const { on } = await setup(aRecord())
  for (const args of [['list', 'ada'], ['stats'], ['indexes']]) {
    t.strictSame(await on(args, { signal: AbortSignal.abort() }), { code: 130, out: '', err: 'Stopped.\n' }, args[0]!)
  }
  const stopping = new AbortController()
  const stopped = await on(['indexes', '--create'], { signal: stopping.signal, onPrinted: () => { setImmediate(() => stopping.abort()) } })
  t.match(stopped, { code: 130, err: /\nStopped waiting\. The server may go on making the index\.\n$/ })
})

t.test('it uses the clock of the database, and this machine\'s if that cannot be read any more', async t => {
  const { sessions } = await setup(aRecord())
  const { io, printed } = createIo({ env: { MONGODB_URI: uri } })
  const { now } = Date
  let shift = 0
  Date.now = () => now() + shift
  t.teardown(() => { Date.now = now })
  await withTarget(io, { collection: sessions.collectionName }, async ({ sessions, verbs }) => {
    sessions.db.command = async () => { throw new Error('away') }
    shift = 20_000
    t.equal(await verbs.count('ada'), 1)
  })
  t.equal(printed.err, "The database's clock could not be read: this machine's counts.\n")
})
