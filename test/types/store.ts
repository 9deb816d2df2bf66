/** A store of the host's own. */
import {
  type AttemptState, type DataChanges, type DeviceBinding, type DeviceKey, type LoginSessionError, type LoginSessionErrorCode, type LoginSessionRecord, type LoginSessionStore, memoryStore, type OverviewStore,
  type PageFrom, type Position, type SessionSearch, type Sighting, type TokenHash, type Touch
} from '../../plugin/index.js'
import { type Equal, expectTrue } from './equal.js'

const store: LoginSessionStore = memoryStore()
expectTrue<Equal<typeof store.find, (keys: readonly string[]) => Promise<Array<LoginSessionRecord | null>>>>(true)
expectTrue<Equal<Awaited<ReturnType<typeof store.updateData>>, boolean>>(true)
expectTrue<Equal<Awaited<ReturnType<typeof store.takeAttempt>>, AttemptState | null>>(true)
expectTrue<Equal<Parameters<typeof store.updateData>, [key: string, changes: DataChanges]>>(true)
expectTrue<Equal<Parameters<typeof store.touch>, [touches: Touch[]]>>(true)
expectTrue<Equal<Parameters<typeof store.setTokens>, [key: string, expected: TokenHash[], tokens: TokenHash[], attempts?: AttemptState | undefined]>>(true)
expectTrue<Equal<Parameters<NonNullable<typeof store.setBinding>>, [key: string, expected: DeviceBinding | undefined, binding: DeviceBinding]>>(true)
expectTrue<Equal<LoginSessionRecord['binding'], DeviceBinding | undefined>>(true)
expectTrue<Equal<DeviceKey['kty'], 'EC' | 'RSA'>>(true)
expectTrue<Equal<Touch['device'], Sighting['device']>>(true)
expectTrue<Equal<LoginSessionRecord['userId'], string | undefined>>(true)
expectTrue<Equal<LoginSessionRecord['data'], Record<string, unknown>>>(true)

// A store may do without prepare(), time(), setBinding() and the part for operators. It needs all other methods.
const { prepare, time, setBinding, prepareOverview, newest, countFound, size, sample, removeFound, ...unprepared } = store
export const enough: LoginSessionStore = unprepared
const { touch, ...untouched } = store
// @ts-expect-error touch is missing
export const lacking: LoginSessionStore = untouched
// @ts-expect-error a removal needs the user
export const careless: LoginSessionStore = { ...store, remove: async (key: string, userId: number) => null }
// @ts-expect-error undefined is not null: a missing record is null
export const undefinedIsNotNull: LoginSessionStore = { ...store, find: async () => [undefined] }
// @ts-expect-error stores answer promises
export const atOnce: LoginSessionStore = { ...store, remove: () => null }

/** A host's error handler can tell every code, and knows that there are no others. */
export function words (error: LoginSessionError): string {
  const texts: Record<LoginSessionErrorCode, string> = {
    FST_LOGIN_SESSION_OPTION: '',
    FST_LOGIN_SESSION_REQUIRED: '',
    FST_LOGIN_SESSION_CROSS_ORIGIN: '',
    FST_LOGIN_SESSION_CSRF_TOKEN: '',
    FST_LOGIN_SESSION_NOT_ALLOWED: '',
    FST_LOGIN_SESSION_NOT_FOUND: '',
    FST_LOGIN_SESSION_NO_PASSWORD: '',
    FST_LOGIN_SESSION_PASSWORD_REQUIRED: '',
    FST_LOGIN_SESSION_PASSWORD_WRONG: '',
    FST_LOGIN_SESSION_ANSWER_REQUIRED: '',
    FST_LOGIN_SESSION_ANSWER_WRONG: '',
    FST_LOGIN_SESSION_CANNOT_CONFIRM: '',
    FST_LOGIN_SESSION_LOCKED: '',
    FST_LOGIN_SESSION_BUSY: '',
    FST_LOGIN_SESSION_CONFIRMATION_REQUIRED: '',
    FST_LOGIN_SESSION_CHECK_FAILED: '',
    FST_LOGIN_SESSION_NOT_BOUND: '',
    FST_LOGIN_SESSION_DEVICE_UNPROVEN: '',
    FST_LOGIN_SESSION_STORE_UNAVAILABLE: '',
    FST_LOGIN_SESSION_DATA: ''
  }
  expectTrue<Equal<LoginSessionError['statusCode'], number>>(true)
  // @ts-expect-error there is no such code
  if (error.code === 'FST_LOGIN_SESSION_EXPIRED') return ''
  return texts[error.code]
}

expectTrue<Equal<LoginSessionStore['newest'], OverviewStore['newest'] | undefined>>(true)
expectTrue<Equal<Parameters<OverviewStore['newest']>, [search: SessionSearch, now: Date, limit: number, from: PageFrom]>>(true)
expectTrue<Equal<PageFrom, { olderThan: Position } | { newerThan: Position } | null>>(true)
