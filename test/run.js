/**
 * `npm test`: installs what is missing, then lint, types, build and all tests, in a fresh clone as in an old one.
 *
 * `npm test -- unit` is the fast lane: types, build, and the tests outside of `SLOW`. It needs no browser, no
 * replica set that fails over, and no example, and measures no coverage.
 *
 * `npm test -- test/api/api.test.ts` hands its arguments to tap: only the build and these tests run, and coverage
 * may be incomplete. The last line is `N passed, N failed`; the exit code is 0 only if nothing failed.
 *
 * Plain JavaScript on node: modules, since it runs before the dependencies are there.
 */
import { spawn } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { delimiter, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const tapOutput = '.tap/run.tap'
// Where each process leaves what it has scanned for tokens: see support/token-scan.ts.
const tokenScans = '.tap/token-scan'
/** Tests that take long, or need a browser, a replica set, the example or a registry: outside of the fast lane. */
const SLOW = ['test/promises/', 'test/pages/e2e/', 'test/example/', 'test/package/install.test.ts']
/** Debian's packages, each with its programs as browser.ts, nginx.ts and lab-ca.ts of support/ look for them, which cannot be imported yet. */
const DEBIAN = [
  { name: 'chromium', programs: ['chromium', 'chromium-browser', 'google-chrome'], given: process.env.CHROMIUM_PATH },
  { name: 'nginx', programs: ['nginx'], given: process.env.NGINX_PATH },
  { name: 'openssl', programs: ['openssl'] },
  { name: 'libnss3-tools', programs: ['certutil'] }
]

const args = process.argv.slice(2)
const lane = args.length === 0 ? 'all' : args.join() === 'unit' ? 'unit' : 'some'
const windows = process.platform === 'win32'

/** The commands under way, and the signal that asked to end it all. */
const children = new Set()
let interrupted

process.chdir(fileURLToPath(new URL('..', import.meta.url)))
process.on('SIGINT', interrupt)
process.on('SIGTERM', interrupt)
process.exitCode = await main()

async function main () {
  const count = { passed: 0, failed: 0, skipped: 0 }
  try {
    await install()
    await checkAndTest(count)
  } catch (error) {
    if (interrupted) return 130
    explain(error)
    count.failed++
  }
  const skipped = count.skipped ? `, ${count.skipped} skipped` : ''
  // The reporter may end within a line.
  console.log(`\n${count.passed} passed, ${count.failed} failed${skipped}`)
  return count.failed ? 1 : 0
}

// --- what must be there ---

/** Debian's packages and npm's at the same moment: both wait for the network. */
async function install () {
  // Without scripts: those of this package build it, and the checks do that beside others.
  await together([isInstalled() || must('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund']), lane === 'unit' || installFromDebian()])
}

/**
 * Whether node_modules holds the versions of the lock file. By content, not by time: git gives files the time of
 * the checkout. Optional packages may be absent, as those for other systems are.
 */
function isInstalled () {
  const wanted = packagesOf('package-lock.json')
  const installed = packagesOf('node_modules/.package-lock.json')
  return Object.entries(wanted).every(([path, { version, optional }]) =>
    path === '' || (path in installed ? installed[path].version === version : optional))
}

function packagesOf (lockFile) {
  return existsSync(lockFile) ? JSON.parse(readFileSync(lockFile, 'utf8')).packages : {}
}

/** On Debian as root, in one call. Elsewhere the tests that need them say what to do. */
async function installFromDebian () {
  const missing = DEBIAN.filter(({ programs, given }) => given === undefined && !isOnPath(programs)).map(({ name }) => name)
  if (missing.length === 0 || process.getuid?.() !== 0 || !existsSync('/usr/bin/apt-get')) return
  heading(`installing ${missing.join(', ')}`)
  // In this runlevel Debian starts no service: only the tests start nginx.
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive', RUNLEVEL: '1' }
  const quiet = { stdio: ['ignore', 'ignore', 'inherit'], env }
  await must('apt-get', ['update', '-qq'], quiet)
  await must('apt-get', ['install', '-y', '-qq', ...missing], quiet)
}

/** The folders for administrators, too: not everybody's PATH has them. */
function isOnPath (programs) {
  const folders = [...(process.env.PATH ?? '').split(delimiter), '/usr/sbin', '/usr/local/sbin']
  return folders.some(folder => programs.some(program => existsSync(join(folder, program))))
}

// --- the checks ---

/** The tests wait for the build and for what is fetched and started meanwhile. The other checks run beside them. */
async function checkAndTest (count) {
  const browser = lane === 'unit' ? undefined : findBrowser()
  const starting = startMongod()
  try {
    await together([check(count, ['build']), browser, starting, buildTap()])
    const others = { all: ['lint', 'types'], unit: ['types'], some: [] }[lane]
    await together([check(count, others), test(count, { MONGODB_URI: (await starting).uri, CHROMIUM_PATH: await browser })])
  } finally {
    const mongod = await starting.catch(() => undefined)
    await mongod?.stop()
  }
}

async function check (count, scripts) {
  const codes = await together(scripts.map(script => run('npm', ['run', '--silent', script], { quiet: true })))
  count.failed += codes.filter(code => code !== 0).length
}

/** tap makes its test class once, of the plugins that package.json names. */
async function buildTap () {
  if (!existsSync('.tap/plugins')) await must('npx', ['tap', 'build'], { quiet: true })
}

async function findBrowser () {
  const { findChromium } = await importTypeScript('./support/browser.ts')
  return await findChromium()
}

async function startMongod () {
  const mongod = await importTypeScript('../example/mongod.ts')
  return await mongod.startMongod({ log: console.log })
}

async function test (count, variables) {
  const chromium = lane === 'all' ? await startChromium() : undefined
  try {
    const code = await runTap({ ...process.env, ...variables, CHROMIUM_ENDPOINT: chromium?.wsEndpoint() ?? '' })
    addTapCount(count, code)
    addTokenScan(count)
  } finally {
    await chromium?.close()
  }
}

/** One browser for all files of a whole run. In a run of some files, each that needs one starts its own. */
async function startChromium () {
  heading('chromium')
  const { serveBrowser } = await importTypeScript('./support/browser.ts')
  return await serveBrowser()
}

async function runTap (variables) {
  // CI keeps the reporter from redrawing its lines, which only a terminal can show.
  const env = process.stdout.isTTY ? variables : { CI: 'true', ...variables }
  mkdirSync('.tap', { recursive: true })
  rmSync(tapOutput, { force: true })
  rmSync(tokenScans, { recursive: true, force: true })
  // Two more than processors: many tests wait, for a database or a browser.
  const jobs = `--jobs=${availableParallelism() + 2}`
  return run('npx', ['tap', '--reporter=base', `--output-file=${tapOutput}`, jobs, ...tapArguments()], { env })
}

/** tap sorts its files by name: the folders of `SLOW` stand in the middle, so that none of them runs alone at the end. */
function tapArguments () {
  if (lane === 'all') return []
  if (lane === 'some') return ['--allow-incomplete-coverage', ...args]
  const files = readdirSync('test', { recursive: true }).map(path => `test/${path.replaceAll('\\', '/')}`)
  return ['--disable-coverage', ...files.filter(path => path.endsWith('.test.ts') && !path.includes('/node_modules/') && !SLOW.some(slow => path.startsWith(slow)))]
}

/** tap's own total is the last line of its kind. Whatever else it ends with, such as missing coverage, is a failure. */
function addTapCount (count, code) {
  const output = existsSync(tapOutput) ? readFileSync(tapOutput, 'utf8') : ''
  const total = output.match(/^# \{ total: .*\}$/gm)?.at(-1) ?? ''
  const number = name => Number(new RegExp(`\\b${name}: (\\d+)`).exec(total)?.[1] ?? 0)
  const failed = number('fail')
  count.passed += number('pass')
  count.skipped += number('skip') + number('todo')
  count.failed += code === 0 ? failed : Math.max(failed, 1)
  if (code !== 0 && failed === 0) console.log(`\nNo test failed, but tap ended with ${code}: look for missing coverage above.`)
}

/** The sums over all test processes. A leak is a failure; so is a whole run that has scanned nothing. */
function addTokenScan (count) {
  const files = existsSync(tokenScans) ? readdirSync(tokenScans) : []
  const scans = files.map(name => JSON.parse(readFileSync(`${tokenScans}/${name}`, 'utf8')))
  const sum = name => scans.reduce((total, scan) => total + scan[name], 0)
  const [tokens, responses, lines, documents, commands, leaks] = ['tokens', 'responses', 'lines', 'documents', 'commands', 'leaks'].map(sum)
  console.log(`\ntoken scan: ${tokens} tokens, ${responses} responses, ${lines} log lines, ${documents} documents, ${commands} commands, ${leaks} leaks`)
  const idle = lane === 'all' && Math.min(tokens, responses, lines, documents, commands) === 0
  if (leaks > 0 || idle) count.failed++
}

// --- running commands ---

/** Resolves to the exit code; rejects if the run was interrupted. @param quiet say nothing until it has ended: others run, too */
async function run (command, args, { quiet = false, ...options } = {}) {
  const words = [command, ...args].join(' ')
  if (!quiet) heading(words)
  let output = ''
  const code = await new Promise((resolve, reject) => {
    const child = spawn(command, args, { stdio: quiet ? ['ignore', 'pipe', 'pipe'] : 'inherit', shell: windows, ...options })
    for (const stream of [child.stdout, child.stderr]) stream?.setEncoding('utf8').on('data', text => { output += text })
    children.add(child)
    child.on('error', reject)
    child.on('close', code => {
      children.delete(child)
      resolve(code)
    })
  })
  if (quiet) {
    heading(words)
    process.stdout.write(output)
  }
  stopIfInterrupted()
  return code
}

/** Like `Promise.all`, but waits for all of them in any case. */
async function together (promises) {
  await Promise.allSettled(promises)
  return await Promise.all(promises)
}

async function must (command, args, options) {
  const code = await run(command, args, options)
  if (code !== 0) throw new Error(`${command} ${args.join(' ')} ended with ${code}`)
}

async function importTypeScript (path) {
  const { tsImport } = await import('tsx/esm/api')
  return tsImport(path, import.meta.url)
}

/** A plain Error says what to do: its sentence and reasons are enough. Any other is a mistake here: all of it. */
function explain (error) {
  if (error.constructor !== Error) return console.error(error)
  console.error(`\n${error.message}`)
  if (Array.isArray(error.cause)) console.error(error.cause.map(reason => `- ${reason}`).join('\n'))
}

function heading (text) {
  console.log(`\n> ${text}`)
}

/**
 * The first signal ends the commands and then, in order, the rest; a second one ends this process at once.
 * Ctrl-C reaches every process under way. A signal to this one alone waits for tap, which does not end on it.
 */
function interrupt (signal) {
  if (interrupted) process.exit(130)
  interrupted = signal
  for (const child of children) child.kill(signal)
}

function stopIfInterrupted () {
  if (interrupted) throw new Error(interrupted)
}
