/**
 * Finds the templates and static files. They are two levels above this file, in the source and in the build alike.
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

/** URLs of the static files. Each has a fingerprint of its file, so that browsers may cache it for a year. */
export interface AssetUrls {
  stylesheet: string
  script: string
  /** Updates relative times, and shows absolute ones in the reader's time zone. */
  times: string
  htmx: string
}

/** @param base the URL path of the directory, without a slash at its end */
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
