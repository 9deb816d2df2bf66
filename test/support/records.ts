/**
 * Records to put into stores: those of the store's contract.
 * @module
 */
import { randomBytes } from 'node:crypto'

export { aRecord, aToken, aVisitorRecord, CHROME } from '../../plugin/store-contract/records.js'
export { stored } from '../../plugin/store-contract/scene.js'

export const randomId = (): string => randomBytes(16).toString('base64url')
