/**
 * A Chromium with device-bound sessions, whose keys are in software: machines of tests have no TPM.
 * @module
 */
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core'
import type { Test } from 'tap'
import { launchOptions } from './browser.js'
import type { LabCa } from './lab-ca.js'

export interface BoundBrowserOptions {
  /** Limit how often it signs for a site, as people have it? Chromium signs at most 6 times in 9 minutes. @default false */
  quota?: boolean
}

/** How it is started. All names below `.test` are this machine. */
async function optionsOf ({ home }: Pick<LabCa, 'home'>, { quota = false }: BoundBrowserOptions = {}) {
  const { args, ...options } = await launchOptions()
  const features = [quota ? 'DeviceBoundSessions' : 'DeviceBoundSessions:RefreshQuota/false', 'EnableBoundSessionCredentialsSoftwareKeysForManualTesting']
  return {
    ...options,
    args: [...args, '--host-resolver-rules=MAP *.test 127.0.0.1', `--enable-features=${features.join(',')}`],
    env: { ...process.env, HOME: home } as Record<string, string>
  }
}

/** The caller closes it. */
export async function launchBoundBrowser (ca: Pick<LabCa, 'home'>, options?: BoundBrowserOptions): Promise<Browser> {
  return await chromium.launch(await optionsOf(ca, options))
}

/** A browser with a profile on disk, which can be closed and started again. It has the quota that people have. */
export interface Installed {
  /** This page in it. Starts the browser, again if it runs. */
  open(url: string): Promise<Page>
  close(): Promise<void>
  /** Forgets the keys of bound sessions, and keeps the cookies. The browser must be closed. */
  loseKeys(): void
}

/** It ends with the test. @param folder of the profile */
export function installBoundBrowser (t: Test, ca: Pick<LabCa, 'home'>, folder: string): Installed {
  let running: BrowserContext | undefined
  const close = async (): Promise<void> => {
    await running?.close()
    running = undefined
  }
  t.teardown(close)
  return {
    async open (url) {
      await close()
      running = await chromium.launchPersistentContext(folder, await optionsOf(ca, { quota: true }))
      const page = await running.newPage()
      await page.goto(url)
      return page
    },
    close,
    loseKeys () {
      rmSync(join(folder, 'Default/Device Bound Sessions'))
    }
  }
}
