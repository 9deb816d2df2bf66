/**
 * Device binding: the key of the browser that a session is bound to, as W3C Device Bound Session Credentials has it. Pure: the
 * clock is passed in.
 *
 * The browser proves now and then that it still has the private key. Each proof signs a challenge of ours. A challenge counts only
 * if it was made later than that of the last proof, so each is used once.
 * @module
 */

/** A public key, as a JWK: on P-256 for ES256, or RSA for RS256. */
export type DeviceKey =
  | { kty: 'EC', crv: 'P-256', x: string, y: string }
  | { kty: 'RSA', n: string, e: string }

/** What a session is bound to. */
export interface DeviceBinding {
  key: DeviceKey
  /** When the challenge was made that the last proof signs. */
  challengedAt: Date
  /**
   * From then on, every request must have the bound cookie. Absent until a request has it: the response that brings it may be
   * lost, and then the session stays as it is without a binding.
   */
  requiredFrom?: Date
}

/**
 * How long requests still pass without the bound cookie once a first request had it, in ms: they may have been under way when
 * the browser got it.
 */
export const BINDING_GRACE = 30_000

/** Does the browser of this session have the key and the bound cookie? Not before it has used them. */
export const isBound = ({ binding }: { binding?: DeviceBinding }): boolean => binding?.requiredFrom !== undefined

/** Must a request of this session have the bound cookie now? */
export const needsBoundCookie = ({ binding }: { binding?: DeviceBinding }, now: Date): boolean =>
  binding?.requiredFrom !== undefined && binding.requiredFrom <= now

/** The binding after a proof that signs this challenge. */
export const afterProof = (binding: DeviceBinding, challengedAt: Date, now: Date): DeviceBinding =>
  ({ ...inForce(binding, now), challengedAt })

/** The binding once a request has had the bound cookie. */
export const inForce = (binding: DeviceBinding, now: Date): DeviceBinding =>
  ({ ...binding, requiredFrom: binding.requiredFrom ?? new Date(now.getTime() + BINDING_GRACE) })
