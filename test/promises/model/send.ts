/**
 * Sending a request and taking its answer: the cookie it brings, and whom it tells of.
 * @module
 */
import { hashToken } from '../../../plugin/sessions/tokens.js'
import { COOKIE, setCookies, type Reply } from '../../support/browser-jar.js'
import { CHROME } from '../../support/records.js'
import { renewedProof, takeOffer } from './devices.js'
import { arrive, judgeRefusal, withoutCause } from './jar.js'
import type { Token } from './ledger.js'
import { verdictOf, type Operation } from './operation.js'
import type { World } from './world.js'

/** Who is told to be signed in. */
export interface Identity {
  id: string | null
  user: string | null
}

export const NOBODY: Identity = { id: null, user: null }

/** Sends a request; null: the store failed, and it was told so. The cookie that the answer brings reaches the browser in its time. */
export async function send (operation: Operation, method: 'GET' | 'POST', url: string, payload?: object): Promise<Reply | null> {
  const { world, server, token } = operation
  count(operation)
  const proof = await renewedProof(operation)
  const reply = await world.servers[server]!.inject({
    method,
    url,
    ...(payload && { payload }),
    headers: {
      host: 'shop.example',
      'x-forwarded-proto': 'https',
      'user-agent': CHROME,
      // What browsers say of requests by scripts, which run while others are under way.
      'sec-fetch-mode': 'cors',
      ...(token && { cookie: `${COOKIE}=${token.cookie}${proof}` })
    }
  })
  receive(operation, reply)
  await takeOffer(operation, reply)
  if (reply.statusCode !== 503) return reply
  if (operation.failed.length === 0) world.fail(`${operation.name} was answered with 503, but no call of the store failed`)
  return null
}

function count ({ token, world: { numbers } }: Operation): void {
  numbers.requests++
  if (token !== null && token !== token.session.tokens.at(-1)) numbers.formerRequests++
  if (token !== null && token.session.over !== null) numbers.deadRequests++
}

/** The cookie in the answer: a new token, or the end of one that is dead. */
function receive (operation: Operation, reply: Reply): void {
  const { world, arrival } = operation
  const token = cookieIn(operation, reply)
  if (token === undefined || arrival === 'never') return
  if (arrival === 'immediately') return arrive(operation, token)
  world.numbers.lateAnswers++
  world.later(operation, 'its cookie arrives', () => { arrive(operation, token) })
}

/** The token that the answer brings; null: it clears the cookie; undefined: it leaves it as it is. */
function cookieIn (operation: Operation, reply: Reply): Token | null | undefined {
  const { world, name, minted, standing } = operation
  const line = setCookies(reply).findLast(line => line.startsWith(`${COOKIE}=`))
  if (line === undefined) return undefined
  const cookie = line.slice(COOKIE.length + 1, line.indexOf(';'))
  if (cookie === '') {
    // A sign-out ends what was worth something; all else may only clear what was worth nothing.
    if (!name.startsWith('signOut') && standing !== 'over') withoutCause(world, `${name} cleared the cookie of a living session`)
    return null
  }
  const token = tokenOf(world, cookie)
  if (token === undefined || !minted.includes(token.hash)) {
    world.fail(`${name} was given a token that was not made in it: ${token?.name}`)
    return undefined
  }
  token.cookie = cookie
  return token
}

const tokenOf = ({ ledger }: World, cookie: string): Token | undefined => ledger.byHash(hashToken(decodeURIComponent(cookie).split('.')[0]!))

/** Whom an answer tells of. */
export function identityIn ({ world, name }: Operation, reply: Reply): Identity {
  if (reply.statusCode !== 200) world.fail(`${name} was answered with ${reply.statusCode}: ${reply.body}`)
  const { id = null, user, userId } = reply.json() as { id?: string, user?: string, userId?: string }
  return { id, user: user ?? userId ?? null }
}

/** Is it who it has to be? */
export function judge (operation: Operation, { id, user }: Identity): void {
  const { token, world, name } = operation
  const verdict = verdictOf(operation)
  const session = token?.session
  const isOwner = session?.user !== null && id === session?.id && user === session?.user
  const isNobody = id === null && user === null
  const isVisitor = session?.user === null && isNobody
  const right = isVisitor || (verdict === 'in' ? isOwner : verdict === 'either' ? isOwner || isNobody : isNobody)
  if (isNobody) judgeRefusal(operation)
  if (right) return
  if (session !== undefined && session.over !== null) world.numbers.revivals++
  const reason = `${name} was answered as ${user ?? 'nobody'} and should be ${verdict}${session?.over ? `: ended by ${session.over}` : ''}`
  if (isNobody) withoutCause(world, reason)
  else world.fail(reason)
}
