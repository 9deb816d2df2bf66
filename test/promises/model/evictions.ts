/**
 * Which sessions a sign-in may end because its user has too many.
 * @module
 */
import type { Session } from './ledger.js'
import { LIFETIME, MOST } from './lifetime.js'
import type { Operation } from './operation.js'

/** No more than there are too many, and none that should have stayed rather than one that is kept. */
export function judgeEvictions ({ name, listed, ended, failed, world }: Operation, started: Session): void {
  const isUsed = (session: Session): boolean => listed.get(session)! > session.begun || started.begun - session.begun <= LIFETIME.touchEvery
  const all = [...listed.keys()]
  const evicted = ended.filter(session => all.includes(session))
  if (evicted.length > Math.max(0, all.length - MOST)) world.fail(`${name} ended ${names(evicted)} of ${names(all)}`)
  // One that could not be ended is kept, whichever it is.
  if (failed.length > 0) return
  const kept = all.filter(({ key }) => world.rules.records.has(key))
  for (const one of evicted) {
    const lesser = kept.filter(other => shouldStay(one, other))
    if (lesser.length > 0) world.fail(`${name} ended ${one.name}, and kept ${names(lesser)}`)
  }

  /** The first rather than the second? Where two began in the same millisecond, it may be either. */
  function shouldStay (one: Session, other: Session): boolean {
    // The new session, and those begun after it, stay before all that were begun earlier than they.
    if (one === started || one.begun > started.begun) return other.begun < one.begun
    if (other.begun >= started.begun) return false
    // Then those that were used after their sign-in, or may have been used unnoticed.
    if (isUsed(one) !== isUsed(other)) return isUsed(one)
    return listed.get(one)! > listed.get(other)!
  }
}

const names = (sessions: Session[]): string => sessions.map(({ name }) => name).join()
