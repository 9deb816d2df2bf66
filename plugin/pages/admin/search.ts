/**
 * The search form: its fields ↔ the query of a URL ↔ what is looked for. Pure.
 * @module
 */
import { addressPatterns } from '../../client/network.js'
import type { DeviceKind } from '../../client/device.js'
import { KEY_LENGTH } from '../../sessions/key.js'
import type { PageFrom, Position, SessionSearch } from '../../sessions/store.js'
import type { MessageKey } from '../messages.js'
import { KINDS } from '../session-row.js'

const HOUR = 60 * 60 * 1000
const DAY = 24 * HOUR

/** An age that the form offers: signed in within this time, in ms, or before it. */
export interface Age {
  key: MessageKey
  within?: number
  before?: number
}

/** The names of the ages, in the form and in URLs. */
export type AgeName = 'hour' | 'day' | 'week' | 'month' | 'before-month'

/** The ages that the form offers. */
export const AGES: Readonly<Record<AgeName, Age>> = {
  hour: { key: 'lastHour', within: HOUR },
  day: { key: 'lastDay', within: DAY },
  week: { key: 'lastWeek', within: 7 * DAY },
  month: { key: 'lastMonth', within: 30 * DAY },
  'before-month': { key: 'beforeMonth', before: 30 * DAY }
}

/** What the form and the plots call kinds of devices. */
export const KIND_LABELS: Readonly<Record<DeviceKind, MessageKey>> = { ...KINDS, other: 'others' }

/** The fields of the form as they were typed; '' is empty. */
export interface SearchFields {
  who: string
  kind: DeviceKind | ''
  address: string
  age: AgeName | ''
}

/** Nothing is looked for: all sessions. */
export const NO_SEARCH: SearchFields = { who: '', kind: '', address: '', age: '' }

/** What a list shows: a search, and a page of what it has found. */
export interface ListState {
  fields: SearchFields
  from: PageFrom
}

/** The longest text in a field. */
export const FIELD_LENGTH = 254

/** The fields and the page that the query of a URL names. Unknown values count as left out. */
export function listStateIn (query: unknown): ListState {
  const values = (query ?? {}) as Record<string, unknown>
  const text = (name: string): string => {
    const value = values[name]
    return typeof value === 'string' ? value.trim().slice(0, FIELD_LENGTH) : ''
  }
  const [kind, age] = [text('kind'), text('age')]
  return {
    fields: {
      who: text('who'),
      kind: Object.hasOwn(KINDS, kind) ? kind as DeviceKind : '',
      address: text('address'),
      age: Object.hasOwn(AGES, age) ? age as AgeName : ''
    },
    from: pageFromIn(text('older'), text('newer'))
  }
}

/**
 * Does the query say exactly what these fields say? In a list, an unknown value counts as left out; a question must not be about
 * more than its URL says.
 */
export function isExact (query: unknown, fields: SearchFields): boolean {
  const values = (query ?? {}) as Record<string, unknown>
  return Object.entries(fields).every(([name, value]) => {
    const { [name]: given = '' } = values
    return typeof given === 'string' && given.trim() === value
  })
}

function pageFromIn (older: string, newer: string): PageFrom {
  const [olderThan, newerThan] = [positionIn(older), positionIn(newer)]
  if (olderThan !== null) return { olderThan }
  return newerThan === null ? null : { newerThan }
}

const POSITION = new RegExp(`^(\\d{1,15})\\.([\\w-]{${KEY_LENGTH}})$`)

function positionIn (text: string): Position | null {
  const [, time, key] = POSITION.exec(text) ?? []
  return key === undefined ? null : { createdAt: new Date(Number(time)), key }
}

const positionText = ({ createdAt, key }: Position): string => `${createdAt.getTime()}.${key}`

/** The parameters of a URL that shows this, without empty ones. */
export function toParameters ({ fields, from }: ListState): Record<string, string> {
  const page = from === null ? {} : 'olderThan' in from ? { older: positionText(from.olderThan) } : { newer: positionText(from.newerThan) }
  return { ...Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== '')), ...page }
}

/** Is anything looked for? */
export const isSearch = (fields: SearchFields): boolean => Object.values(fields).some(value => value !== '')

/**
 * What these fields look for.
 *
 * @param userIds those that `fields.who` has found; undefined if it is empty
 * @returns null: the address cannot be read
 */
export function toSearch ({ kind, address, age }: SearchFields, userIds: string[] | undefined, now: Date): SessionSearch | null {
  const network = address === '' ? undefined : addressPatterns(address)
  if (network === null) return null
  return {
    ...(userIds !== undefined && { userIds }),
    ...(kind !== '' && { kind }),
    ...(network !== undefined && { addresses: network.patterns }),
    ...(age !== '' && timesOf(AGES[age], now))
  }
}

function timesOf ({ within, before }: Age, now: Date): Pick<SessionSearch, 'signedInFrom' | 'signedInBefore'> {
  const ago = (milliseconds: number): Date => new Date(now.getTime() - milliseconds)
  return { ...(within !== undefined && { signedInFrom: ago(within) }), ...(before !== undefined && { signedInBefore: ago(before) }) }
}
