/**
 * Finds the templates and static files, and serves the latter.
 * @module
 */
import { createHash } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import staticFiles from '@fastify/static'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { optionError } from '../errors.js'

/** A file that only this package has. A bundle's host may well have folders of the same names where ours would be. */
const LANDMARK = 'public/login-sessions.css'

/**
 * A directory of this package: the shipped Eta templates, or the stylesheet and scripts. It is two levels above this file, in
 * the source and in the build alike. Looked for when pages are registered: bundles that have no pages need neither.
 *
 * @param here this file, as `import.meta`
 * @throws FST_LOGIN_SESSION_OPTION if it is not there, because this file is part of a bundle
 */
export function packageDirectory (name: 'templates' | 'public', here: { url?: string } = import.meta): string {
  // A bundle of CommonJS has no URL.
  const { url } = here
  const home = url === undefined ? null : fileURLToPath(new URL('../../', url))
  if (home !== null && existsSync(join(home, LANDMARK))) return join(home, name, '/')
  throw optionError(`pages: the folder ${name}/ of fastify-login-sessions is not beside its code, as in a bundle: leave this package ` +
    'out of the bundle, with --external:fastify-login-sessions (esbuild), --external fastify-login-sessions (Bun, ncc), external ' +
    '(Rollup), ssr.external (Vite) or externals (webpack), and install it where the server runs')
}

/** The files that are served. The scripts import those after times.js themselves, with their fingerprints. */
const FILES = ['login-sessions.css', 'login-sessions.js', 'times.js', 'dialog.js', 'section.js', 'before-htmx.js', 'htmx.esm.min.js']

/** URLs of the static files. Each has a fingerprint of its file, so that browsers may cache it for a year. */
export interface AssetUrls {
  stylesheet: string
  /** A module. It imports htmx and the other modules. */
  script: string
  /** A module. It updates relative times, and shows absolute ones in the reader's time zone. */
  times: string
}

/** The static files with their fingerprints. */
export interface Assets {
  /** @param base the URL path of the directory, without a slash at its end */
  urls(base: string): AssetUrls
  /** Is this the fingerprint of the file as it is here? */
  isCurrent(file: string, version: unknown): boolean
}

/** Reads the files. @throws FST_LOGIN_SESSION_OPTION if one is missing */
export function createAssets (directory: string = packageDirectory('public')): Assets {
  const versions = new Map(FILES.map(name => [name, fingerprint(directory, name)]))
  return {
    urls (base) {
      const url = (name: string) => `${base}/${name}?v=${versions.get(name)}`
      return { stylesheet: url('login-sessions.css'), script: url('login-sessions.js'), times: url('times.js') }
    },
    isCurrent: (file, version) => versions.get(file) === version
  }
}

/** The statuses of a file, of a part of it, and of "not modified". */
const FILE_STATUSES = new Set([200, 206, 304])

/**
 * Serves the files below `/assets/`. One may be cached for a year only under its own fingerprint: with any other, this is an
 * older or newer server than the one that made the page, and a cache must not keep its file under that URL. Answers
 * without the file, such as a hook's refusal, are not stored at all.
 */
export async function serveAssets (app: FastifyInstance, { isCurrent }: Assets): Promise<void> {
  const filesSent = new WeakSet<object>()

  function cachingOf (request: FastifyRequest): string {
    const current = isCurrent(basename(request.routeOptions.url!), (request.query as { v?: unknown }).v)
    return current ? 'public, max-age=31536000, immutable' : 'no-cache'
  }

  // First what the file will have: the core leaves its cookie alone on what a shared cache may keep.
  app.addHook('preHandler', async (request, reply) => { reply.header('cache-control', cachingOf(request)) })
  app.addHook('onSend', async (request, reply) => {
    // A page that does not exist for everybody answers with the host's own page for unknown URLs, as it is.
    if (request.is404) return
    if (!filesSent.has(reply.raw) || !FILE_STATUSES.has(reply.statusCode)) reply.header('cache-control', 'no-store')
  })
  const setHeaders = (response: object): void => { filesSent.add(response) }
  // One route a file, not a wildcard: @fastify/static would take the file's name from the raw URL, which may be absolute.
  const options = { wildcard: false, cacheControl: false, decorateReply: false, index: false, setHeaders } as const
  await app.register(staticFiles, { root: packageDirectory('public'), prefix: '/assets/', ...options })
}

function fingerprint (directory: string, name: string): string {
  try {
    return createHash('sha256').update(readFileSync(join(directory, name))).digest('hex').slice(0, 12)
  } catch (cause) {
    throw Object.assign(optionError(`public/${name} is missing: run \`npm run htmx\` in a checkout, or install the package again`), { cause })
  }
}
