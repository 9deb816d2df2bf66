/**
 * The Content-Security-Policy of the pages.
 * @module
 */
import { isObject, shown } from '../option-check.js'

/** Sources by directive. */
export type Sources = Record<string, string[]>

/** Nonces of one response, as @fastify/helmet makes them. */
export interface Nonces {
  script: string
  style: string
}

/**
 * Allows files of this site only, nothing inline and no frames (ASVS 5.0 3.4.3 to 3.4.6). Markup becomes elements only
 * through the Trusted Types policy of `public/login-sessions.js`.
 */
const DIRECTIVES: Sources = {
  'default-src': ["'none'"],
  'script-src': ["'self'"],
  'style-src': ["'self'"],
  'img-src': ["'self'", 'data:'],
  'font-src': ["'self'"],
  'manifest-src': ["'self'"],
  'connect-src': ["'self'"],
  'form-action': ["'self'"],
  'base-uri': ["'none'"],
  'frame-ancestors': ["'none'"],
  'require-trusted-types-for': ["'script'"],
  'trusted-types': ['login-sessions']
}

/** The directives that a host may add sources to: those of what a layout loads. */
const OPEN = ['script-src', 'style-src', 'img-src', 'font-src', 'manifest-src', 'connect-src', 'media-src', 'frame-src', 'worker-src']

/** Directives whose files can act on the page: they take neither whole schemes nor all hosts of a top-level domain. */
const ACTIVE = new Set(['script-src', 'style-src', 'connect-src', 'frame-src', 'worker-src'])

const ORIGIN = /^(?:https?|wss?):\/\/(?:\*\.)?[\w-]+(?:\.[\w-]+)*(?::\d+)?(?:\/[^\s;,'"]*)?$/
/** Encrypted, or of this machine. A wildcard stands before two labels at least. */
const ACTIVE_ORIGIN =
  /^(?:(?:https|wss):\/\/(?:\*\.[\w-]+\.)?[\w-]+(?:\.[\w-]+)*|(?:http|ws):\/\/localhost)(?::\d+)?(?:\/[^\s;,'"]*)?$/
const HASH = /^'sha(?:256|384|512)-[\w+/-]+={0,2}'$/
const SCHEME = /^(?:data|blob|https):$/

/** Says what is wrong with additional sources. */
export function additionalSources (value: Sources): string | undefined {
  if (!isObject(value)) return `must be an object of sources by directive, not ${shown(value)}`
  for (const [directive, sources] of Object.entries(value)) {
    if (!OPEN.includes(directive)) return `has the directive ${shown(directive)}: it may have ${OPEN.join(', ')}`
    if (!Array.isArray(sources)) return `must have a list for ${directive}, not ${shown(sources)}`
    const wrong = sources.find(source => !isSource(source, directive))
    if (wrong !== undefined) return `has ${shown(wrong)} in ${directive}, where ${expectationOf(directive)}`
  }
}

function isSource (source: unknown, directive: string): boolean {
  if (typeof source !== 'string') return false
  if (HASH.test(source)) return true
  return ACTIVE.has(directive) ? ACTIVE_ORIGIN.test(source) : ORIGIN.test(source) || SCHEME.test(source)
}

const expectationOf = (directive: string): string => ACTIVE.has(directive)
  ? "each source must be an https: or wss: origin such as 'https://cdn.example' (at least two labels after '*.'), or a hash"
  : "each source must be an origin such as 'https://cdn.example' or a hash, or 'data:', 'blob:', 'https:'"

/** The policy of a response. @param additional sources that {@link additionalSources} has checked */
export function createPolicy (additional: Sources = {}): (nonces?: Nonces | null) => string {
  const directives: Sources = { ...DIRECTIVES }
  for (const [name, sources] of Object.entries(additional)) {
    if (sources.length > 0) directives[name] = [...directives[name] ?? [], ...sources]
  }
  const fixed = policyOf(directives)
  return nonces => nonces ? policyOf(withNonces(directives, nonces)) : fixed
}

function withNonces (directives: Sources, { script, style }: Nonces): Sources {
  const add = (name: string, nonce: string): string[] => [...directives[name]!, `'nonce-${nonce}'`]
  return { ...directives, 'script-src': add('script-src', script), 'style-src': add('style-src', style) }
}

const policyOf = (directives: Sources): string =>
  Object.entries(directives).map(([name, sources]) => [name, ...sources].join(' ')).join('; ')
