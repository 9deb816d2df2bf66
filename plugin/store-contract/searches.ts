/**
 * Records, and searches of operators with the records that each must find.
 * @module
 */
import type { LoginSessionRecord } from '../sessions/record.js'
import type { SessionSearch } from '../sessions/store.js'
import { aRecord, aVisitorRecord, after, MINUTE, NOW } from './records.js'

const KINDS = ['desktop', 'phone', 'tablet'] as const

/** Some sign in at the same moment; users, kinds and addresses vary independently of each other. */
export const RECORDS: LoginSessionRecord[] = Array.from({ length: 36 }, (_, index) => {
  const record = aRecord({
    userId: `user-${index % 4}`,
    createdAt: after(NOW, -(index % 9) * MINUTE),
    ip: index % 7 === 0 ? null : `10.0.${index % 5}.${index % 2}`,
    data: { index }
  })
  return { ...record, device: { ...record.device, kind: KINDS[index % 3]! } }
})

/** Records that no search finds. */
export const OTHERS: LoginSessionRecord[] = [aVisitorRecord(), aRecord({ expiresAt: NOW }), aVisitorRecord({ expiresAt: NOW })]

/** A search, what it asks for, and whether it must find this record. */
export type SearchCase = [name: string, search: SessionSearch, finds: (record: LoginSessionRecord) => boolean]

export const SEARCHES: SearchCase[] = [
  ['everything', {}, () => true],
  ['everything, with conditions that are undefined',
    { kind: undefined, userIds: undefined, addresses: undefined, signedInFrom: undefined, signedInBefore: undefined }, () => true],
  ['a user', { userIds: ['user-1'] }, ({ userId }) => userId === 'user-1'],
  ['several users, one of whom has no session', { userIds: ['user-1', 'user-2', 'nobody'] }, ({ userId }) => /[12]$/.test(userId!)],
  ['no user', { userIds: [] }, () => false],
  ['a kind', { kind: 'phone' }, ({ device }) => device.kind === 'phone'],
  ['a kind that nobody has', { kind: 'tv' }, () => false],
  ['an address', { addresses: ['10.0.1.1'] }, ({ ip }) => ip === '10.0.1.1'],
  ['several addresses', { addresses: ['10.0.1.1', '10.0.2.0', ''] }, ({ ip }) => ip === '10.0.1.1' || ip === '10.0.2.0'],
  ['the beginning of an address', { addresses: ['10.0.1.'] }, () => false],
  ['no address', { addresses: [] }, () => false],
  ['a network', { addresses: [/^10\.0\.1\./] }, ({ ip }) => /^10\.0\.1\./.test(ip ?? '')],
  ['networks and an address', { addresses: [/^10\.0\.1\./, /^10\.0\.2\./, '10.0.3.1'] },
    ({ ip }) => /^10\.0\.[12]\.|^10\.0\.3\.1$/.test(ip ?? '')],
  ['sign-ins from a time on', { signedInFrom: after(NOW, -3 * MINUTE) }, ({ createdAt }) => createdAt >= after(NOW, -3 * MINUTE)],
  ['sign-ins before a time', { signedInBefore: after(NOW, -3 * MINUTE) }, ({ createdAt }) => createdAt < after(NOW, -3 * MINUTE)],
  ['sign-ins between two times', { signedInFrom: after(NOW, -5 * MINUTE), signedInBefore: after(NOW, -3 * MINUTE) }, ({ createdAt }) =>
    createdAt >= after(NOW, -5 * MINUTE) && createdAt < after(NOW, -3 * MINUTE)],
  ['sign-ins in no time', { signedInFrom: NOW, signedInBefore: NOW }, () => false],
  ['a kind and addresses', { kind: 'phone', addresses: ['10.0.1.1', '10.0.4.0', '10.0.0.0'] }, ({ ip, device }) =>
    device.kind === 'phone' && ['10.0.1.1', '10.0.4.0', '10.0.0.0'].includes(ip ?? '')],
  ['users, a kind, a network and an age',
    { userIds: ['user-0', 'user-3'], kind: 'desktop', addresses: [/^10\.0\.[0-3]\./], signedInBefore: after(NOW, -MINUTE) },
    ({ userId, device, ip, createdAt }) => /[03]$/.test(userId!) && device.kind === 'desktop' &&
      /^10\.0\.[0-3]\./.test(ip ?? '') && createdAt < after(NOW, -MINUTE)]
]

/** In the order of sign-ins: the newest first, and of the same moment the largest key first. */
export const inOrder = (records: LoginSessionRecord[]): LoginSessionRecord[] => records.toSorted((a, b) =>
  b.createdAt.getTime() - a.createdAt.getTime() || (a._id < b._id ? 1 : -1))
