/**
 * A browser whose keys and cookies a test has in its hands: it can send any proof, any cookie, and at any moment.
 * @module
 */
import type { FastifyInstance } from 'fastify'
import { exportJWK, generateKeyPair, type JWK } from 'jose'
import { COOKIE, type Reply } from './browser-jar.js'
import { CHROME } from './records.js'
import { challengeOf, offerIn, proofOf, REFRESH, REGISTER } from './software-device.js'

/** The cookies of a browser, by name. A thief copies them. */
export type Cookies = Map<string, string>

export type Method = 'GET' | 'POST'
export type Headers = Record<string, string>

/** A browser that is signed in. */
export interface RawDevice {
  /** The record's `_id`, and the identifier of its session. */
  key: string
  privateKey: CryptoKey
  publicKey: JWK
  cookies: Cookies
  /** The challenge of its registration. */
  challenge: string
  send(method: Method, url: string, headers?: Headers, payload?: object): Promise<Reply>
  /** The same request without keeping what the answer does to the cookies. */
  peek(method: Method, url: string, headers?: Headers, payload?: object): Promise<Reply>
  register(proof?: string): Promise<Reply>
  /** A challenge to sign for a refresh. */
  newChallenge(): Promise<string>
  /** With a proof of this challenge. */
  refresh(challenge: string): Promise<Reply>
}

/** Sends a request with these cookies, and changes them as the answer says. */
export async function sendWith (
  app: Pick<FastifyInstance, 'inject'>, cookies: Cookies, method: Method, url: string, headers: Headers = {}, payload?: object
): Promise<Reply> {
  const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join('; ')
  const reply = await app.inject({
    method,
    url,
    ...(payload && { payload }),
    headers: { host: 'shop.example', 'x-forwarded-proto': 'https', 'user-agent': CHROME, ...(cookie !== '' && { cookie }), ...headers }
  })
  keepCookies(cookies, reply)
  return reply
}

/** Does to the cookies what this answer says. */
export function keepCookies (cookies: Cookies, reply: Reply): void {
  for (const line of [reply.headers['set-cookie'] ?? []].flat()) {
    const [, name, value] = /^([^=]+)=([^;]*)/.exec(line)!
    if (/; Max-Age=0;/.test(line)) cookies.delete(name!)
    else cookies.set(name!, value!)
  }
}

/** Signs in, and takes no offer yet. */
export async function rawDevice (app: Pick<FastifyInstance, 'inject'>, user = 'ada'): Promise<RawDevice> {
  const cookies: Cookies = new Map()
  const signedIn = await sendWith(app, cookies, 'POST', '/login', {}, { user })
  const offer = offerIn(signedIn)
  if (offer === null) throw new Error(`no offer: ${signedIn.statusCode} ${signedIn.body}`)
  const { privateKey, publicKey } = await generateKeyPair('ES256', { extractable: true })
  const jwk = await exportJWK(publicKey)
  const key = cookies.get(COOKIE)!.slice(0, 30)
  const refresh = (headers: Headers): Promise<Reply> => device.send('POST', REFRESH, { 'sec-secure-session-id': `"${key}"`, ...headers })
  const device: RawDevice = {
    key,
    privateKey,
    publicKey: jwk,
    cookies,
    challenge: offer.challenge,
    send: (...request) => sendWith(app, cookies, ...request),
    peek: (...request) => sendWith(app, new Map(cookies), ...request),
    async register (proof) {
      return await device.send('POST', REGISTER, { 'secure-session-response': proof ?? await proofOf(offer.challenge, privateKey, 'ES256', jwk) })
    },
    newChallenge: async () => challengeOf(await refresh({})),
    refresh: async challenge => await refresh({ 'secure-session-response': await proofOf(challenge, privateKey, 'ES256') })
  }
  return device
}
