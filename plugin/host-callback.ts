/**
 * Calls the host's synchronous callbacks. Their errors are logged and never fail the request.
 * @module
 */
import type { FastifyRequest } from 'fastify'

/**
 * Calls a callback of the host's and returns its answer, or null if it throws or returns a promise. An error is logged once
 * for each request and callback. A promise is logged once for each callback, since a host returns one always or never.
 *
 * @param name the option that the host gave the callback as
 */
export type CallHost = (request: FastifyRequest, name: string, callback: () => unknown) => unknown

/** A {@link CallHost} with its own memory of what it has logged. */
export function createHostCallbacks (): CallHost {
  const failed = new WeakMap<FastifyRequest, Set<string>>()
  const asynchronous = new Set<string>()

  function warnOfPromise (request: FastifyRequest, name: string): void {
    if (asynchronous.has(name)) return
    asynchronous.add(name)
    request.log.warn(`login sessions: ${name} returned a promise, which is ignored: it must answer synchronously`)
  }

  function warnOfError (request: FastifyRequest, name: string, error: unknown): void {
    const names = failed.get(request) ?? new Set()
    if (!names.has(name)) request.log.warn({ err: error }, `login sessions: ${name} failed`)
    failed.set(request, names.add(name))
  }

  return (request, name, callback) => {
    try {
      const answer = callback()
      if (!isPromise(answer)) return answer
      // The promise is ignored, but its rejection must not end the process.
      Promise.resolve(answer).catch(() => {})
      warnOfPromise(request, name)
    } catch (error) {
      warnOfError(request, name, error)
    }
    return null
  }
}

const isPromise = (value: unknown): boolean => typeof (value as { then?: unknown } | null | undefined)?.then === 'function'
