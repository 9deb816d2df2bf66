/**
 * The option `deviceBound`. To add a part: its type and comment in {@link DeviceBoundOptions}, and its row in `TABLE`.
 * @module
 */
import { optionError } from '../../errors.js'
import { aPublicPrefix, duration, isObject, type OptionTable, prefixRow, resolveTable, shown } from '../../option-check.js'
import type { LoginSessionStore } from '../../sessions/store.js'
import type { ResolvedCookie } from '../cookie-options.js'

/** How sessions are bound to the device that signed in. */
export interface DeviceBoundOptions {
  /**
   * How long a proof of the device counts, in ms: a copied cookie works for so long at most. At least 5 minutes, because Chromium
   * signs at most 6 times in 9 minutes for a site, and begins 2 minutes before the time is over; at most a day. @default 10 minutes
   */
  refreshEvery?: number
  /** Where the two routes are that the browser calls: `/register` and `/refresh` below it. @default '/device-bound-session' */
  prefix?: string
  /** What a proxy in front of the server takes away from paths. @default '' */
  publicPrefix?: string
}

/** The option as the plugin works with it; null: sessions are not bound. */
export type ResolvedDeviceBound = Required<DeviceBoundOptions> | null

const MINUTE = 60_000

/** Chromium's quota: six signatures in nine minutes for each site (`session_service_impl.cc`). */
const SHORTEST = 5 * MINUTE

/** A copied cookie works for so long. */
const LONGEST = 24 * 60 * MINUTE

const TABLE: OptionTable<DeviceBoundOptions> = {
  refreshEvery: { default: 10 * MINUTE, check: aRefreshTime, write: '10 * 60_000' },
  prefix: { default: '/device-bound-session', ...prefixRow('/device-bound-session'), write: "'/device-bound-session'" },
  publicPrefix: { default: '', check: aPublicPrefix, write: "'/shop'" }
}

/** Is it true, false, or an object? */
export const trueOrOptions = (value: unknown): string | undefined =>
  typeof value === 'boolean' || isObject(value) ? undefined : `must be true, false or an object, not ${shown(value)}`

/** @throws FST_LOGIN_SESSION_OPTION with a sentence that says what to write instead */
export function resolveDeviceBound (
  option: boolean | DeviceBoundOptions, { attributes }: ResolvedCookie, store: LoginSessionStore
): ResolvedDeviceBound {
  if (option === false) return null
  if (typeof store.setBinding !== 'function') {
    throw optionError('deviceBound needs a store with setBinding: use mongoStore or memoryStore, write setBinding in yours, ' +
      'or leave deviceBound out')
  }
  if (!attributes.secure) {
    throw optionError('deviceBound needs https, because browsers bind sessions over https only: ' +
      'leave cookie.secure out, or leave deviceBound out')
  }
  if (attributes.domain !== undefined) {
    throw optionError('deviceBound needs a cookie of one host, because a browser renews its proof for one origin: ' +
      'leave cookie.domain out, or leave deviceBound out')
  }
  return resolveTable(TABLE, option === true ? {} : option, { kind: 'option', name: 'deviceBound' })
}

function aRefreshTime (milliseconds: number): string | undefined {
  const wrong = duration(LONGEST)(milliseconds)
  if (wrong !== undefined || milliseconds >= SHORTEST) return wrong
  return `must be at least ${SHORTEST} milliseconds (5 minutes), not ${milliseconds}, because browsers limit how often they sign`
}
