/**
 * What the host's own functions answer, those that answer at once: their mistakes are the log's, never the request's.
 * @module
 */
import type { FastifyRequest } from 'fastify'

/**
 * The answer of this hook for this request; null where it threw or gave a promise. An error costs one line of the log a
 * request and hook; a promise, which a host gives always or never, one line a hook.
 */
export type AskHost = (request: FastifyRequest, hook: string, ask: () => unknown) => unknown

export function createAskHost (): AskHost {
  const failed = new WeakMap<FastifyRequest, Set<string>>()
  const asynchronous = new Set<string>()

  function warnOfPromise (request: FastifyRequest, hook: string): void {
    if (asynchronous.has(hook)) return
    asynchronous.add(hook)
    request.log.warn(`login sessions: ${hook} gave a promise, which is not waited for: it must answer at once`)
  }

  function warnOfError (request: FastifyRequest, hook: string, error: unknown): void {
    const hooks = failed.get(request) ?? new Set()
    if (!hooks.has(hook)) request.log.warn({ err: error }, `login sessions: ${hook} failed`)
    failed.set(request, hooks.add(hook))
  }

  return (request, hook, ask) => {
    try {
      const answer = ask()
      if (!isPromise(answer)) return answer
      // Nobody waits for it, and its failure must not end the process.
      Promise.resolve(answer).catch(() => {})
      warnOfPromise(request, hook)
    } catch (error) {
      warnOfError(request, hook, error)
    }
    return null
  }
}

const isPromise = (value: unknown): boolean => typeof (value as { then?: unknown } | null | undefined)?.then === 'function'
