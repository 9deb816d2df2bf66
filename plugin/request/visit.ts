/**
 * Request → its address and device. The host's own `clientIp` and `parseUserAgent` take precedence over ours.
 * @module
 */
import type { IncomingHttpHeaders } from 'node:http'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { type AddressMode, safeAddress, shorten } from '../client/address.js'
import {
  CLIENT_HINTS, cutUserAgent, type Device, type DeviceKind, describeDevice, hasClientHints, wantsClientHints
} from '../client/device.js'
import { labelOf } from '../client/label.js'
import { DEVICE_KINDS } from '../client/system.js'
import { createHostCallbacks } from '../host-callback.js'
import type { Sighting, Visit } from '../sessions/record.js'

/**
 * Returns the client's address, synchronously, instead of Fastify's `request.ip`. Called at sign-in and when a touch is due.
 * If it throws, or returns a promise or anything else that is not an IP address, the socket's address is used.
 *
 * @example
 * const clientIp: ClientIp = request => request.headers['x-real-ip']?.toString()
 */
export type ClientIp = (request: FastifyRequest) => string | undefined

/**
 * The host's own user-agent parser, which answers synchronously. Its labels (1 to 60 printable characters) and its `kind` (a
 * known one) replace ours; any other value is dropped. Fields that it omits keep our values, with one exception: if it
 * renames the browser, our version becomes null, and if it renames the system, our version and model become null. If it
 * throws, or returns null or a promise, our description is used.
 *
 * It is also called without headers, to find out what the user agent alone says. Return the same for the same arguments.
 *
 * @param userAgent cut to 512 characters
 * @example
 * const parseUserAgent: ParseUserAgent = userAgent =>
 *   userAgent.startsWith('ShopApp/') ? { browser: 'Shop app', kind: 'phone' } : null
 */
export type ParseUserAgent = (userAgent: string, headers: IncomingHttpHeaders) => Partial<Device> | null

/** The host's options for addresses and devices. */
export interface VisitOptions {
  ip: AddressMode
  clientIp: ClientIp | undefined
  parseUserAgent: ParseUserAgent | undefined
}

/** Describes where requests come from. */
export interface Visits {
  /** The address and device of a request that starts a session. */
  visitOf(request: FastifyRequest): Visit
  /** What a touch writes in addition to the time. */
  sightingOf(request: FastifyRequest, record: Visit): Sighting
}

const LABEL_FIELDS = ['browser', 'browserVersion', 'os', 'osVersion', 'model'] as const
const KINDS: ReadonlySet<unknown> = new Set(DEVICE_KINDS)

/** @param options already checked */
export function createVisits ({ ip, clientIp, parseUserAgent }: VisitOptions): Visits {
  const callHost = createHostCallbacks()

  function addressOf (request: FastifyRequest): string | null {
    if (ip === 'none') return null
    const address = clientIp === undefined ? request.ip : callHost(request, 'clientIp', () => clientIp(request))
    const known = safeAddress(typeof address === 'string' ? address : undefined)
    return shorten(known ?? safeAddress(request.socket.remoteAddress), ip)
  }

  /** @param headers empty for what the user agent alone says */
  function deviceOf (request: FastifyRequest, userAgent: string, headers: IncomingHttpHeaders): Device {
    const ourDevice = describeDevice(userAgent, headers)
    if (parseUserAgent === undefined) return ourDevice
    return merge(ourDevice, sanitize(callHost(request, 'parseUserAgent', () => parseUserAgent(userAgent, headers))))
  }

  /**
   * The device with more details from client hints, or null. Many browsers send hints only on request (see `askForHints`).
   *
   * Hints add details to a record once, and change no name in it. Three conditions must hold: the record's device is what
   * its user agent alone says; the request has the same user agent; browser, system and kind (unless it was unknown) stay
   * the same. Otherwise a thief who uses a stolen cookie could turn the row into one of the thief's device. The owner must
   * still see the device where the session started, beside the address where it was last used.
   */
  function moreDetailed (request: FastifyRequest, { userAgent, device }: Visit): Device | null {
    const { headers } = request
    if (!hasClientHints(headers) || cutUserAgent(headers['user-agent']) !== userAgent) return null
    if (!isEqual(device, deviceOf(request, userAgent, {}))) return null
    const detailed = deviceOf(request, userAgent, headers)
    const isKindChanged = detailed.kind !== device.kind && device.kind !== 'unknown'
    if (isKindChanged || detailed.browser !== device.browser || detailed.os !== device.os) return null
    return isEqual(detailed, device) ? null : detailed
  }

  return {
    visitOf (request) {
      const userAgent = cutUserAgent(request.headers['user-agent'])
      return { ip: addressOf(request), userAgent, device: deviceOf(request, userAgent, request.headers) }
    },

    sightingOf (request, record) {
      const device = moreDetailed(request, record)
      return { ip: addressOf(request), ...(device !== null && { device }) }
    }
  }
}

/** The fields of the host's answer that can be shown. */
function sanitize (answer: unknown): Partial<Device> {
  if (answer === null || typeof answer !== 'object') return {}
  const { kind, ...values } = answer as Record<string, unknown>
  const labels = LABEL_FIELDS.flatMap(name => {
    const label = typeof values[name] === 'string' ? labelOf(values[name]) : null
    return label === null ? [] : [[name, label] as const]
  })
  return { ...Object.fromEntries(labels), ...(KINDS.has(kind) && { kind: kind as DeviceKind }) }
}

/** Our description, replaced where the host gave its own. Our version and model do not apply to a name of the host's. */
function merge (ourDevice: Device, hostDevice: Partial<Device>): Device {
  const isRenamed = (name: 'browser' | 'os'): boolean => hostDevice[name] !== undefined && hostDevice[name] !== ourDevice[name]
  return {
    ...ourDevice,
    ...(isRenamed('browser') && { browserVersion: null }),
    ...(isRenamed('os') && { osVersion: null, model: null }),
    ...hostDevice
  }
}

function isEqual (a: Device, b: Device): boolean {
  return a.kind === b.kind && LABEL_FIELDS.every(name => a[name] === b[name])
}

/**
 * onSend: adds `Accept-CH` if the browser supports client hints and has not sent them. Only responses to navigations get it,
 * because browsers ignore it on all others. If the host sets `Accept-CH` itself, ours is added to it, because a browser
 * forgets every hint that the latest `Accept-CH` does not name.
 */
export function askForHints (request: FastifyRequest, reply: FastifyReply): void {
  const { headers } = request
  if (headers['sec-fetch-mode'] !== 'navigate' && headers['sec-fetch-dest'] !== 'document') return
  const hostHints = [reply.getHeader('accept-ch') ?? []].flat().join(', ')
  if (hostHints === '') {
    if (wantsClientHints(headers)) reply.header('accept-ch', CLIENT_HINTS)
  // An error in a later onSend hook runs this hook a second time.
  } else if (!hostHints.includes(CLIENT_HINTS)) reply.header('accept-ch', `${hostHints}, ${CLIENT_HINTS}`)
}
