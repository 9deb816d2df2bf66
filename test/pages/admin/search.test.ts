/**
 * The search form's fields, in URLs and as what is looked for.
 */
import t from 'tap'
import { isExact, isSearch, listStateIn, NO_SEARCH, type SearchFields, toParameters, toSearch } from '../../../plugin/pages/admin/search.js'
import { isFoundBy } from '../../../plugin/sessions/store.js'
import { screenIn, screenUrl, urlWith } from '../../../plugin/pages/admin/screen.js'
import { keyOf } from '../../../plugin/sessions/key.js'
import { toLoginSession } from '../../../plugin/sessions/login-session.js'
import { after, DAY, HOUR, NOW } from '../../support/clock.js'
import { aRecord, randomId } from '../../support/records.js'

const KEY = keyOf('ada', randomId())
const fields = (some: Partial<SearchFields>): SearchFields => ({ ...NO_SEARCH, ...some })

t.test('fields and positions come back from the URL that they make', async t => {
  const states = [
    { fields: NO_SEARCH, from: null },
    { fields: fields({ who: 'Ada & Bob', kind: 'phone', address: '203.0.113.0/24', age: 'before-month' }), from: null },
    { fields: fields({ who: 'ada' }), from: { olderThan: { createdAt: NOW, key: KEY } } },
    { fields: NO_SEARCH, from: { newerThan: { createdAt: new Date(0), key: KEY } } }
  ]
  for (const state of states) {
    const url = new URL(urlWith('/operators', { kind: 'list', list: state }), 'https://shop.example')
    t.strictSame(listStateIn(Object.fromEntries(url.searchParams)), state)
  }
  t.equal(urlWith('/operators', { kind: 'list', list: states[0]! }), '/operators')
})

t.test('unknown and wrong values count as left out', async t => {
  const empty = { fields: NO_SEARCH, from: null }
  const queries = [
    undefined, null, {}, { who: ['a', 'b'] }, { kind: 'toaster' }, { kind: 'constructor' }, { age: 'toString' }, { who: '  ' },
    { older: '' }, { older: 'x' }, { older: `${NOW.getTime()}.short` }, { older: `-1.${KEY}` }, { newer: `1.${KEY}~` }
  ]
  for (const query of queries) t.strictSame(listStateIn(query), empty, JSON.stringify(query))
  t.equal(listStateIn({ who: ` ${'x'.repeat(300)}` }).fields.who.length, 254)
})

t.test('a query is exact if each of its values is one that the fields have', async t => {
  const exact = (query: unknown): boolean => isExact(query, listStateIn(query).fields)
  for (const query of [undefined, {}, { who: 'a', kind: '', age: 'day', other: ['x'] }, { who: ' a ' }]) t.equal(exact(query), true, JSON.stringify(query))
  for (const query of [{ kind: 'phones' }, { who: ['a', 'b'] }, { age: 'years' }, { who: 'x'.repeat(300) }]) t.equal(exact(query), false, JSON.stringify(query))
})

t.test('a screen is the list or a user', async t => {
  t.strictSame(screenIn({ screen: 'user', user: 'ada/b?c' }), { kind: 'user', userId: 'ada/b?c' })
  t.equal(screenUrl('/operators', { kind: 'user', userId: 'ada/b?c' }), '/operators/user?screen=user&user=ada%2Fb%3Fc')
  t.equal(screenUrl('', { kind: 'list', list: { fields: NO_SEARCH, from: null } }), '/')
  for (const query of [undefined, { screen: 'user' }, { screen: 'user', user: '' }, { screen: 'user', user: ['a'] }, { user: 'ada' }]) t.equal(screenIn(query).kind, 'list')
})

t.test('what is looked for', async t => {
  t.strictSame(toSearch(NO_SEARCH, undefined, NOW), {})
  t.strictSame(toSearch(fields({ who: 'ada', kind: 'tv', address: '203.0.113.7', age: 'hour' }), ['1', '2'], NOW), {
    userIds: ['1', '2'], kind: 'tv', addresses: ['203.0.113.7'], signedInFrom: after(NOW, -HOUR)
  })
  t.strictSame(toSearch(fields({ age: 'before-month' }), undefined, NOW), { signedInBefore: after(NOW, -30 * DAY) })
  t.equal(toSearch(fields({ address: 'foo' }), undefined, NOW), null)
  t.equal(isSearch(NO_SEARCH), false)
  for (const [name, value] of Object.entries(fields({ who: 'a', kind: 'tv', address: 'b', age: 'day' }))) t.equal(isSearch({ ...NO_SEARCH, [name]: value }), true, name)
  t.strictSame(toParameters({ fields: fields({ who: 'a' }), from: null }), { who: 'a' })
})

t.test('each condition decides whether a session is found', async t => {
  const session = toLoginSession(aRecord({ ip: '203.0.113.9' }))
  const right = { userIds: ['bob', 'ada'], kind: 'desktop', addresses: [/^203\./], signedInFrom: NOW, signedInBefore: after(NOW, 1) } as const
  t.equal(isFoundBy({}, session), true)
  t.equal(isFoundBy(right, session), true)
  const wrong = { userIds: ['bob'], kind: 'tv', addresses: ['203.0.113.8', /^204\./], signedInFrom: after(NOW, 1), signedInBefore: NOW } as const
  for (const [name, value] of Object.entries(wrong)) t.equal(isFoundBy({ ...right, [name]: value }, session), false, name)
  t.equal(isFoundBy({ addresses: ['203.0.113.9'] }, session), true)
  t.equal(isFoundBy({ addresses: ['', /./] }, toLoginSession(aRecord({ ip: null }))), false)
})
