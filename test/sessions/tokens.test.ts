import t from 'tap'
import { newId, KEY_LENGTH, keyOf } from '../../plugin/sessions/key.js'
import {
  acceptsToken, dueRetirement, findToken, hashToken, isLatest, keyOfToken, MOST_TOKENS, newToken, rotatedTokens, ROTATION_GRACE, TOKEN_LENGTH,
  type TokenHash
} from '../../plugin/sessions/tokens.js'
import { after, NOW } from '../support/clock.js'

const KEY = keyOf('ada', newId())

/** A record with these tokens: each a name, its generation, and when it ends, in ms from NOW. */
const holder = (...tokens: Array<[name: string, generation: number, until?: number]>) => ({ _id: KEY, tokens: tokens.map(entry) })

const entry = ([hash, generation, until]: [name: string, generation: number, until?: number]): TokenHash =>
  ({ hash, generation, ...(until !== undefined && { until: after(NOW, until) }) })

const namesOf = (tokens: TokenHash[] | null): string[] | null => tokens && tokens.map(({ hash }) => hash)

t.test('a token is its record\'s key and 256 random bits, fit for URLs and cookies', async t => {
  const tokens = Array.from({ length: 100 }, () => newToken(KEY))
  for (const token of tokens) {
    t.match(token, /^[\w-]{73}$/)
    t.equal(keyOfToken(token), KEY)
  }
  t.equal(TOKEN_LENGTH, 73)
  t.equal(new Set(tokens).size, 100)
})

t.test('a hash is SHA-256 of the secret, whatever the key, and different secrets have different ones', async t => {
  const prefix = 'k'.repeat(KEY_LENGTH)
  t.equal(hashToken(`${prefix}abc`), 'ungWv48Bz-pBQUDeXa4iI7ADYaOWF3qctBD_YfIAFa0')
  t.equal(hashToken(`${prefix}abc`), hashToken(`${KEY}abc`))
  t.not(hashToken(`${prefix}abc`), hashToken(`${prefix}abd`))
})

t.test('findToken compares whole hashes', async t => {
  const record = holder(['newest', 1], ['former', 0])
  t.equal(findToken(record, 'former'), record.tokens[1])
  for (const wrong of ['other!', 'forme', 'formers', '']) t.equal(findToken(record, wrong), undefined)
})

t.test('acceptsToken takes a token until its end, to the millisecond, and none that is not the record\'s', async t => {
  const record = holder(['newest', 1], ['former', 0, 30_000])
  t.equal(acceptsToken(record, 'newest', after(NOW, 1e9)), true)
  t.equal(acceptsToken(record, 'former', after(NOW, 30_000 - 1)), true)
  t.equal(acceptsToken(record, 'former', after(NOW, 30_000)), false)
  t.equal(acceptsToken(record, 'another', NOW), false)
})

t.test('isLatest is true of all tokens of the youngest generation', async t => {
  const record = holder(['one', 2], ['other', 2], ['former', 1, 1000], ['first', 0])
  t.strictSame(['one', 'other', 'former', 'first', 'another'].map(name => isLatest(record, name)), [true, true, false, false, false])
})

t.test('rotatedTokens', async t => {
  t.test('puts the new token first, one generation younger than the one presented, and leaves that without an end', async t => {
    t.strictSame(rotatedTokens(holder(['old', 3]), 'old', 'new', NOW), [{ hash: 'new', generation: 4 }, { hash: 'old', generation: 3 }])
  })

  t.test('makes siblings of what is made from the same token', async t => {
    const tokens = rotatedTokens({ _id: KEY, tokens: rotatedTokens(holder(['old', 0]), 'old', 'one', NOW)! }, 'old', 'other', NOW)
    t.strictSame(tokens, [{ hash: 'other', generation: 1 }, { hash: 'one', generation: 1 }, { hash: 'old', generation: 0 }])
  })

  t.test('drops those that are over, to the millisecond', async t => {
    const record = holder(['newest', 2], ['former', 1, 1], ['first', 0, 0])
    t.strictSame(namesOf(rotatedTokens(record, 'newest', 'new', NOW)), ['new', 'newest', 'former'])
  })

  t.test('takes a former token that is not over, and none that is over or not the record\'s', async t => {
    const record = holder(['newest', 1], ['former', 0, 1])
    t.strictSame(rotatedTokens(record, 'former', 'new', NOW)?.[0], { hash: 'new', generation: 1 })
    t.equal(rotatedTokens(record, 'former', 'new', after(NOW, 1)), null)
    t.equal(rotatedTokens(record, 'another', 'new', NOW), null)
  })

  t.test('keeps eight: the oldest that has an end leaves first', async t => {
    const ended = [2, 1, 0].map(generation => [`ended ${generation}`, generation, 1000 + generation] as [string, number, number])
    const endless = Array.from({ length: 5 }, (_, index) => [`endless ${index}`, 3] as [string, number])
    const full = holder(...endless, ...ended)
    t.equal(full.tokens.length, MOST_TOKENS)
    const rotated = rotatedTokens(full, 'endless 4', 'new', NOW)
    t.strictSame(namesOf(rotated), ['new', 'endless 0', 'endless 1', 'endless 2', 'endless 3', 'endless 4', 'ended 2', 'ended 1'])
    // One that is over makes room enough.
    const soon = rotatedTokens(full, 'endless 4', 'new', after(NOW, 1000))
    t.strictSame(namesOf(soon), ['new', 'endless 0', 'endless 1', 'endless 2', 'endless 3', 'endless 4', 'ended 2', 'ended 1'])
  })

  t.test('has no room while eight have no end', async t => {
    const full = holder(...Array.from({ length: MOST_TOKENS }, (_, index) => [`sibling ${index}`, index === 7 ? 0 : 1] as [string, number]))
    t.equal(rotatedTokens(full, 'sibling 7', 'new', NOW), null)
    t.equal(rotatedTokens(full, 'sibling 0', 'new', NOW), null)
  })
})

t.test('dueRetirement', async t => {
  t.equal(ROTATION_GRACE, 30_000)
  const end = after(NOW, 30_000)

  t.test('is due at a younger token\'s use: all earlier generations end thirty seconds later', async t => {
    const record = holder(['third', 2], ['second', 1], ['first', 0])
    t.strictSame(dueRetirement(record, 'third', NOW), {
      _id: KEY,
      expected: record.tokens,
      tokens: [{ hash: 'third', generation: 2 }, { hash: 'second', generation: 1, until: end }, { hash: 'first', generation: 0, until: end }]
    })
    t.strictSame(dueRetirement(record, 'second', NOW)?.tokens.map(({ until }) => until), [undefined, undefined, end])
    t.equal(dueRetirement(record, 'first', NOW), null, 'its use is no sign of a younger one')
  })

  t.test('leaves siblings alone', async t => {
    t.strictSame(dueRetirement(holder(['one', 1], ['other', 1], ['first', 0]), 'other', NOW)?.tokens.map(({ until }) => until), [undefined, undefined, end])
    t.equal(dueRetirement(holder(['one', 1], ['other', 1]), 'one', NOW), null)
  })

  t.test('moves no end that a token has already, and is due once', async t => {
    t.equal(dueRetirement(holder(['second', 1], ['first', 0, 1]), 'second', NOW), null)
    t.strictSame(dueRetirement(holder(['third', 2], ['second', 1], ['first', 0, 1]), 'third', NOW)?.tokens.map(({ until }) => until),
      [undefined, end, after(NOW, 1)])
  })

  t.test('is not due on a record with one token, or for a token that it does not have', async t => {
    t.equal(dueRetirement(holder(['only', 5]), 'only', NOW), null)
    t.equal(dueRetirement(holder(['second', 1], ['first', 0]), 'another', NOW), null)
  })
})
