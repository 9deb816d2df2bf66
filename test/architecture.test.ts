import { readdirSync, readFileSync } from 'node:fs'
import { posix } from 'node:path'
import { fileURLToPath } from 'node:url'
import t from 'tap'

const LANGUAGES = 'pages/languages/'

/** From what hosts see down to what knows nothing of the others: a file imports only what stands below it. */
const ORDER = [
  'index',
  ...inFolder('pages', [
    'pages', 'page-routes', 'page-errors', 'asking', 'question', 'session-list', 'notice', 'templates', 'page-frame', 'page-options', 'page-headers',
    'views', 'view-models', 'places', 'assets', 'texts', 'language', 'messages'
  ]),
  'api', 'api-schemas', 'report-error',
  'plugin', 'boot-checks', 'start-checks', 'accept-ch', 'bridge', 'session-saving', 'attached', 'session-lookup', 'session-object', 'known-device', 'guard', 'csrf',
  'options', 'cookie-options', 'visit', 'host-answer', 'session-events', 'option-check', 'password', 'password-attempts',
  'login-sessions', 'removals', 'retirements', 'login-session', 'bounded-store', 'touch-queue', 'session-data', 'outage', 'settled-within',
  'mongo-store', 'memory-store', 'store',
  'record',
  ...inFolder('device', ['device', 'device-system', 'device-names', 'client-hints']),
  'address', 'errors'
]

/** Who may know these packages; nobody else does. */
const KNOWN_BY: Record<string, string[]> = {
  '@fastify/session': ['plugin', 'session-lookup'],
  '@fastify/cookie': ['plugin'],
  '@fastify/csrf': ['csrf'],
  mongodb: ['mongo-store'],
  dataloader: ['mongo-store'],
  bcrypt: ['password'],
  'ua-parser-js': inFolder('device', ['device', 'device-system']),
  'ipaddr.js': ['address'],
  '@fastify/error': ['errors'],
  '@fastify/ajv-compiler': ['api'],
  '@fastify/fast-json-stringify-compiler': ['api'],
  '@fastify/view': ['pages/templates'],
  eta: ['pages/templates'],
  negotiator: ['pages/language'],
  'intl-messageformat': inFolder('pages', ['messages', 'texts'])
}

/** These know nothing of HTTP. */
const WITHOUT_HTTP = [
  'login-sessions', 'removals', 'retirements', 'login-session', 'bounded-store', 'touch-queue', 'session-data', 'mongo-store', 'memory-store', 'store', 'record', 'address',
  'options', 'cookie-options', 'option-check', 'password', 'password-attempts',
  ...inFolder('pages', ['messages', 'texts', 'language', 'places', 'views', 'view-models']),
  ...inFolder('device', ['device', 'device-system', 'device-names', 'client-hints'])
]

const root = fileURLToPath(new URL('../plugin/', import.meta.url))

/** Without `.ts`; the languages have a rule of their own. */
const files = readdirSync(root, { recursive: true, encoding: 'utf8' })
  .map(path => path.replaceAll('\\', '/'))
  .filter(path => path.endsWith('.ts') && !path.startsWith(LANGUAGES))
  .map(path => path.slice(0, -3))

function inFolder (folder: string, names: string[]): string[] {
  return names.map(name => `${folder}/${name}`)
}

/** What a file imports or re-exports, types included. */
function importsOf (file: string): string[] {
  const source = readFileSync(`${root}${file}.ts`, 'utf8')
  return [...source.matchAll(/^(?:import|export|\} )[^'\n]*\bfrom '([^']+)'|^import '([^']+)'|\bimport\('([^']+)'\)/gm)].map(match => (match[1] ?? match[2] ?? match[3])!)
}

/** The file of ours that this one imports, as `files` has it; null: a package's. */
function ownImport (file: string, path: string): string | null {
  return path.startsWith('.') ? posix.join(posix.dirname(file), path).replace(/\.js$/, '') : null
}

t.test('a language is known by messages.ts only, and knows no more than English and its keys', async t => {
  const languages = readdirSync(`${root}${LANGUAGES}`).map(name => `${LANGUAGES}${name.slice(0, -3)}`)
  t.strictSame(languages.filter(file => importsOf(file).some(path => path !== './en.js')), [])
  const knowing = files.filter(file => importsOf(file).some(path => ownImport(file, path)?.startsWith(LANGUAGES)))
  t.strictSame(knowing, ['pages/messages'])
})

t.test('the core knows nothing of its pages, and the device words nothing of the core', async t => {
  const foreign = (file: string, allowed: (own: string) => boolean) => importsOf(file).flatMap(path => {
    const own = ownImport(file, path)
    return own === null || allowed(own) ? [] : [`${file}: ${own}`]
  })
  const core = files.filter(file => !file.startsWith('pages/') && file !== 'index')
  t.strictSame(core.flatMap(file => foreign(file, own => !own.startsWith('pages/'))), [])
  const words = files.filter(file => file.startsWith('device/'))
  t.strictSame(words.flatMap(file => foreign(file, own => own.startsWith('device/'))), [])
})

t.test('every file of plugin/ has its place', async t => {
  t.strictSame([...files].sort(), [...ORDER].sort(), 'give a new file its place in ORDER')
})

for (const file of files) {
  t.test(`${file}.ts imports only what stands below it`, async t => {
    for (const path of importsOf(file)) {
      const own = ownImport(file, path)
      if (own === null || own.startsWith(LANGUAGES)) continue
      t.ok(files.includes(own), `${file}.ts imports ${path}, which is not in plugin/`)
      t.ok(ORDER.indexOf(own) > ORDER.indexOf(file), `${file}.ts imports ${path}, which stands above it`)
    }
  })
}

for (const [name, knowing] of Object.entries(KNOWN_BY)) {
  t.test(`only ${knowing.join(' and ')} ${knowing.length > 1 ? 'know' : 'knows'} ${name}`, async t => {
    t.strictSame(files.filter(file => importsOf(file).includes(name)).sort(), [...knowing].sort())
  })
}

for (const file of WITHOUT_HTTP) {
  t.test(`${file}.ts knows nothing of HTTP`, async t => {
    t.strictSame(importsOf(file).filter(path => /^(fastify|@fastify\/(?!error$)|node:http)/.test(path)), [])
  })
}
