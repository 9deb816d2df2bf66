/**
 * The keys of browsers in a run that binds sessions. A session is bound as soon as it begins, and its proof is renewed now and then;
 * nothing comes between, but the first use of the bound cookie is written whenever the schedule wants.
 * @module
 */
import { exportJWK, generateKeyPair } from 'jose'
import type { Reply } from '../../support/browser-jar.js'
import { type Cookies, type Headers, keepCookies } from '../../support/raw-device.js'
import { BOUND_COOKIE, challengeOf, offerIn, proofOf, REFRESH, REGISTER } from '../../support/software-device.js'
import type { Operation } from './operation.js'

/** What proves the device of one session. */
export interface Device {
  privateKey: CryptoKey
  cookies: Cookies
  /** How many requests it was sent with. */
  uses: number
}

/** How many requests come between two proofs. */
const RENEWED_EVERY = 4

/** Registers, if this answer offers it and this run's browsers can. */
export async function takeOffer (operation: Operation, reply: Reply): Promise<void> {
  const { world, minted, name } = operation
  const offer = world.isBound ? offerIn(reply) : null
  if (offer === null) return
  const session = world.ledger.byHash(minted[0]!)!.session
  const { privateKey, publicKey } = await generateKeyPair('ES256')
  const proof = await proofOf(offer.challenge, privateKey, 'ES256', await exportJWK(publicKey))
  const registered = await ask(operation, REGISTER, { 'secure-session-response': proof })
  // It may have ended before it was answered.
  const isLive = (world.rules.records.get(session.key)?.expiresAt.getTime() ?? 0) > world.time()
  if (registered.statusCode !== (isLive ? 200 : 400)) world.fail(`the registration after ${name} was answered with ${registered.statusCode}`)
  if (registered.statusCode !== 200) return
  session.device = { privateKey, cookies: new Map(), uses: 0 }
  keepCookies(session.device.cookies, registered)
  world.numbers.bound++
}

/** The bound cookie for this request, as the rest of its Cookie header; '' if its session is not bound. */
export async function renewedProof (operation: Operation): Promise<string> {
  const device = operation.token?.session.device ?? null
  if (device === null) return ''
  if (++device.uses % RENEWED_EVERY === 0) await renew(operation, device)
  return `; ${BOUND_COOKIE}=${device.cookies.get(BOUND_COOKIE)}`
}

/** The session may have ended; and no time may have passed since the last challenge, so that another one would follow. */
async function renew (operation: Operation, { privateKey, cookies }: Device): Promise<void> {
  const id = { 'sec-secure-session-id': operation.token!.session.key }
  const challenge = challengeOf(await ask(operation, REFRESH, id))
  const renewed = await ask(operation, REFRESH, { ...id, 'secure-session-response': await proofOf(challenge, privateKey, 'ES256') })
  if (![200, 401, 403].includes(renewed.statusCode)) operation.world.fail(`a refresh before ${operation.name} was answered with ${renewed.statusCode}`)
  if (renewed.statusCode === 200) operation.world.numbers.proofs++
  keepCookies(cookies, renewed)
}

/** A request that the browser makes by itself. */
async function ask ({ world, server, name }: Operation, url: string, headers: Headers): Promise<Reply> {
  return await world.probe({ name: `${url} for ${name}`, server }, async () =>
    await world.servers[server]!.inject({ method: 'POST', url, headers: { host: 'shop.example', 'x-forwarded-proto': 'https', ...headers } }))
}
