import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import t from 'tap'

/** From what hosts see down to what knows nothing of the others: a file imports only what stands below it. */
const ORDER = [
  'index',
  'pages', 'page-routes', 'page-errors', 'asking', 'question', 'session-list', 'notice', 'templates', 'page-frame', 'page-options', 'page-headers',
  'views', 'view-models', 'places', 'assets', 'texts', 'language', 'messages',
  'api', 'api-schemas', 'report-error',
  'plugin', 'accept-ch', 'bridge', 'session-lookup', 'session-object', 'known-device', 'guard', 'csrf',
  'options', 'visit', 'session-events', 'option-check', 'password', 'password-attempts',
  'login-sessions', 'removals', 'retirements', 'login-session', 'bounded-store', 'touch-queue', 'session-data', 'outage', 'settled-within',
  'mongo-store', 'memory-store', 'store',
  'record', 'device', 'device-system', 'device-names', 'client-hints', 'address', 'errors'
]

/** Who may know these packages; nobody else does. */
const KNOWN_BY: Record<string, string[]> = {
  '@fastify/session': ['plugin', 'session-lookup'],
  '@fastify/cookie': ['plugin'],
  '@fastify/csrf': ['csrf'],
  mongodb: ['mongo-store'],
  dataloader: ['mongo-store'],
  bcrypt: ['password'],
  'ua-parser-js': ['device', 'device-system'],
  'ipaddr.js': ['address'],
  '@fastify/error': ['errors'],
  '@fastify/view': ['templates'],
  eta: ['templates'],
  negotiator: ['language'],
  'intl-messageformat': ['texts', 'messages']
}

/** These know nothing of HTTP. */
const WITHOUT_HTTP = [
  'login-sessions', 'removals', 'retirements', 'login-session', 'bounded-store', 'touch-queue', 'session-data', 'mongo-store', 'memory-store', 'store', 'record', 'device', 'address',
  'options', 'option-check', 'password', 'password-attempts', 'messages', 'texts', 'language', 'places', 'views', 'view-models', 'device-system', 'device-names', 'client-hints'
]

const folder = fileURLToPath(new URL('../plugin/', import.meta.url))
const files = readdirSync(folder).filter(name => name.endsWith('.ts')).map(name => name.slice(0, -3))

/** What a file imports or re-exports, types included. */
function importsOf (file: string): string[] {
  const source = readFileSync(`${folder}${file}.ts`, 'utf8')
  return [...source.matchAll(/^(?:import|export|\} )[^'\n]*\bfrom '([^']+)'|^import '([^']+)'|\bimport\('([^']+)'\)/gm)].map(match => (match[1] ?? match[2] ?? match[3])!)
}

t.test('a language is known by messages.ts only, and knows no more than English and its keys', async t => {
  const languages = readdirSync(`${folder}languages`).map(name => `languages/${name.slice(0, -3)}`)
  t.strictSame(languages.filter(file => importsOf(file).some(path => path !== './en.js')), [])
  const knowing = files.filter(file => importsOf(file).some(path => path.startsWith('./languages/')))
  t.strictSame(knowing, ['messages'])
})

t.test('every file of plugin/ has its place', async t => {
  t.strictSame([...files].sort(), [...ORDER].sort(), 'give a new file its place in ORDER')
})

for (const file of files) {
  t.test(`${file}.ts imports only what stands below it`, async t => {
    const own = importsOf(file).filter(path => path.startsWith('.') && !path.startsWith('./languages/'))
    for (const path of own) {
      t.match(path, /^\.\/[\w-]+\.js$/, `${file}.ts imports ${path}, which is not in plugin/`)
      t.ok(ORDER.indexOf(path.slice(2, -3)) > ORDER.indexOf(file), `${file}.ts imports ${path}, which stands above it`)
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
