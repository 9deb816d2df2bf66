/**
 * The scan of the test run can fail: on scanners of its own, which fail nothing but these tests.
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdirSync, readFileSync } from 'node:fs'
import { Readable } from 'node:stream'
import { text } from 'node:stream/consumers'
import Fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify'
import { MongoClient } from 'mongodb'
import t, { type Test } from 'tap'
import { startMongod } from '../../example/mongod.js'
import loginSessions, { memoryStore } from '../../plugin/index.js'
import { stateOf } from '../../plugin/request/state.js'
import { newVisitorKey } from '../../plugin/sessions/key.js'
import { hashToken, newToken } from '../../plugin/sessions/tokens.js'
import { randomId } from '../support/records.js'
import { createScanner, type Source } from '../support/token-scanner.js'
import { watchCommands, watchDocuments, watchedStore, watchServers } from '../support/token-watch.js'
import { root } from '../support/root.js'
import { unmeasuredNode } from '../support/unmeasured.js'

const SIGNATURE = 'A'.repeat(43)

/** What a token begins with. It is no secret. */
const KEY = newVisitorKey()

/** The secret part of a token. */
const newSecret = (): string => newToken(KEY).slice(KEY.length)

/** A scanner that knows a token, as its Set-Cookie has told it. */
function informed (token = newSecret()) {
  const scanner = createScanner()
  scanner.cookies([`__Host-login-session=${KEY}${token}.${SIGNATURE}; Path=/; HttpOnly`], 'Set-Cookie of POST /login')
  return { scanner, token, hash: hashToken(KEY + token) }
}

t.test('a token is found in whatever text, and told with what stands around it, but not itself', async t => {
  const before = 'b '.repeat(50)
  const after = ' a'.repeat(50)
  for (const source of ['responses', 'lines', 'documents', 'commands'] as const) {
    const { scanner, token } = informed()
    scanner.scan(`${before}${token}${after}`, source, `here, ${token}`)
    t.strictSame(scanner.leaks(), [{ what: 'a token', where: 'here, […]', around: `${before.slice(-60)}[secret]${after.slice(0, 60)}` }])
    t.equal(scanner.counts().leaks, 1)
  }
})

t.test('it is found within longer words, within blobs, and before anybody knew that it is one', async t => {
  const texts: Array<[string, (token: string) => string]> = [
    ['quoted', token => JSON.stringify({ nested: JSON.stringify({ token }) })],
    ['in a query', token => `/?next=%2F${token}%2F`],
    ['glued to others of its characters', token => `id_${token}-${token}9`],
    ['in a blob of one letter', token => `${'x'.repeat(100_000)}${token}${'x'.repeat(100_000)}`],
    ['in a blob of many', token => `${newSecret().repeat(200)}${token}${newSecret().repeat(200)}`]
  ]
  for (const [what, textOf] of texts) {
    const { scanner, token } = informed()
    scanner.scan(textOf(token), 'lines', 'the log line')
    t.match(scanner.leaks(), [{ what: 'a token' }], what)

    const early = createScanner()
    const late = newSecret()
    early.scan(textOf(late), 'lines', 'the log line')
    t.strictSame(early.leaks(), [])
    early.cookies([`login=${KEY}${late}.${SIGNATURE}`], 'Set-Cookie')
    t.match(early.leaks(), [{ what: 'a token', where: 'the log line' }], `${what}, early`)
  }
})

t.test("a token's hash belongs into documents and the commands that write them, and nowhere else", async t => {
  for (const [source, leaks] of [['responses', 1], ['lines', 1], ['documents', 0], ['commands', 0]] as Array<[Source, number]>) {
    const { scanner, hash } = informed()
    scanner.scan(hash, source, 'here')
    t.equal(scanner.leaks().length, leaks, source)

    const token = newSecret()
    const early = createScanner()
    early.scan(hashToken(KEY + token), source, 'here')
    early.cookies([`login=${KEY}${token}.${SIGNATURE}`], 'Set-Cookie')
    t.equal(early.leaks().length, leaks, `${source}, early`)
  }
})

t.test('a cookie may hold its own token, and no other text may: no other cookie, no attribute', async t => {
  const { scanner, token } = informed()
  scanner.cookies([`__Host-login-session=${KEY}${token}.${SIGNATURE}; Path=/`, '__Host-login-session=; Max-Age=0'], 'Set-Cookie')
  t.strictSame(scanner.leaks(), [])
  t.equal(scanner.counts().tokens, 1)
  for (const line of [`copy=${KEY}${token}.${SIGNATURE}`, `copy=${token}`, `__Host-login-session=; Path=/${token}`, `other=${KEY}${newSecret()}.${SIGNATURE}; Path=/${token}`]) {
    const own = informed(token)
    own.scanner.cookies([line], 'Set-Cookie')
    t.match(own.scanner.leaks(), [{ what: 'a token' }], line.replace(token, 'TOKEN'))
  }
})

t.test('what a device cookie holds is a secret as well', async t => {
  const parts = [randomId(), randomId(), randomId()]
  const cookie = `__Host-login-session-device=${parts.join('.')}; Path=/; Secure`
  const scanner = createScanner()
  scanner.scan(JSON.stringify({ id: parts[0] }), 'responses', 'the body')
  scanner.cookies([cookie], 'Set-Cookie')
  scanner.cookies([cookie], 'Set-Cookie')
  scanner.scan(`mark ${parts[2]}`, 'documents', 'a document')
  t.match(scanner.leaks(), [{ what: "a device cookie's part", where: 'the body' }, { what: "a device cookie's part", where: 'a document' }])
  t.equal(scanner.leaks().length, 2)
})

t.test('servers', async t => {
  const scanner = createScanner()
  watchServers(scanner)
  const leaksOf = (place: string) => scanner.leaks().filter(({ where, around }) => `${where} ${around}`.includes(place))

  /** What careless hosts do with a token. */
  const careless: Array<[path: string, where: RegExp, leak: (reply: FastifyReply, token: string, request: FastifyRequest) => unknown]> = [
    ['/body', /^the body of POST \/body$/, (_reply, token) => ({ token })],
    ['/buffer', /^the body of/, (_reply, token) => Buffer.from(`<b>${token}</b>`)],
    ['/stream', /^the body of/, (_reply, token) => Readable.from([token.slice(0, 20), token.slice(20)])],
    ['/header', /^header x-debug of POST \/header$/, (reply, token) => reply.header('x-debug', token).send('')],
    ['/location', /^header location of/, (reply, token) => reply.redirect(`/?session=${token}`, 303)],
    ['/status', /^the status line of/, (reply, token) => { reply.raw.statusMessage = token; return '' }],
    ['/other-cookie', /^Set-Cookie of/, (reply, token) => reply.setCookie('copy', token).send('')],
    ['/log', /^the log line$/, (_reply, token, request) => { request.log.trace({ token }, `/log ${request.headers['user-agent']}`); return '' }],
    ['/hash', /^the body of/, (_reply, token) => ({ hash: hashToken(token) })],
    ['/hook', /^the body of/, () => 'added by a hook of the host']
  ]

  async function shop (t: Test, logger: boolean): Promise<FastifyInstance> {
    const app = Fastify(logger ? { logger: { level: 'trace', stream: { write () {} } } } : {})
    t.teardown(() => app.close())
    await app.register(loginSessions, { secret: SIGNATURE, store: watchedStore(memoryStore(), scanner) })
    app.addHook('onSend', async (request, _reply, payload) => request.url === '/hook' ? stateOf(request)!.token : payload)
    for (const [path, , leak] of careless) {
      app.post(path, async (request, reply) => {
        await request.startLoginSession('ada')
        return await leak(reply, stateOf(request)!.token!, request)
      })
    }
    app.get('/decent', async request => ({ user: request.loginSession?.userId, data: request.session }))
    return app
  }

  for (const logger of [true, false]) {
    t.test(logger ? 'with a logger' : 'without one', async t => {
      const app = await shop(t, logger)
      for (const [path, where] of careless) {
        const before = leaksOf(path).length
        await app.inject({ method: 'POST', url: path, headers: { host: 'localhost', 'user-agent': logger ? 'one' : 'other' } })
        // The leaks of both servers are the same, but for what stands around them in the log.
        t.ok(leaksOf(path).some(leak => where.test(leak.where)), path)
        if (path === '/log') t.ok(leaksOf(path).length > before)
      }
    })
  }

  t.test('over a port, where a decent answer is no leak', async t => {
    const app = await shop(t, false)
    const url = await app.listen()
    const found = scanner.leaks().length
    const { headers } = await fetch(`${url}/hook?`, { method: 'POST' })
    const cookie = headers.getSetCookie()[0]!.split(';')[0]!
    t.match(await (await fetch(`${url}/decent`, { headers: { cookie } })).json(), { user: 'ada' })
    t.equal(scanner.leaks().length, found)
    const { responses } = scanner.counts()
    await fetch(`${url}/body?over-a-port`, { method: 'POST' })
    t.equal(scanner.counts().responses, responses + 1)
    t.equal(leaksOf('/body?over-a-port').length, 1)
  })

  t.test('a store that is handed a token', async t => {
    const store = watchedStore(memoryStore(), scanner)
    const { commands } = scanner.counts()
    const token = newSecret()
    await store.find([token])
    scanner.cookies([`login=${KEY}${token}.${SIGNATURE}`], 'Set-Cookie')
    t.equal(scanner.counts().commands, commands + 1)
    t.equal(leaksOf("the store's find").length, 1)
    t.equal(watchedStore(undefined, scanner), undefined, 'none is the plugin\'s to refuse')
  })
})

t.test('documents and commands', async t => {
  const mongod = await startMongod()
  const client = await new MongoClient(mongod.uri, { monitorCommands: true }).connect()
  const db = client.db(`test-${randomId()}`)
  t.teardown(async () => {
    await db.dropDatabase()
    await client.close()
    await mongod.stop()
  })
  const { scanner, token, hash } = informed()
  await db.collection('sessions').insertOne({ tokens: [{ hash }], number: 1n })
  await watchDocuments(db, scanner)
  t.strictSame([scanner.counts().documents, scanner.leaks()], [1, []])

  await db.collection('audit').insertOne({ deep: [{ token }] })
  await watchDocuments(db, scanner)
  t.match(scanner.leaks(), [{ what: 'a token', where: /^a document of .*\.audit$/ }])

  watchCommands(client, scanner)
  await db.collection('audit').findOne({ token, big: 1n })
  t.match(scanner.leaks(), [{}, { what: 'a token', where: 'the command find' }])
  t.equal(scanner.counts().commands, 1)
})

t.test('a process in which a token leaked ends with 1, says where, and leaves its counts', async t => {
  const folders = t.testdir({ clean: {}, returning: {}, exiting: {} })
  const run = async (name: string, code: string) => {
    const folder = `${folders}/${name}`
    const [command, args] = unmeasuredNode('--import=tsx', '--input-type=module', `--eval=import { tokenScan } from './test/support/token-scan.ts'; ${code}`)
    const child = spawn(command, args, { cwd: root, env: { ...process.env, TOKEN_SCAN_FOLDER: folder }, stdio: ['ignore', 'inherit', 'pipe'] })
    const [said, [exit]] = await Promise.all([text(child.stderr), once(child, 'exit')])
    const [file, ...more] = readdirSync(folder)
    t.strictSame(more, [])
    return { said, exit, counts: JSON.parse(readFileSync(`${folder}/${file}`, 'utf8')) }
  }
  const token = newSecret()
  const issue = `tokenScan.cookies(['login=${KEY}${token}.${SIGNATURE}'], 'Set-Cookie')`
  const leak = `${issue}; tokenScan.scan('so it is ${token} then', 'lines', 'the log line')`
  const none = { tokens: 1, responses: 0, lines: 0, documents: 0, commands: 0, leaks: 0 }

  const [clean, ...leaking] = await Promise.all([run('clean', issue), run('returning', leak), run('exiting', `${leak}; process.exit(0)`)])

  t.strictSame(clean, { said: '', exit: 0, counts: none })
  for (const { said, exit, counts } of leaking) {
    t.equal(exit, 1)
    t.match(said, 'token scan: a token is in the log line: so it is [secret] then\n')
    t.notOk(said.includes(token))
    t.strictSame(counts, { ...none, leaks: 1 })
  }
})
