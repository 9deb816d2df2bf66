/**
 * Which ways to confirm there are. A new one adds its field and its line here.
 * @module
 */
import type { ConfirmationWay } from './confirmation.js'
import { passwordWay, type VerifyPassword } from './password.js'

/** The fields of a request that can be part of a proof, with their description in the API. All are strings. */
export const PROOF_FIELDS: Readonly<Record<string, string>> = {
  password: "The signed-in user's password"
}

/** What the host gave for confirming. */
export interface WayOptions {
  verifyPassword?: VerifyPassword | undefined
}

/** The ways that the host has chosen, in the order in which they are tried. */
export function waysOf ({ verifyPassword }: WayOptions): ConfirmationWay[] {
  return verifyPassword === undefined ? [] : [passwordWay(verifyPassword)]
}
