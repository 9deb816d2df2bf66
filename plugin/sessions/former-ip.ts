/**
 * The address that a session was used from before the present one. With both, the list shows somebody who follows the owner
 * with a stolen cookie, also if the owner comes back.
 * @module
 */
import { type AddressMode, shorten } from '../client/address.js'
import type { FormerIp, LoginSessionRecord } from './record.js'

/**
 * Is this address another than the recorded one? One that was recorded in another mode is compared by its network.
 *
 * @param seen as the mode keeps it
 */
export const isElsewhere = (recorded: string, seen: string | null, mode: AddressMode): boolean =>
  shorten(recorded, mode) !== seen && shorten(seen, 'shortened') !== recorded

/**
 * What a touch writes as the former address. Undefined: it stays as it is. Null: it is not kept any more.
 *
 * @param seen the address that the touch writes, as the mode keeps it
 */
export function formerIpAfter (
  { ip, formerIp }: Pick<LoginSessionRecord, 'ip' | 'formerIp'>, seen: string | null, mode: AddressMode, at: Date
): FormerIp | null | undefined {
  const left = shorten(ip, mode)
  if (left !== null && isElsewhere(ip!, seen, mode)) return { ip: left, until: at }
  if (formerIp == null) return undefined
  const kept = shorten(formerIp.ip, mode)
  if (kept === null || kept === seen) return null
  return kept === formerIp.ip ? undefined : { ip: kept, until: formerIp.until }
}
