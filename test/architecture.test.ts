/**
 * The rooms of plugin/ in one table: what each may import, and which packages only it knows.
 */
import { readdirSync, readFileSync } from 'node:fs'
import { posix } from 'node:path'
import t from 'tap'
import { root } from './support/root.js'

interface Room {
  /** The other rooms that its files may import. A room's files may always import each other. */
  imports: string[]
  /** Packages that no other room knows. */
  packages?: string[]
  /** May its files know Fastify, its plugins and node:http? */
  http: boolean
}

const LEAVES = ['errors', 'option-check', 'host-callback', 'timeout', 'timers']
const BELOW_CORE = ['request/binding', 'request', 'confirmation', 'stores', 'sessions', 'client', ...LEAVES]
const HALL = ['options', 'boot-checks', 'core', ...BELOW_CORE]

/** From the top of the house to its leaves. A file directly in plugin/ is a room by itself. */
const ROOMS: Record<string, Room> = {
  index: { http: false, imports: ['plugin', 'confirming', 'pages/account', 'pages/admin', 'pages', 'api', ...HALL] },
  cli: { http: false, imports: ['stores', 'sessions', 'client', ...LEAVES], packages: ['commander'] },
  'store-contract': { http: false, imports: ['sessions', ...LEAVES] },
  'pages/admin': { http: true, imports: ['pages', 'core', ...BELOW_CORE] },
  'pages/account': { http: true, imports: ['pages', 'core', ...BELOW_CORE] },
  pages: { http: true, imports: ['core', ...BELOW_CORE], packages: ['@fastify/view', '@fastify/static', '@fastify/formbody', 'eta', 'negotiator', 'intl-messageformat'] },
  'pages/languages': { http: false, imports: [] },
  api: { http: true, imports: ['core', ...BELOW_CORE], packages: ['@fastify/ajv-compiler', '@fastify/fast-json-stringify-compiler'] },
  plugin: { http: true, imports: ['confirming', ...HALL] },
  confirming: { http: true, imports: ['core', ...BELOW_CORE] },
  'boot-checks': { http: true, imports: BELOW_CORE },
  core: { http: true, imports: BELOW_CORE },
  options: { http: true, imports: BELOW_CORE },
  'request/binding': { http: true, imports: ['request', 'sessions', ...LEAVES], packages: ['jose'] },
  request: { http: true, imports: ['sessions', 'client', ...LEAVES], packages: ['@fastify/csrf', '@fastify/session', 'on-headers'] },
  confirmation: { http: false, imports: ['sessions', ...LEAVES], packages: ['bcrypt'] },
  stores: { http: false, imports: ['sessions', ...LEAVES] },
  sessions: { http: false, imports: ['client', ...LEAVES], packages: ['dataloader'] },
  client: { http: false, imports: LEAVES, packages: ['ua-parser-js', 'ipaddr.js'] },
  'option-check': { http: false, imports: ['errors'], packages: ['fastest-levenshtein'] },
  'host-callback': { http: true, imports: [] },
  timeout: { http: false, imports: ['timers'] },
  timers: { http: false, imports: [] },
  errors: { http: false, imports: [], packages: ['@fastify/error'] }
}

/** Packages that several rooms know. fastify and fastify-plugin are everybody's who may know HTTP. */
const SHARED: Record<string, string[]> = {
  '@fastify/cookie': ['plugin', 'request', 'request/binding'],
  mongodb: ['cli', 'stores']
}

/** Files of rooms with HTTP that do without. */
const WITHOUT_HTTP = ['request/binding/options', 'request/binding/protocol', 'request/binding/proof', 'request/cookie-options', 'request/keys', 'request/snapshot', 'request/saving', 'pages/messages', 'pages/texts', 'pages/language', 'pages/places', 'pages/plot', 'pages/session-row', 'pages/question-words', 'pages/plot', 'pages/admin/actions', 'pages/admin/search', 'pages/admin/screen', 'pages/admin/numbers', 'pages/admin/question-words', 'pages/admin/views', 'pages/admin/view-models', 'pages/device-title', 'pages/view-models', 'pages/account/views', 'pages/account/question-words', 'pages/account/view-models']

/** Without `.ts`, from plugin/. */
const files = readdirSync(`${root}plugin`, { recursive: true, encoding: 'utf8' })
  .map(path => path.replaceAll('\\', '/'))
  .filter(path => path.endsWith('.ts'))
  .map(path => path.slice(0, -3))

const roomOf = (file: string): string => file.includes('/') ? posix.dirname(file) : file

/** What a file imports or re-exports, types included. */
function importsOf (file: string): string[] {
  const source = readFileSync(`${root}plugin/${file}.ts`, 'utf8')
  return [...source.matchAll(/^(?:import|export|\} )[^'\n]*\bfrom '([^']+)'|^import '([^']+)'|\bimport\('([^']+)'\)/gm)].map(match => (match[1] ?? match[2] ?? match[3])!)
}

/** The file of ours that this import means, or null for a package. */
function ownFile (file: string, path: string): string | null {
  return path.startsWith('.') ? posix.join(posix.dirname(file), path).replace(/\.js$/, '') : null
}

t.test('every file of plugin/ stands in a room', async t => {
  t.strictSame(files.filter(file => !Object.hasOwn(ROOMS, roomOf(file))), [], 'a new room needs a row in ROOMS')
})

for (const [room, { imports, http }] of Object.entries(ROOMS)) {
  const inside = files.filter(file => roomOf(file) === room)

  t.test(`${room} imports only rooms below it`, async t => {
    t.not(inside.length, 0, 'a room without files')
    for (const file of inside) {
      const own = importsOf(file).map(path => ownFile(file, path)).filter(path => path !== null)
      t.strictSame(own.filter(path => !files.includes(path)), [], `${file} imports what is not there`)
      t.strictSame(own.filter(path => ![room, ...imports].includes(roomOf(path)) && roomOf(path) !== 'pages/languages'), [], file)
    }
  })

  if (http) continue
  t.test(`${room} knows nothing of HTTP`, async t => {
    for (const file of inside) t.strictSame(foreignTo(file), [], file)
  })
}

const foreignTo = (file: string): string[] => importsOf(file).filter(path => /^(fastify|@fastify\/(?!error$)|node:http)/.test(path))

for (const file of WITHOUT_HTTP) {
  t.test(`${file} knows nothing of HTTP`, async t => {
    t.strictSame(foreignTo(file), [])
  })
}

t.test('a package is known to its room only', async t => {
  const rooms = { ...Object.fromEntries(Object.entries(ROOMS).flatMap(([room, { packages = [] }]) => packages.map(name => [name, [room]]))), ...SHARED }
  for (const [name, knowing] of Object.entries(rooms)) {
    const found = new Set(files.filter(file => importsOf(file).includes(name)).map(roomOf))
    t.strictSame([...found].sort(), [...knowing].sort(), name)
  }
})

t.test('every package that is imported has its room', async t => {
  const { dependencies, peerDependencies } = JSON.parse(readFileSync(`${root}package.json`, 'utf8'))
  const everybodys = ['fastify', 'fastify-plugin', ...Object.keys(SHARED), ...Object.values(ROOMS).flatMap(({ packages = [] }) => packages)]
  const unknown = Object.keys({ ...dependencies, ...peerDependencies }).filter(name => !everybodys.includes(name) && name !== 'htmx.org')
  t.strictSame(unknown, [])
})

t.test('no file uses a global timer: all of them come from timers.ts, which took them before fake timers could replace them', async t => {
  const names = 'set(?:Timeout|Immediate|Interval)|clear(?:Timeout|Immediate|Interval)|performance|scheduler'
  for (const file of files.filter(file => file !== 'timers')) {
    const source = readFileSync(`${root}plugin/${file}.ts`, 'utf8').replaceAll(/^\s*(?:\/?\*|\/\/).*$/gm, '')
    t.strictSame(source.match(new RegExp(`(?<![.\\w])(?:globalThis\\.|global\\.)?(?:${names})\\b`, 'g')) ?? [], [], file)
    t.strictSame(importsOf(file).filter(path => /^(?:node:)?(?:timers|perf_hooks)(?:\/|$)/.test(path)), [], file)
  }
})

t.test('a language is known to messages.ts only, and knows English and its keys only', async t => {
  const languages = files.filter(file => roomOf(file) === 'pages/languages')
  t.strictSame(languages.filter(file => importsOf(file).some(path => path !== './en.js')), [])
  t.strictSame(files.filter(file => !languages.includes(file) && importsOf(file).some(path => path.includes('languages/'))), ['pages/messages'])
})
