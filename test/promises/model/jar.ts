/**
 * What answers do to a browser's cookie, and the count of sign-outs without cause: a browser has the cookie of a living
 * session from an answer, and is refused with it, or loses it.
 *
 * HTTP knows no order among answers, and no Set-Cookie that depends on what the browser has. So an answer that arrives when
 * the browser has got another cookie since the request left (a *stale* one) does what it would have done before. Two of its
 * effects are counted apart, because no server can know of them when it answers:
 * - `overtaken`: it brings a token of an earlier generation than the browser has had of this session. The browser then has
 *   what is left of that token's thirty seconds.
 * - `staleOverwrites`: it brings the cookie of another session than the living login that came meanwhile.
 * @module
 */
import type { Session, Token } from './ledger.js'
import { GRACE } from './lifetime.js'
import type { Operation } from './operation.js'
import type { Browser, World } from './world.js'

/** An answer with a cookie reaches its browser. @param token null: the cookie is cleared */
export function arrive (operation: Operation, token: Token | null): void {
  const { browser, world, name } = operation
  if (browser === null) return
  const isStale = browser.token !== operation.token
  const loses = browser.token !== null && browser.token.session !== token?.session && isLiving(world, browser.token.session)
  const isChosen = name.startsWith('signIn') || name.startsWith('signOut')
  if (loses && isStale && !isChosen) {
    if (token === null) withoutCause(world, `${name} cleared the cookie of a login that came meanwhile`)
    world.numbers.staleOverwrites++
  }
  browser.token = token
  browser.isGiven = true
  browser.isOvertaken = token !== null && laterTokens(token).some(({ held }) => held.has(browser))
  if (browser.isOvertaken) world.numbers.overtaken++
  token?.held.add(browser)
}

/**
 * The request was answered as nobody's. Has it been refused before the thirty seconds were over that begin with the first use
 * of a later token? Has its browser lost a living session, for which there is no cause?
 */
export function judgeRefusal ({ browser, standing, token, world, name, decidedAt }: Operation): void {
  if (token === null || standing !== 'superseded') return
  const firstUse = Math.min(...laterTokens(token).map(({ usedAt }) => usedAt))
  if (decidedAt! < firstUse + GRACE && !token.isCrowdedOut) withoutCause(world, `${name} was refused within the thirty seconds of a former token`)
  if (browser === null || browser.token !== token || !browser.isGiven) return
  const users = laterTokens(token).flatMap(({ users }) => [...users])
  // A later token was used by somebody else, who has confirmed with a stolen cookie: the browser is out by design.
  if (users.some(user => user !== browser)) world.numbers.robbed++
  else if (browser.isOvertaken) world.numbers.overtakenRefusals++
  else withoutCause(world, `${name} was refused: its browser is signed out without cause`)
}

/** Counts it, and fails the run. */
export function withoutCause (world: World, reason: string): void {
  world.numbers.signOutsWithoutCause++
  world.fail(reason)
}

/** The session was not ended, and has not expired by the database's clock. */
const isLiving = ({ rules, time }: World, { key, user }: Session): boolean =>
  user !== null && (rules.records.get(key)?.expiresAt.getTime() ?? 0) > time()

const laterTokens = ({ session, generation }: Token): Token[] => session.tokens.filter(token => token.generation > generation)

/** The browser has a cookie that no answer has given it: its former one, or somebody else's. */
export function giveCookie (browser: Browser, token: Token | null): void {
  browser.token = token
  browser.isGiven = browser.isOvertaken = false
  token?.held.add(browser)
}
