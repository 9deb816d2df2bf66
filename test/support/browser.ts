/**
 * The browser of the end-to-end tests: the Chromium of this machine, since playwright-core brings none.
 */
import { chromium, type Browser, type BrowserServer } from 'playwright-core'
import { findOnPath } from '../../example/mongod.js'

const commands = ['chromium', 'chromium-browser', 'google-chrome']

// Nothing that talks to the outside or needs a graphics card.
const args = [
  '--disable-gpu', '--disable-background-networking', '--disable-component-update', '--disable-sync', '--no-first-run',
]

/**
 * Finds Chromium: `CHROMIUM_PATH` of `env`, or else the first of chromium, chromium-browser and google-chrome on its
 * PATH. Resolves to the path of the binary. Rejects if there is none: a missing browser is never a skipped test.
 */
export async function findChromium (env: NodeJS.ProcessEnv = process.env): Promise<string> {
  if (env.CHROMIUM_PATH) return env.CHROMIUM_PATH
  for (const command of commands) {
    const path = await findOnPath(command, env)
    if (path) return path
  }
  throw new Error('The browser tests need Chromium: install it, or set CHROMIUM_PATH to its binary.')
}

/**
 * Starts a headless Chromium for all test files of a run, which find it by `CHROMIUM_ENDPOINT`. The caller closes it;
 * signals are left to the caller, too.
 */
export async function serveBrowser (): Promise<BrowserServer> {
  return await chromium.launchServer({ ...await launchOptions(), host: '127.0.0.1', handleSIGINT: false, handleSIGTERM: false, handleSIGHUP: false })
}

/**
 * A headless Chromium: the one at `CHROMIUM_ENDPOINT`, or otherwise one of its own. The caller closes it, which ends the
 * caller's profiles in it, and the browser only if it is the caller's own. Rejects with `findChromium`'s error, or with
 * Playwright's if the browser does not start.
 */
export async function launchBrowser (env: NodeJS.ProcessEnv = process.env): Promise<Browser> {
  return env.CHROMIUM_ENDPOINT ? await chromium.connect(env.CHROMIUM_ENDPOINT) : await chromium.launch(await launchOptions())
}

/** How Chromium is started. */
export async function launchOptions () {
  return { executablePath: await findChromium(), args: [...args, ...sandboxArgs()] }
}

/** Chromium refuses to start its sandbox as root, as in containers and CI. */
function sandboxArgs (): string[] {
  return process.getuid?.() === 0 ? ['--no-sandbox'] : []
}
