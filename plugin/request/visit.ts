/**
 * Request → where it came from: the host's own hooks for address and device, over what Fastify and we make of it.
 * @module
 */
import type { IncomingHttpHeaders } from 'node:http'
import type { FastifyRequest } from 'fastify'
import { type AddressMode, safeAddress, shorten } from '../client/address.js'
import { cutUserAgent, type Device, type DeviceKind, describeDevice, hasClientHints } from '../client/device.js'
import { wordOf } from '../client/names.js'
import { DEVICE_KINDS } from '../client/system.js'
import { createAskHost } from '../host-callback.js'
import type { Sighting, Visit } from '../sessions/record.js'

/**
 * The client's address as the host knows it, instead of Fastify's `request.ip`. Asked at sign-in and when a touch is due.
 * It answers at once. What is no address, a promise included, or an error, leaves the connection's own address.
 *
 * @example
 * const clientIp: ClientIp = request => request.headers['x-real-ip']?.toString()
 */
export type ClientIp = (request: FastifyRequest) => string | undefined

/**
 * The host's own user-agent parser, which answers at once. What it returns goes over our description: words of 1 to 60
 * printable characters, and a `kind` that we know; everything else is dropped. What it leaves out stays ours, but for what
 * belongs to a name that is ours no longer: our version of another browser, or our version and model of another system,
 * become null. null, a promise or an error: all ours.
 *
 * It is called with no headers too, to see what the user agent tells alone: let the same arguments give the same answer.
 *
 * @param userAgent cut at 512 characters
 * @example
 * const parseUserAgent: ParseUserAgent = userAgent => /^ShopApp\//.test(userAgent) ? { browser: 'Shop app', kind: 'phone' } : null
 */
export type ParseUserAgent = (userAgent: string, headers: IncomingHttpHeaders) => Partial<Device> | null

/** What the host chose about addresses and devices. */
export interface VisitOptions {
  ip: AddressMode
  clientIp: ClientIp | undefined
  parseUserAgent: ParseUserAgent | undefined
}

/** Tells where requests come from. */
export interface Visits {
  /** The address and device of a request that starts a session. */
  visitOf(request: FastifyRequest): Visit
  /** What a touch writes beside the time. */
  sightingOf(request: FastifyRequest, record: Visit): Sighting
}

const WORDS = ['browser', 'browserVersion', 'os', 'osVersion', 'model'] as const
const KINDS: ReadonlySet<unknown> = new Set(DEVICE_KINDS)

/** @param options checked ones */
export function createVisits ({ ip, clientIp, parseUserAgent }: VisitOptions): Visits {
  const asked = createAskHost()

  function addressOf (request: FastifyRequest): string | null {
    if (ip === 'none') return null
    const told = clientIp === undefined ? request.ip : asked(request, 'clientIp', () => clientIp(request))
    return shorten(safeAddress(typeof told === 'string' ? told : undefined) ?? safeAddress(request.socket.remoteAddress), ip)
  }

  /** @param headers none: as the user agent tells it alone */
  function deviceOf (request: FastifyRequest, userAgent: string, headers: IncomingHttpHeaders): Device {
    const ours = describeDevice(userAgent, headers)
    if (parseUserAgent === undefined) return ours
    return over(ours, fit(asked(request, 'parseUserAgent', () => parseUserAgent(userAgent, headers))))
  }

  /**
   * The device told better by client hints, which many browsers only send once they were asked (see `accept-ch.ts`), or null.
   *
   * The rule: hints add exactness to a row, once, and change no name in it. Only where the record's device is what its
   * user agent tells alone, only for a request with that very user agent, and only if browser, system and kind (unless
   * that was unknown) keep their words. So a stolen cookie, used elsewhere, does not turn the row into one of the
   * thief's device: its owner goes on reading where the session was begun, beside the address where it was last used.
   */
  function exacter (request: FastifyRequest, { userAgent, device }: Visit): Device | null {
    const { headers } = request
    if (!hasClientHints(headers) || cutUserAgent(headers['user-agent']) !== userAgent) return null
    if (!same(device, deviceOf(request, userAgent, {}))) return null
    const told = deviceOf(request, userAgent, headers)
    const renamed = told.browser !== device.browser || told.os !== device.os || (told.kind !== device.kind && device.kind !== 'unknown')
    return renamed || same(told, device) ? null : told
  }

  return {
    visitOf (request) {
      const userAgent = cutUserAgent(request.headers['user-agent'])
      return { ip: addressOf(request), userAgent, device: deviceOf(request, userAgent, request.headers) }
    },

    sightingOf (request, record) {
      const device = exacter(request, record)
      return { ip: addressOf(request), ...(device !== null && { device }) }
    }
  }
}

/** What of a host's answer is fit for a page. */
function fit (told: unknown): Partial<Device> {
  if (told === null || typeof told !== 'object') return {}
  const { kind, ...values } = told as Record<string, unknown>
  const words = WORDS.flatMap(name => {
    const word = typeof values[name] === 'string' ? wordOf(values[name]) : null
    return word === null ? [] : [[name, word] as const]
  })
  return { ...Object.fromEntries(words), ...(KINDS.has(kind) && { kind: kind as DeviceKind }) }
}

/** Our description with the host's words over it. Our version, or model, of one thing says nothing of another. */
function over (ours: Device, told: Partial<Device>): Device {
  const renamed = (name: 'browser' | 'os'): boolean => told[name] !== undefined && told[name] !== ours[name]
  return {
    ...ours,
    ...(renamed('browser') && { browserVersion: null }),
    ...(renamed('os') && { osVersion: null, model: null }),
    ...told
  }
}

function same (one: Device, other: Device): boolean {
  return one.kind === other.kind && WORDS.every(name => one[name] === other[name])
}
