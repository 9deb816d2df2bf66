/**
 * The program of `npm start`: a MongoDB, the demo users and their sessions, the application; and their orderly end.
 * @module
 */
import { randomBytes } from 'node:crypto'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { setTimeout as wait } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { MongoClient } from 'mongodb'
import { type Addresses, addressesOf } from './addresses.js'
import { buildApp } from './app.js'
import { START_TIMEOUT, UnavailableError } from './in-time.js'
import { type Mongod, startMongod } from './mongod.js'
import { seedCrowd } from './seed-crowd.js'
import { seedSessions } from './seed-sessions.js'
import { createUsers, DEMO_OPERATOR, DEMO_USER, DEMO_USER_WITHOUT_PASSWORD, seedUsers } from './users.js'

/** The data stay here from one start to the next. */
const dataDir = fileURLToPath(new URL('./data/', import.meta.url))
/** '0.0.0.0' is every address of this computer, so that a phone in the same network can open the site. */
const host = process.env.HOST || 'localhost'

/** The functions that close all that is open, in the order in which it was opened. */
const closers: Array<() => Promise<unknown>> = []

async function start (): Promise<void> {
  const port = choosePort(process.env.PORT)
  const tls = await certificate(process.env.TLS_KEY, process.env.TLS_CERT)
  // Asked first: no MongoDB is started in vain.
  await requireFreePort(port)
  const secret = process.env.SESSION_SECRET || await keptSecret(port)

  const mongod = await runMongod(port)
  closers.push(() => mongod.stop())
  const client = new MongoClient(mongod.uri, { serverSelectionTimeoutMS: 2000, waitQueueTimeoutMS: 2000 })
  closers.push(() => client.close())
  const db = client.db(namesDatabase(mongod.uri) ? undefined : 'login-sessions-example')

  const addresses = addressesOf(host, port, tls === undefined ? 'http' : 'https')
  const { url, passkeyOrigin } = addresses
  // Safari takes no Secure cookie over http. A name for each port, because browsers send cookies to every port of a host.
  const cookie = tls === undefined ? { name: `login-session-${port}`, secure: false } : { name: `__Host-login-session-${port}` }
  const app = await buildApp({ db, secret, url, ...(passkeyOrigin !== null && { passkeyOrigin }), cookie, tls, logger: { level: 'warn' } })
  closers.push(() => app.close())

  const users = await createUsers(db, { timeout: START_TIMEOUT })
  await seedUsers(users)
  await seedSessions(db, (await users.findByEmail(DEMO_USER.email))!.id)
  await seedCrowd(db, users)
  await app.listen({ host, port })
  if (shutDownAt === null) console.log(welcome(addresses, mongod.source))
}

async function stop (): Promise<void> {
  for (const close of closers.splice(0).reverse()) await close()
}

async function fail (error: unknown): Promise<void> {
  console.error(explain(error))
  await stop().catch(console.error)
  process.exit(1)
}

let shutDownAt: number | null = null

async function shutDown (): Promise<void> {
  if (shutDownAt !== null) return insist(shutDownAt)
  shutDownAt = Date.now()
  console.log('\nStopping. Press Ctrl-C again to stop at once.')
  // A server that is still starting can be closed once it has started.
  await Promise.race([started.catch(() => {}), wait(5000)])
  await stop().catch(console.error)
  process.exit(0)
}

/** One Ctrl-C comes up to three times: from the terminal, from npm and from tsx. */
function insist (shutDownAt: number): void {
  if (Date.now() - shutDownAt > 500) process.exit(1)
}

/** A reason not to start that a person can do something about; said without a stack. */
class Refusal extends Error {}

/** One sentence that says what to do. Only an unforeseen error comes with its stack. */
function explain (error: unknown): unknown {
  if (!(error instanceof Error)) return error
  const { code, name, message, stack } = error as NodeJS.ErrnoException
  if (code === 'EADDRINUSE') return 'This port is taken: choose another one, for example with `PORT=3001 npm start`.'
  if (['EADDRNOTAVAIL', 'ENOTFOUND', 'EAI_AGAIN'].includes(code ?? '')) return `This computer has no address "${host}": choose another HOST, for example 0.0.0.0 for all that it has.`
  if (name.startsWith('Mongo') || error instanceof UnavailableError) return `MongoDB cannot be used (${message}): check MONGODB_URI, or leave it out to have a MongoDB started for you.`
  return error instanceof Refusal || code === 'FST_LOGIN_SESSION_OPTION' ? message : stack
}

function choosePort (text = '3000'): number {
  const port = Number(text)
  if (!(Number.isInteger(port) && port > 0 && port < 65536)) throw new Refusal(`PORT must be a number between 1 and 65535, not "${text}".`)
  return port
}

/** With both files, the site is served over https. */
async function certificate (keyFile: string | undefined, certFile: string | undefined): Promise<{ key: string, cert: string } | undefined> {
  if (!keyFile && !certFile) return undefined
  if (!keyFile || !certFile) throw new Refusal('https needs both files: TLS_KEY, the private key, and TLS_CERT, the certificate.')
  try {
    return { key: await readFile(keyFile, 'utf8'), cert: await readFile(certFile, 'utf8') }
  } catch (error) {
    throw new Refusal(`The certificate cannot be read (${(error as Error).message}): check TLS_KEY and TLS_CERT.`)
  }
}

/** Each port has data of its own, so that two of these can run. */
async function runMongod (port: number): Promise<Mongod> {
  try {
    return await startMongod({ dataDir: `${dataDir}${port}`, log: console.log })
  } catch (error) {
    throw new Refusal((error as Error).message)
  }
}

async function requireFreePort (port: number): Promise<void> {
  const probe = createServer()
  await new Promise<void>((resolve, reject) => probe.once('error', reject).listen(port, host, resolve))
  await new Promise(resolve => probe.close(resolve))
}

/**
 * The secret is made once and kept, so that people stay signed in when the server starts again. Each port has its own, as it has
 * its own database: browsers send a cookie to every port of a host, and the other servers must not accept it.
 */
async function keptSecret (port: number): Promise<string> {
  const file = `${dataDir}secret-${port}`
  await mkdir(dataDir, { recursive: true })
  // "wx" leaves the secret that is there already.
  await writeFile(file, randomBytes(32).toString('base64'), { flag: 'wx', mode: 0o600 }).catch(unlessExists)
  return await readFile(file, 'utf8')
}

function unlessExists (error: NodeJS.ErrnoException): void {
  if (error.code !== 'EEXIST') throw error
}

/** Does the connection string name a database, after its hosts? */
function namesDatabase (uri: string): boolean {
  return /^[^:]+:\/\/[^/]+\/[^?]/.test(uri)
}

function welcome ({ urls, passkeyOrigin }: Addresses, source: string): string {
  return `
  Login sessions example: ${urls.join('\n                          ')}

  Sign in with   ${DEMO_USER.email}
  and password   ${DEMO_USER.password}
  Or as          ${DEMO_USER_WITHOUT_PASSWORD.email}, who has no password: with a code by mail. Mails are printed here.
  Operators      ${DEMO_OPERATOR.email}, with the same password, sees the sessions of all users at ${urls[0]}/operators

  MongoDB: ${source}. Stop with Ctrl-C.
${passkeysAt(passkeyOrigin, urls)}`
}

/** Over http, passkeys work on localhost only. */
function passkeysAt (passkeyOrigin: string | null, urls: string[]): string {
  if (urls.length === 1 && passkeyOrigin !== null) return ''
  return `  Passkeys ${passkeyOrigin === null ? 'do not work there: they need https, or localhost' : `work at ${passkeyOrigin} only`}. Codes by mail work everywhere.\n`
}

const started = start()
started.catch(fail)
process.on('SIGINT', shutDown).on('SIGTERM', shutDown)
