/**
 * What `npm run engines` needs beside the suite: two browsers of Debian, and two packages to drive them with.
 * @module
 */
import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { root } from '../support/root.js'
import { toolFolder } from '../support/tool-folder.js'

/** Debian's package by the program that shows whether it is there. */
const DEBIAN = {
  '/usr/bin/firefox-esr': 'firefox-esr',
  '/usr/bin/WebKitWebDriver': 'webkit2gtk-driver',
  // GTK's display without a screen.
  '/usr/bin/broadwayd': 'libgtk-3-bin',
  '/usr/bin/openssl': 'openssl'
}

const { path: folder, isInstalled, prepare } = toolFolder('engines')

/** @returns a `require` that finds the packages */
export function install (): NodeJS.Require {
  installBrowsers()
  if (!isInstalled()) {
    prepare()
    run('npm', ['ci', '--omit=optional', '--no-audit', '--no-fund'], folder)
  }
  return createRequire(join(folder, 'package.json'))
}

/**
 * A certificate for localhost that nobody has signed. Over plain http WebKit keeps pages for Back that say `no-store`, and
 * takes no Secure cookie.
 */
export function makeCertificate (): { key: string, cert: string } {
  const [key, cert] = [join(folder, 'key.pem'), join(folder, 'cert.pem')]
  execFileSync('openssl', ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2', '-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost', '-keyout', key, '-out', cert], { stdio: 'ignore' })
  return { key: readFileSync(key, 'utf8'), cert: readFileSync(cert, 'utf8') }
}

function installBrowsers (): void {
  const missing = Object.entries(DEBIAN).filter(([program]) => !existsSync(program)).map(([, name]) => name)
  if (missing.length === 0) return
  if (process.getuid?.() !== 0 || !existsSync('/usr/bin/apt-get')) throw new Error(`These tests need Debian's packages ${missing.join(', ')}: install them, as root.`)
  run('apt-get', ['update', '-qq'])
  run('apt-get', ['install', '-y', '-qq', ...missing])
}

function run (command: string, args: string[], cwd: string = root): void {
  console.log(`> ${command} ${args.join(' ')}`)
  execFileSync(command, args, { cwd, stdio: ['ignore', 'ignore', 'inherit'], env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' } })
}
