import t from 'tap'
import { SHIPPED } from '../../plugin/pages/messages.js'
import { createTexts } from '../../plugin/pages/texts.js'

const SECOND = 1000
const MINUTE = 60 * SECOND
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR
const NOW = new Date('2026-11-24T12:00:00Z')
const textsIn = (language: string, timeZone = 'UTC') => createTexts(language, SHIPPED[language]!, timeZone)
const texts = textsIn('en')

t.test('relative times use the unit that says most, rounded before it is chosen', async t => {
  const cases: Array<[number, string]> = [
    [0, 'Just now'], [59 * SECOND, 'Just now'], [MINUTE, '1 minute ago'], [59.7 * MINUTE, '1 hour ago'], [90 * MINUTE, '2 hours ago'],
    [23.7 * HOUR, 'yesterday'], [6.8 * DAY, 'last week'], [20 * DAY, '3 weeks ago'], [89.9 * DAY, '3 months ago'], [359 * DAY, 'last year'], [800 * DAY, '2 years ago']
  ]
  for (const [past, words] of cases) t.equal(texts.relative(new Date(NOW.getTime() - past), NOW), words)
  t.equal(texts.relative(new Date(NOW.getTime() + 90 * DAY), NOW), 'in 3 months')
  t.equal(texts.relative(new Date(NOW.getTime() + 59 * SECOND), NOW), 'In less than a minute')
})

t.test('relative times are in the language', async t => {
  const yesterday = new Date(NOW.getTime() - DAY)
  t.same(['de', 'fr', 'ja', 'ar'].map(language => textsIn(language).relative(yesterday, NOW)), ['gestern', 'hier', '昨日', 'أمس'])
})

t.test('absolute times name their zone', async t => {
  t.match(texts.absolute(NOW), /Nov 24, 2026, 12:00\sPM UTC/)
  t.match(textsIn('en', 'Asia/Tokyo').absolute(NOW), /9:00\sPM GMT\+9/)
  t.match(textsIn('de', 'Europe/Berlin').absolute(NOW), /24\. Nov\. 2026, 13:00 MEZ/)
})

t.test('Arabic is written from right to left, the others from left to right', async t => {
  for (const language of Object.keys(SHIPPED)) t.equal(textsIn(language).direction, language === 'ar' ? 'rtl' : 'ltr', language)
  t.same(['he', 'ur', 'fa-IR', 'ks-Deva', 'sv'].map(language => createTexts(language, SHIPPED.en!, 'UTC').direction), ['rtl', 'rtl', 'rtl', 'ltr', 'ltr'])
})

t.test('a value for a placeholder stays text, tags and braces included', async t => {
  t.equal(texts.say('askOne', { name: '<b>{x}</b>' }), 'Sign out <b>{x}</b>?')
})

t.test('plural forms are those of the language', async t => {
  const counts = (language: string, numbers: number[]) => numbers.map(count => textsIn(language).say('count', { count }))
  t.same(counts('en', [1, 2]), ['1 session', '2 sessions'])
  t.equal(new Set(counts('pl', [1, 2, 5]).map(text => text.replace(/\d/, ''))).size, 3, 'sesja, sesje, sesji')
  t.equal(new Set(counts('ar', [1, 2, 3, 11, 100]).map(text => text.replace(/[\d\u0660-\u0669]+/g, '').trim())).size >= 4, true)
})
