import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import t from 'tap'

/** From what hosts see down to what knows nothing of the others: a file imports only what stands below it. */
const ORDER = [
  'index',
  'pages', 'api', 'api-schemas', 'page-errors', 'page-headers', 'page-options', 'question', 'report-error', 'views', 'assets', 'messages',
  'plugin', 'bridge', 'session-lookup', 'session-object', 'visit', 'guard', 'csrf', 'options', 'option-check', 'password',
  'login-sessions', 'bounded-store', 'touch-queue', 'session-data', 'outage',
  'mongo-store', 'memory-store', 'store',
  'record', 'device', 'address', 'errors'
]

/** Who may know these packages; nobody else does. */
const KNOWN_BY: Record<string, string[]> = {
  '@fastify/session': ['plugin', 'session-lookup'],
  '@fastify/cookie': ['plugin'],
  '@fastify/csrf': ['csrf'],
  mongodb: ['mongo-store'],
  dataloader: ['mongo-store'],
  bcrypt: ['password'],
  'ua-parser-js': ['device'],
  'ipaddr.js': ['address'],
  '@fastify/error': ['errors']
}

/** These know nothing of HTTP. */
const WITHOUT_HTTP = [
  'login-sessions', 'bounded-store', 'touch-queue', 'session-data', 'mongo-store', 'memory-store', 'store', 'record', 'device', 'address',
  'options', 'option-check', 'password', 'messages'
]

const folder = fileURLToPath(new URL('../plugin/', import.meta.url))
const files = readdirSync(folder).filter(name => name.endsWith('.ts')).map(name => name.slice(0, -3))

/** What a file imports or re-exports, types included. */
function importsOf (file: string): string[] {
  const source = readFileSync(`${folder}${file}.ts`, 'utf8')
  return [...source.matchAll(/^(?:import|export|\} )[^'\n]*\bfrom '([^']+)'|^import '([^']+)'|\bimport\('([^']+)'\)/gm)].map(match => (match[1] ?? match[2] ?? match[3])!)
}

t.test('every file of plugin/ has its place', async t => {
  t.strictSame([...files].sort(), [...ORDER].sort(), 'give a new file its place in ORDER')
})

for (const file of files) {
  t.test(`${file}.ts imports only what stands below it`, async t => {
    const own = importsOf(file).filter(path => path.startsWith('.'))
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
