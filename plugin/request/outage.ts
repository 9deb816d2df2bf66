/**
 * Requests whose session could not be looked up: cannot-know is not signed-out.
 * @module
 */
import type { FastifyRequest } from 'fastify'
import type { LoginSessionError } from '../errors.js'

const outages = new WeakMap<FastifyRequest, LoginSessionError>()

/** Notes that the store failed for this request. */
export const noteOutage = (request: FastifyRequest, error: LoginSessionError): void => { outages.set(request, error) }

/** It is known after all: somebody has signed in since. */
export const clearOutage = (request: FastifyRequest): void => { outages.delete(request) }

/** The store's failure for this request, if there was one. */
export const outageOf = (request: FastifyRequest): LoginSessionError | undefined => outages.get(request)

/** @throws the store's failure for this request, if there was one */
export function throwOutage (request: FastifyRequest): void {
  const outage = outageOf(request)
  if (outage !== undefined) throw outage
}
