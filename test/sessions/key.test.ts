import t from 'tap'
import { idOf, KEY_LENGTH, keyOf, newId, newVisitorKey, USER_KEY_LENGTH, userKeyOf } from '../../plugin/sessions/key.js'

t.test('a user\'s sessions have keys with the same beginning: eight characters of the hash of the user id', async t => {
  // SHA-256 of "abc" begins with ba7816bf8f01.
  t.equal(userKeyOf('abc'), Buffer.from('ba7816bf8f01', 'hex').toString('base64url'))
  t.equal(userKeyOf('abc').length, USER_KEY_LENGTH)
  const [one, other] = [keyOf('ada', newId()), keyOf('ada', newId())]
  t.not(one, other)
  for (const key of [one, other]) t.ok(key >= userKeyOf('ada') && key < `${userKeyOf('ada')}~`)
  t.not(userKeyOf('ada'), userKeyOf('Ada'))
})

t.test('a key ends with the public id, which tells nothing of the user', async t => {
  const id = newId()
  t.equal(idOf(keyOf('ada', id)), id)
  t.equal(idOf(keyOf('eve', id)), id)
  t.equal(keyOf('ada', id).length, KEY_LENGTH)
})

t.test('an id has 128 random bits, fit for URLs', async t => {
  const ids = Array.from({ length: 100 }, newId)
  for (const id of ids) t.match(id, /^[\w-]{22}$/)
  t.equal(new Set(ids).size, 100)
})

t.test('a visitor\'s key is as long, and shares its beginning with nobody', async t => {
  const keys = Array.from({ length: 100 }, newVisitorKey)
  for (const key of keys) t.match(key, /^[\w-]{30}$/)
  t.equal(new Set(keys.map(key => key.slice(0, USER_KEY_LENGTH))).size, 100)
})
