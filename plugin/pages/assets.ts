/**
 * Where templates and static files are: one level above this file, from source and from build alike.
 * @module
 */
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { optionError } from '../errors.js'

/** The shipped Eta templates. */
export const templatesDir: string = fileURLToPath(new URL('../../templates/', import.meta.url))

/** The stylesheet, the scripts and htmx. */
export const publicDir: string = fileURLToPath(new URL('../../public/', import.meta.url))

/** The page's own files, each with a fingerprint in its URL, so that browsers may keep it for good. */
export interface AssetUrls {
  stylesheet: string
  script: string
  /** Keeps relative times true, and absolute ones in the reader's zone. */
  times: string
  htmx: string
}

/** @param base the URL path that the files are served below, without a slash at its end */
export function assetUrls (base: string, directory: string = publicDir): AssetUrls {
  const url = (name: string) => `${base}/${name}?v=${fingerprint(directory, name)}`
  return { stylesheet: url('login-sessions.css'), script: url('login-sessions.js'), times: url('times.js'), htmx: url('htmx.min.js') }
}

function fingerprint (directory: string, name: string): string {
  try {
    return createHash('sha256').update(readFileSync(join(directory, name))).digest('hex').slice(0, 12)
  } catch (cause) {
    throw Object.assign(optionError(`public/${name} is missing: run \`npm run htmx\` in a checkout, or install the package again`), { cause })
  }
}
