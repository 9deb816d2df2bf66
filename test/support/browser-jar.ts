/**
 * A browser as the server sees it: a cookie jar over `app.inject`.
 * @module
 */
import type { FastifyInstance, InjectOptions, LightMyRequestResponse } from 'fastify'
import { type Cookie, CookieJar } from 'tough-cookie'
import type { LoginSession } from '../../plugin/index.js'
import { bindsEverything, clockOf } from './device-binding.js'
import { CHROME } from './records.js'
import { type SoftwareDevice, softwareDevice } from './software-device.js'

export const COOKIE = '__Host-login-session'

export type Reply = LightMyRequestResponse

export interface BrowserOptions {
  userAgent?: string
  ip?: string
  /** The name of the session cookie. */
  cookie?: string
  /** The site's host name. @default 'shop.example' */
  host?: string
  /** Its keys, if it binds sessions to them. @default none */
  device?: SoftwareDevice | undefined
}

export interface JarBrowser {
  get(url: string, options?: InjectOptions): Promise<Reply>
  post(url: string, payload?: object, options?: InjectOptions): Promise<Reply>
  /** Signs in, or throws. */
  signIn(user: string, choices?: { remember?: boolean, newAccount?: boolean }): Promise<LoginSession>
  signOut(): Promise<Reply>
  /** Who the shop's public page greets, or null. */
  user(): Promise<string | null>
  /** The status of the page that only signed-in users see. */
  accountStatus(): Promise<number>
  /** The session cookie it holds. */
  cookie(): Cookie | undefined
  /** The same, as the value that is sent. */
  cookieValue(): string | undefined
  /** The value of the bound cookie that it holds. */
  boundValue(): string | undefined
  /** Forgets its bound cookie. */
  forgetBound(): void
  /** Puts a value of its own into the jar. */
  forge(value: string): void
  /** Closes all windows: what is not persistent is gone. */
  restart(): void
  /** Another browser with the same cookies, as a thief or a request under way has it. */
  twin(): JarBrowser
}

const BINDING_COOKIE = /^([^=]+-(?:bound|demand))=.*?; Max-Age=(\d+)/

const allCookies = (reply: Reply): string[] => [reply.headers['set-cookie'] ?? []].flat()

/** Set-Cookie headers of a reply, whole. Where all sessions are bound, those of device binding are left out: tests know the others. */
export function setCookies (reply: Reply): string[] {
  return allCookies(reply).filter(line => !bindsEverything() || !BINDING_COOKIE.test(line))
}

/**
 * Does this reply clear the session cookie, in two steps? The first changes it once more, for the sake of the Back button.
 * @param attributes of the cookie, as a pattern
 */
export function clearsCookie (reply: Reply, name: string = COOKIE, attributes = 'HttpOnly; Secure; SameSite=Lax'): boolean {
  const [ended = '', ...cleared] = setCookies(reply)
  return new RegExp(`^${name}=ended; .*${attributes}$`).test(ended) && cleared.length > 0 &&
    cleared.every(line => new RegExp(`^${name}=; Max-Age=0; (Domain=[a-z.]+; )?Path=/; Expires=Thu, 01 Jan 1970 00:00:00 GMT; ${attributes}$`).test(line))
}

/** @param ofBinding its cookies of device binding, by name, and when they are over by the shop's clock */
export function browser (
  app: Pick<FastifyInstance, 'inject'>, options: BrowserOptions = {}, jar: CookieJar = newJar(), ofBinding: Map<string, { line: string, end: number }> = new Map()
): JarBrowser {
  const { userAgent = CHROME, ip = '198.51.100.7', cookie: name = COOKIE, host = 'shop.example', device = bindsEverything() ? softwareDevice() : undefined } = options
  const origin = `https://${host}`
  const now = clockOf(app)

  /** tough-cookie goes by the real clock, and twins that are one browser have one jar for these. */
  function renewBinding (): void {
    for (const [name, { line, end }] of ofBinding) {
      jar.setCookieSync(end > now().getTime() ? line : `${name}=; Max-Age=0; Path=/; Secure`, origin)
    }
  }

  function keep (line: string): void {
    const [, name, seconds] = BINDING_COOKIE.exec(line) ?? []
    if (name !== undefined) ofBinding.set(name, { line, end: now().getTime() + Number(seconds) * 1000 })
    jar.setCookieSync(line, origin)
  }

  async function request (injected: InjectOptions): Promise<Reply> {
    let skipped: string | null = null
    renewBinding()
    while (skipped === null && device?.needsProof(jar, origin)) skipped = await device.prove(jar, origin, send)
    const reply = await send({ ...injected, headers: { ...(skipped !== null && { 'secure-session-skipped': skipped }), ...injected.headers } })
    await device?.afterResponse(reply, send)
    return reply
  }

  async function send (injected: InjectOptions): Promise<Reply> {
    const cookie = jar.getCookieStringSync(origin)
    const reply = await app.inject({
      remoteAddress: ip,
      ...injected,
      headers: {
        host,
        'x-forwarded-proto': 'https',
        'user-agent': userAgent,
        ...(cookie !== '' && { cookie }),
        ...injected.headers
      }
    })
    for (const line of allCookies(reply)) keep(line)
    return reply
  }

  const session = (): Cookie | undefined => jar.getCookiesSync(origin).find(cookie => cookie.key === name)

  return {
    get: (url, injected) => request({ method: 'GET', url, ...injected }),
    post: (url, payload = {}, injected) => request({ method: 'POST', url, payload, ...injected }),

    async signIn (user, choices = {}) {
      const reply = await request({ method: 'POST', url: '/login', payload: { user, ...choices } })
      if (reply.statusCode !== 200) throw new Error(`sign-in answered ${reply.statusCode}: ${reply.body}`)
      return reply.json()
    },

    signOut: () => request({ method: 'POST', url: '/logout' }),

    async user () {
      const reply = await request({ method: 'GET', url: '/' })
      if (reply.statusCode !== 200) throw new Error(`the public page answered ${reply.statusCode}: ${reply.body}`)
      return reply.json().user
    },

    async accountStatus () {
      return (await request({ method: 'GET', url: '/account' })).statusCode
    },

    cookie: session,
    cookieValue: () => session()?.value,

    boundValue: () => jar.getCookiesSync(origin).find(({ key }) => key === `${name}-bound`)?.value,

    forgetBound () {
      ofBinding.delete(`${name}-bound`)
      jar.setCookieSync(`${name}-bound=; Max-Age=0; Path=/; Secure`, origin)
    },

    forge (value) {
      jar.setCookieSync(`${name}=${value}; Path=/; Secure; HttpOnly`, origin)
    },

    restart () {
      const kept = jar.getCookiesSync(origin).filter(cookie => cookie.expires instanceof Date)
      jar.removeAllCookiesSync()
      for (const cookie of kept) jar.setCookieSync(cookie, origin)
    },

    twin () {
      // Where a test gives a browser its keys, its twin is a thief; where all have them, it is the same browser.
      const twins = bindsEverything() ? device : options.device?.without()
      return browser(app, { ...options, device: twins }, jar.cloneSync() as CookieJar, bindsEverything() ? ofBinding : new Map())
    }
  }
}

/** As strict as browsers are: a `__Host-` cookie that is not one is an error. */
function newJar (): CookieJar {
  return new CookieJar(undefined, { prefixSecurity: 'strict', rejectPublicSuffixes: false })
}
