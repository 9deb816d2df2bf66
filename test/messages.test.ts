import t from 'tap'
import { createTexts } from '../plugin/messages.js'

const SECOND = 1000
const MINUTE = 60 * SECOND
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR
const NOW = new Date('2026-11-24T12:00:00Z')
const texts = createTexts('UTC')

t.test('relative times use the unit that says most, rounded before it is chosen', async t => {
  const cases: Array<[number, string]> = [
    [0, 'Just now'], [59 * SECOND, 'Just now'], [MINUTE, '1 minute ago'], [59.7 * MINUTE, '1 hour ago'], [90 * MINUTE, '2 hours ago'],
    [23.7 * HOUR, 'yesterday'], [6.8 * DAY, 'last week'], [20 * DAY, '3 weeks ago'], [89.9 * DAY, '3 months ago'], [359 * DAY, 'last year'], [800 * DAY, '2 years ago']
  ]
  for (const [past, words] of cases) t.equal(texts.relative(new Date(NOW.getTime() - past), NOW), words)
  t.equal(texts.relative(new Date(NOW.getTime() + 90 * DAY), NOW), 'in 3 months')
})

t.test('absolute times name their zone', async t => {
  t.match(texts.absolute(NOW), /Nov 24, 2026, 12:00\sPM UTC/)
  t.match(createTexts('Asia/Tokyo').absolute(NOW), /9:00\sPM GMT\+9/)
})

t.test('what fills a gap stays text, tags and braces included', async t => {
  t.equal(texts.say('askOne', { name: '<b>{x}</b>' }), 'Sign out <b>{x}</b>?')
})
