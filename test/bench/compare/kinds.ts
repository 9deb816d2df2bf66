/**
 * What is measured side by side.
 * @module
 */

export interface Kind {
  name: string
  /** What a reader of the table reads. */
  label: string
  /** A file in `servers/` or `peers/`, and its variant. */
  server: string
  variant?: string
  /** The path that is asked for. */
  path: '/' | '/public'
  /** What the requests carry: the cookie of a signed-in user, a forged one, or none. */
  cookies: 'own' | 'forged' | 'none'
  /** Needs the packages of `peers/`. */
  peer?: true
}

const signedIn = { path: '/', cookies: 'own' } as const
const peer = { ...signedIn, peer: true } as const

export const KINDS: readonly Kind[] = [
  { name: 'bare', label: 'Fastify alone', server: 'bare', path: '/', cookies: 'none' },
  { name: 'floor', label: 'the same lookup, nothing around it', server: 'floor', ...signedIn },
  { name: 'ours', label: 'fastify-login-sessions', server: 'ours', ...signedIn },
  { name: 'ours-touch', label: 'fastify-login-sessions, each request writes', server: 'ours', variant: '1', ...signedIn },
  { name: 'hand-written', label: '@fastify/cookie + findOne, by hand', server: 'hand-written', ...signedIn },
  { name: 'fastify-session-tuned', label: '@fastify/session + connect-mongo, tuned', server: 'fastify-session', variant: 'tuned', ...peer },
  { name: 'fastify-session', label: '@fastify/session + connect-mongo', server: 'fastify-session', ...peer },
  { name: 'express-session-tuned', label: 'express-session + connect-mongo, tuned', server: 'express-session', variant: 'tuned', ...peer },
  { name: 'express-session', label: 'express-session + connect-mongo', server: 'express-session', ...peer },
  { name: 'better-auth', label: 'better-auth getSession', server: 'better-auth', ...peer },
  { name: 'ours-visitor', label: 'fastify-login-sessions, no cookie', server: 'ours', path: '/public', cookies: 'none' },
  { name: 'ours-forged', label: 'fastify-login-sessions, forged cookie', server: 'ours', path: '/public', cookies: 'forged' }
]

/** @throws a sentence that lists the names there are */
export function kindsNamed (names: readonly string[]): Kind[] {
  const unknown = names.filter(name => !KINDS.some(kind => kind.name === name))
  if (unknown.length > 0) throw new Error(`--kinds knows ${KINDS.map(({ name }) => name).join(', ')}; not ${unknown.join(', ')}`)
  return KINDS.filter(({ name }) => names.includes(name))
}
