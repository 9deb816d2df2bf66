/**
 * The addresses at which people reach this computer.
 * @module
 */
import { isIPv4, isIPv6 } from 'node:net'
import { networkInterfaces } from 'node:os'

/** The URLs at which the site can be opened. */
export interface Addresses {
  /** For the links in mails. Every device that can reach the site can open it. */
  url: string
  /** The origin at which passkeys work, which need https or localhost; null: they work nowhere. */
  passkeyOrigin: string | null
  /** All of them. The first is for this computer. */
  urls: string[]
}

/**
 * @param host where the server listens: a name, an address, or '0.0.0.0' or '::' for every address of this computer
 * @param scheme http, or https with a certificate
 */
export function addressesOf (host: string, port: number, scheme: 'http' | 'https' = 'http'): Addresses {
  const urls = hostsOf(host).map(name => `${scheme}://${isIPv6(name) ? `[${name}]` : name}:${port}`)
  const passkeyOrigin = urls.find(url => new URL(url).hostname === 'localhost') ?? null
  return { url: urls.at(-1)!, passkeyOrigin, urls }
}

function hostsOf (host: string): string[] {
  if (host !== '0.0.0.0' && host !== '::') return [host]
  const addresses = Object.values(networkInterfaces()).flat().filter(one => one?.internal === false)
  return ['localhost', ...addresses.map(one => one!.address).filter(isIPv4)]
}
