/**
 * The order of the list, and what stands in it together.
 * @module
 */
import type { LoginSession } from '../../sessions/login-session.js'
import { deviceTitle } from '../device-title.js'
import type { Texts } from '../texts.js'

/** One line of the list: a session, or the sessions of a group. */
export interface Entry {
  /** The last active one is first. */
  sessions: [LoginSession, ...LoginSession[]]
  /** Did this session come from a device that was new to the user, so recently that the user should look at it? */
  isNew: boolean
}

/** How long a sign-in from a new device is marked. People who look at the list about once a week see it. */
const NEW_FOR = 7 * 24 * 60 * 60 * 1000

/** Entries that a list begins with. People mostly look for one of the last active sessions. */
export const FIRST_ENTRIES = 10

/** Sessions that a group begins with. */
export const FIRST_ROWS = 10

/** An entry of a list, and those of its sessions that have a row there: the last active ones. */
export interface ShownEntry extends Entry {
  rows: LoginSession[]
}

/** The entries of a list, all of them with all their sessions, or those that it begins with. */
export function toShownEntries (entries: Entry[], whole: boolean): ShownEntry[] {
  const [mostEntries, mostRows] = whole ? [Infinity, Infinity] : [FIRST_ENTRIES, FIRST_ROWS]
  return entries.slice(0, mostEntries).map(entry => ({ ...entry, rows: entry.sessions.slice(0, mostRows) }))
}

const isNew = ({ newDevice, createdAt }: LoginSession, now: Date): boolean => newDevice && now.getTime() - createdAt.getTime() <= NEW_FOR

/**
 * The lines of the list: this device, then new ones (the latest sign-in first), then the others by their last activity. Equal
 * devices are one group, and new ones another.
 *
 * @param others without the current one, the last active first
 */
export function toEntries (current: LoginSession, others: LoginSession[], now: Date, texts: Texts): Entry[] {
  const fresh = others.filter(session => isNew(session, now)).sort((a, b) => b.createdAt.getTime() - a.createdAt.getTime())
  const known = others.filter(session => !isNew(session, now))
  return [
    { sessions: [current], isNew: false },
    ...groupsOf(fresh, texts).map((sessions): Entry => ({ sessions: sessions.sort(lastActiveFirst), isNew: true })),
    ...groupsOf(known, texts).map((sessions): Entry => ({ sessions, isNew: false }))
  ]
}

const lastActiveFirst = (a: LoginSession, b: LoginSession): number => b.lastActiveAt.getTime() - a.lastActiveAt.getTime()

/** In the order of each group's first session. */
function groupsOf (sessions: LoginSession[], texts: Texts): Array<Entry['sessions']> {
  const groups = new Map<string, Entry['sessions']>()
  for (const session of sessions) {
    const key = groupKey(session, texts)
    const group = groups.get(key)
    if (group === undefined) groups.set(key, [session])
    else group.push(session)
  }
  return [...groups.values()]
}

/** Sessions with the same key look the same to a person. */
export function groupKey ({ device }: Pick<LoginSession, 'device'>, texts: Texts): string {
  return JSON.stringify([deviceTitle(device, texts), device.browser, device.kind])
}
