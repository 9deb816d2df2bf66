/**
 * Records to put into stores: those of the store's contract.
 * @module
 */
import { randomBytes } from 'node:crypto'
import type { DeviceBinding } from '../../plugin/sessions/binding.js'

export { aRecord, aToken, aVisitorRecord, CHROME } from '../../plugin/store-contract/records.js'
export { stored } from '../../plugin/store-contract/scene.js'

export const randomId = (): string => randomBytes(16).toString('base64url')

/** What the record of a session has once its browser has used its key. */
export const BINDING: DeviceBinding = {
  key: { kty: 'EC', crv: 'P-256', x: 'x'.repeat(43), y: 'y'.repeat(43) }, challengedAt: new Date(0), requiredFrom: new Date(1)
}
