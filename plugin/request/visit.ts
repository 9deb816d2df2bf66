/**
 * Request → its address and device. The host's own `clientIp` and `parseUserAgent` take precedence over ours.
 * @module
 */
import type { IncomingHttpHeaders } from 'node:http'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { type AddressMode, isSameAtSight, safeAddress, shorten } from '../client/address.js'
import {
  CLIENT_HINTS, cutUserAgent, type Device, type DeviceKind, describeDevice, hasClientHints, wantsClientHints
} from '../client/device.js'
import { updatedDevice } from '../client/device-update.js'
import { labelOf } from '../client/label.js'
import { DEVICE_KINDS } from '../client/system.js'
import { createHostCallbacks } from '../host-callback.js'
import { formerIpAfter, isElsewhere } from '../sessions/former-ip.js'
import type { LoginSessionRecord, Look, Sighting, Visit } from '../sessions/record.js'

/**
 * Returns the client's address, synchronously, instead of Fastify's `request.ip`. Called at sign-in and for the
 * requests of signed-in sessions: the list shows a change of the address immediately.
 * If it throws, or returns a promise or anything else that is not an IP address, the socket's address is used.
 *
 * @example
 * const clientIp: ClientIp = request => request.headers['x-real-ip']?.toString()
 */
export type ClientIp = (request: FastifyRequest) => string | undefined

declare module 'fastify' {
  interface FastifyContextConfig {
    /** false: requests of this route do not keep a session active. For polling, and for what a page does by itself. */
    loginSessionActivity?: boolean
  }
}

/**
 * Does this request keep its session active? Answers synchronously. Anything but `false` means yes, also an error, which
 * is logged. Called when a touch is due, so for each request while only polling goes on. A request that is no activity is
 * signed in like any other.
 *
 * @example
 * const isActivity: IsActivity = request => request.headers['x-polling'] === undefined
 */
export type IsActivity = (request: FastifyRequest) => boolean

/**
 * The host's own user-agent parser, which answers synchronously. Its labels (1 to 60 printable characters) and its `kind` (a
 * known one) replace ours; any other value is dropped. Fields that it omits keep our values, with one exception: if it
 * renames the browser, our version becomes null, and if it renames the system, our version and model become null. If it
 * throws, or returns null or a promise, our description is used.
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
  isActivity: IsActivity | undefined
  parseUserAgent: ParseUserAgent | undefined
}

/** Describes where requests come from. */
export interface Visits {
  /** The address and device of a request that starts a session. */
  visitOf(request: FastifyRequest): Visit
  /** Looks at a request of this session. */
  lookAt(request: FastifyRequest, record: LoginSessionRecord): Look
}

const LABEL_FIELDS = ['browser', 'browserVersion', 'os', 'osVersion', 'model'] as const
const KINDS: ReadonlySet<unknown> = new Set(DEVICE_KINDS)

/** @param options already checked */
export function createVisits ({ ip, clientIp, isActivity, parseUserAgent }: VisitOptions): Visits {
  const callHost = createHostCallbacks()

  const claimedAddress = (request: FastifyRequest): unknown =>
    clientIp === undefined ? request.ip : callHost(request, 'clientIp', () => clientIp(request))

  function safeAddressOf (request: FastifyRequest, claimed: unknown): string | null {
    const known = safeAddress(typeof claimed === 'string' ? claimed : undefined)
    return shorten(known ?? safeAddress(request.socket.remoteAddress), ip)
  }

  const addressOf = (request: FastifyRequest): string | null =>
    ip === 'none' ? null : safeAddressOf(request, claimedAddress(request))

  function deviceOf (request: FastifyRequest, userAgent: string, headers: IncomingHttpHeaders): Device {
    const ourDevice = describeDevice(userAgent, headers)
    if (parseUserAgent === undefined) return ourDevice
    return merge(ourDevice, sanitize(callHost(request, 'parseUserAgent', () => parseUserAgent(userAgent, headers))))
  }

  /** What the request adds to the device. Without a new user agent and without client hints that is nothing. */
  function updateOf (request: FastifyRequest, record: Visit): Pick<Sighting, 'device' | 'userAgent'> {
    const userAgent = cutUserAgent(request.headers['user-agent'])
    const isSame = userAgent === record.userAgent
    if (isSame && !hasClientHints(request.headers)) return {}
    const device = updatedDevice(record.device, deviceOf(request, userAgent, request.headers), isSame)
    return device === null ? {} : { device, ...(!isSame && { userAgent }) }
  }

  function isActive (request: FastifyRequest): boolean {
    if (request.routeOptions.config.loginSessionActivity === false) return false
    return isActivity === undefined || callHost(request, 'isActivity', () => isActivity(request)) !== false
  }

  return {
    visitOf (request) {
      const userAgent = cutUserAgent(request.headers['user-agent'])
      return { ip: addressOf(request), userAgent, device: deviceOf(request, userAgent, request.headers) }
    },

    lookAt: (request, record) => ({
      hasMoved () {
        if (ip === 'none' || record.ip === null) return false
        const claimed = claimedAddress(request)
        if (typeof claimed === 'string' && isSameAtSight(claimed, record.ip)) return false
        const seen = safeAddressOf(request, claimed)
        return seen !== null && isElsewhere(record.ip, seen, ip)
      },

      sight (at) {
        if (!isActive(request)) return null
        const seen = addressOf(request)
        const formerIp = formerIpAfter(record, seen, ip, at)
        return { ip: seen, ...(formerIp !== undefined && { formerIp }), ...updateOf(request, record) }
      }
    })
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
