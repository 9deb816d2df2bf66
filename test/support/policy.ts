/**
 * The Content-Security-Policy of the pages, without additional sources.
 * @module
 */
import { createPolicy } from '../../plugin/pages/policy.js'

/** As responses have it, without nonces. */
export const CONTENT_SECURITY_POLICY = createPolicy()()
