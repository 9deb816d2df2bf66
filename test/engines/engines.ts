/**
 * The three engines behind one interface: Chromium by Playwright, Firefox by Puppeteer (WebDriver BiDi), WebKitGTK by Selenium.
 * The types of the packages that only `npm run engines` installs are written here, as far as they are used.
 * @module
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { launchWithBackForwardCache, pressBack } from '../support/bfcache.js'
import { freePort } from '../support/free-port.js'
import type { Key, KeyboardPage } from '../support/keyboard-scene.js'
import { poll } from '../support/poll.js'

/** In JavaScript: a page has been loaded, and it is not the empty one between two pages. */
const IS_THERE = 'document.readyState === "complete" && document.body !== null && location.protocol !== "about:"'

export interface EnginePage extends KeyboardPage {
  close(): Promise<void>
}

export interface EngineBrowser {
  /** Its name and version. */
  version: string
  /** A page in a profile that nobody has used. */
  openPage(): Promise<EnginePage>
  close(): Promise<void>
}

export interface Engine {
  name: string
  /** @param packages finds what `install` has installed @param url what paths begin with */
  launch(packages: NodeJS.Require, url: string): Promise<EngineBrowser>
}

const chromium: Engine = {
  name: 'Chromium',
  async launch (_packages, url) {
    const browser = await launchWithBackForwardCache()
    return {
      version: `Chromium ${browser.version()}`,
      async openPage () {
        const context = await browser.newContext({ baseURL: url, ignoreHTTPSErrors: true })
        const page = await context.newPage()
        return {
          async open (path) { await page.goto(path) },
          async click (selector) { await Promise.all([page.waitForEvent('load'), page.locator(selector).click()]) },
          async back () { await pressBack(page) },
          press: key => page.keyboard.press(key),
          type: text => page.keyboard.type(text),
          evaluate: expression => page.evaluate(expression),
          close: () => context.close()
        }
      },
      close: () => browser.close()
    }
  }
}

// --- Firefox ---

interface PuppeteerPage {
  goto(url: string): Promise<unknown>
  click(selector: string): Promise<void>
  evaluate(expression: string): Promise<unknown>
  waitForNavigation(): Promise<unknown>
  keyboard: { down(key: string): Promise<void>, up(key: string): Promise<void>, press(key: string): Promise<void>, type(text: string): Promise<void> }
}

interface Puppeteer {
  launch(options: object): Promise<{
    version(): Promise<string>
    createBrowserContext(): Promise<{ newPage(): Promise<PuppeteerPage>, close(): Promise<void> }>
    close(): Promise<void>
  }>
}

const firefox: Engine = {
  name: 'Firefox',
  async launch (packages, url) {
    const { default: puppeteer } = await import(packages.resolve('puppeteer-core')) as { default: Puppeteer }
    const browser = await puppeteer.launch({ browser: 'firefox', executablePath: '/usr/bin/firefox-esr', headless: true, acceptInsecureCerts: true })
    return {
      version: (await browser.version()).replace(/^firefox\//i, 'Firefox '),
      async openPage () {
        const context = await browser.createBrowserContext()
        const page = await context.newPage()
        const evaluate = (expression: string): Promise<unknown> => page.evaluate(expression)
        return {
          async open (path) { await page.goto(url + path) },
          async click (selector) { await Promise.all([page.waitForNavigation(), page.click(selector)]) },
          async back () { await pressBackByScript(evaluate) },
          async press (key) {
            if (key !== 'Shift+Tab') return await page.keyboard.press(key === 'Space' ? ' ' : key)
            await page.keyboard.down('Shift')
            await page.keyboard.press('Tab')
            await page.keyboard.up('Shift')
          },
          type: text => page.keyboard.type(text),
          evaluate,
          close: () => context.close()
        }
      },
      close: () => browser.close()
    }
  }
}

// --- WebKit ---

interface SeleniumActions {
  sendKeys(keys: string): SeleniumActions
  keyDown(key: string): SeleniumActions
  keyUp(key: string): SeleniumActions
  perform(): Promise<void>
}

interface SeleniumDriver {
  get(url: string): Promise<void>
  executeScript(script: string): Promise<unknown>
  actions(): SeleniumActions
  getCapabilities(): Promise<{ getBrowserVersion(): string | undefined }>
  quit(): Promise<void>
}

interface Selenium {
  Builder: new () => {
    usingServer(url: string): InstanceType<Selenium['Builder']>
    withCapabilities(capabilities: object): InstanceType<Selenium['Builder']>
    build(): Promise<SeleniumDriver>
  }
}

/** WebDriver's code points for keys (W3C WebDriver, 17.4.2). */
const WEBDRIVER_KEYS: Record<Exclude<Key, 'Shift+Tab'>, string> = { Tab: '\uE004', Enter: '\uE007', Escape: '\uE00C', Space: ' ' }

const SHIFT = '\uE008'

/** Debian puts the browser for tests into a folder with the version of its programming interface. */
const MINI_BROWSERS = ['4.1', '6.0', '4.0'].map(version => `/usr/lib/${process.arch === 'arm64' ? 'aarch64' : 'x86_64'}-linux-gnu/webkit2gtk-${version}/MiniBrowser`)

const webkit: Engine = {
  name: 'WebKit',
  async launch (packages, url) {
    const { Builder } = packages('selenium-webdriver') as Selenium
    const binary = MINI_BROWSERS.find(path => existsSync(path))
    if (binary === undefined) throw new Error(`MiniBrowser is in none of ${MINI_BROWSERS.join(', ')}`)
    const [display, port] = [String(100 + Math.floor(Math.random() * 900)), await freePort()]
    const screen = await start('broadwayd', [`:${display}`, '--port', String(await freePort())], {})
    const server = await start('WebKitWebDriver', [`--port=${port}`], { BROADWAY_DISPLAY: `:${display}`, GDK_BACKEND: 'broadway' })
    await poll('WebKitWebDriver', async () => (await fetch(`http://127.0.0.1:${port}/status`)).ok || undefined)

    const openDriver = (): Promise<SeleniumDriver> => new Builder().usingServer(`http://127.0.0.1:${port}`)
      .withCapabilities({ browserName: 'MiniBrowser', acceptInsecureCerts: true, pageLoadStrategy: 'none', timeouts: { script: 1000, pageLoad: 5000 }, 'webkitgtk:browserOptions': { binary, args: ['--automation'] } }).build()
    const first = await openDriver()
    const version = (await first.getCapabilities()).getBrowserVersion() ?? ''
    await first.quit()

    return {
      version: `WebKitGTK ${version}`,
      async openPage () {
        const isNext = `window.isBefore !== true && ${IS_THERE}`
        // Each session has a profile of its own, which is nowhere kept.
        const driver = await openDriver()
        const evaluate = (expression: string): Promise<unknown> => driver.executeScript(`return ${expression}`)
        return {
          async open (path) {
            await evaluate('window.isBefore = true')
            await driver.get(url + path)
            await poll('the page', async () => await evaluate(isNext) === true || undefined)
          },
          async click (selector) {
            await evaluate('window.isBefore = true')
            // Without a screen nothing can be clicked as people do.
            await evaluate(`void document.querySelector(${JSON.stringify(selector)}).click()`)
            await poll('the next page', async () => await evaluate(isNext) === true || undefined)
          },
          back: () => pressBackByScript(evaluate),
          press: key => key === 'Shift+Tab'
            ? driver.actions().keyDown(SHIFT).sendKeys(WEBDRIVER_KEYS.Tab).keyUp(SHIFT).perform()
            : driver.actions().sendKeys(WEBDRIVER_KEYS[key]).perform(),
          type: text => driver.actions().sendKeys(text).perform(),
          evaluate,
          close: () => driver.quit()
        }
      },
      async close () {
        await end(server)
        await end(screen)
      }
    }
  }
}

/** Back without the driver's own command, which waits for a load that a restored page does not have. */
async function pressBackByScript (evaluate: (expression: string) => Promise<unknown>): Promise<void> {
  await evaluate('window.isLeft = true')
  await evaluate('void setTimeout(() => history.back())').catch(() => {})
  await poll('the page before', async () => await evaluate(`window.isLeft !== true && ${IS_THERE}`) === true || undefined)
}

async function start (command: string, args: string[], env: NodeJS.ProcessEnv): Promise<ChildProcess> {
  const child = spawn(command, args, { stdio: 'ignore', env: { ...process.env, ...env } })
  await once(child, 'spawn')
  return child
}

async function end (child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const exit = once(child, 'exit')
  child.kill('SIGTERM')
  await exit
}

export const ENGINES: Engine[] = [chromium, firefox, webkit]
