/**
 * Bindings to put into records.
 * @module
 */
import { randomBytes } from 'node:crypto'
import type { DeviceBinding, DeviceKey } from '../sessions/binding.js'
import { NOW } from './records.js'

/** A key on P-256 that nobody has. */
const anEcKey = (): DeviceKey => ({ kty: 'EC', crv: 'P-256', x: randomText(32), y: randomText(32) })

/** A key for RSA, of the usual size, that nobody has. */
export const anRsaKey = (): DeviceKey => ({ kty: 'RSA', n: randomText(256), e: 'AQAB' })

/** A binding to a key on P-256 whose challenge was made at NOW, with these changes. */
export const aBinding = (changes: Partial<DeviceBinding> = {}): DeviceBinding => ({ key: anEcKey(), challengedAt: NOW, ...changes })

const randomText = (bytes: number): string => randomBytes(bytes).toString('base64url')
