import { readdirSync, readFileSync } from 'node:fs'
import t from 'tap'
import { chooseLanguage, chooseLocale } from '../../plugin/pages/language.js'
import { mergeTexts, type MessageKey, type Messages, SHIPPED } from '../../plugin/pages/messages.js'
import { createTexts } from '../../plugin/pages/texts.js'
import { root } from '../support/root.js'

const SECOND = 1000
const MINUTE = 60 * SECOND
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR
const NOW = new Date('2026-11-24T12:00:00Z')
const textsIn = (language: string, timeZone = 'UTC') => createTexts(language, SHIPPED[language]!, timeZone)
const texts = textsIn('en')

t.test('relative times use the unit that says most, rounded before it is chosen', async t => {
  const cases: Array<[number, string]> = [
    [0, 'just now'], [59 * SECOND, 'just now'], [MINUTE, '1 minute ago'], [59.7 * MINUTE, '1 hour ago'], [90 * MINUTE, '2 hours ago'],
    [23.7 * HOUR, 'yesterday'], [6.8 * DAY, 'last week'], [20 * DAY, '3 weeks ago'], [89.9 * DAY, '3 months ago'], [359 * DAY, 'last year'], [800 * DAY, '2 years ago']
  ]
  for (const [past, words] of cases) t.equal(texts.relative(new Date(NOW.getTime() - past), NOW), words)
  t.equal(texts.relative(new Date(NOW.getTime() + 90 * DAY), NOW), 'in 3 months')
  t.equal(texts.relative(new Date(NOW.getTime() + 59 * SECOND), NOW), 'in less than a minute')
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

// --- the language of a request ---

const CASES: Array<[header: string | undefined, language: string]> = [
  ['de', 'de'],
  ['de-AT,de;q=0.9,en;q=0.8', 'de'],
  ['fr-CH, fr;q=0.9, en;q=0.8, de;q=0.7, *;q=0.5', 'fr'],
  ['en-GB,en;q=0.9,de;q=0.8', 'en'],
  ['sv,da;q=0.9,nl;q=0.5', 'nl'],
  ['en;q=0.1,ja;q=0.9', 'ja'],
  ['pt-BR', 'pt-BR'],
  ['pt-PT,pt;q=0.9', 'pt-BR'],
  ['pt', 'pt-BR'],
  ['PT-br', 'pt-BR'],
  ['ar-EG', 'ar'],
  ['ja;q=0, it', 'it'],
  ['zh-CN', 'en'],
  ['*', 'en'],
  ['', 'en'],
  [undefined, 'en'],
  ['en_US', 'en'],
  [',;q=,,=;*;;', 'en'],
  ['x'.repeat(5000), 'en'],
  ['__proto__, constructor', 'en']
]

for (const [header, language] of CASES) {
  t.test(`Accept-Language ${JSON.stringify(header?.slice(0, 60))} gets ${language}`, async t => {
    t.equal(chooseLanguage(header, Object.keys(SHIPPED)), language)
  })
}

t.test('a language that the host brings is chosen like ours, a closer one before its relative', async t => {
  t.equal(chooseLanguage('pt-PT', [...Object.keys(SHIPPED), 'pt-PT']), 'pt-PT')
  t.equal(chooseLanguage('sv-FI', [...Object.keys(SHIPPED), 'sv']), 'sv')
})

// --- the reader's own dates and numbers ---

const LOCALES: Array<[header: string | undefined, locale: string]> = [
  ['en-GB', 'en-GB'],
  ['en-GB,en;q=0.9,de;q=0.8', 'en-GB'],
  ['en;q=0.8,en-GB;q=0.9', 'en-GB'],
  ['EN-gb', 'en-GB'],
  ['de-AT,de;q=0.9,en-US;q=0.8', 'de-AT'],
  ['pt-PT', 'pt-PT'],
  ['zh-CN,en-AU;q=0.5', 'en-AU'],
  ['zh-CN', 'en'],
  ['*', 'en'],
  [undefined, 'en'],
  ['en-XX', 'en'],
  ['en-GB-oxendict-u-ca-buddhist-hc-h12', 'en-GB'],
  ['en-x-private', 'en'],
  ['en-', 'en'],
  ['de-' + 'x'.repeat(300), 'de']
]

for (const [header, locale] of LOCALES) {
  t.test(`Accept-Language ${JSON.stringify(header?.slice(0, 60))} gets dates of ${locale}`, async t => {
    for (let twice = 0; twice < 2; twice++) t.equal(chooseLocale(header, chooseLanguage(header, Object.keys(SHIPPED))), locale)
  })
}

t.test("a language of the host's that JavaScript has no formats for has the host's tag", async t => {
  t.equal(chooseLocale('xal-RU', 'xal'), 'xal')
  t.equal(chooseLocale('sv-FI', 'sv'), 'sv-FI')
})

t.test('however many tags readers make up, the locales are those that there are', async t => {
  const letters = Array.from('ABCDEFGHIJKLMNOPQRSTUVWXYZ')
  const tags = letters.flatMap(first => letters.map(second => `en-${first}${second}`))
  const locales = new Set(tags.map(tag => chooseLocale(tag, 'en')))
  t.ok(locales.has('en-GB') && locales.has('en-NZ') && locales.size < 200, String(locales.size))
})

t.test('a British reader gets British dates with English words, an Austrian one Austrian numbers with German words', async t => {
  const texts = (language: string, locale: string) => createTexts(language, SHIPPED[language]!, 'UTC', locale)
  t.match(texts('en', 'en-GB').absolute(NOW), /^24 Nov 2026, 12:00 UTC$/)
  t.match(texts('en', 'en').absolute(NOW), /^Nov 24, 2026, 12:00\sPM UTC$/)
  t.equal(texts('en', 'en-IN').say('count', { count: 1234567 }), '12,34,567 sessions')
  t.match(texts('de', 'de-AT').say('count', { count: 1234567 }), /^1\s234\s567 Sitzungen$/)
  t.match(texts('pt-BR', 'pt-PT').absolute(NOW), /^24\/11\/2026, 12:00 UTC$/)
  t.equal(texts('en', 'en-GB').relative(new Date(NOW.getTime() - DAY), NOW), 'yesterday')
})

// --- the ten languages: nothing missing, nothing of English left, every placeholder filled ---

const english = SHIPPED.en!
const keys = Object.keys(english) as MessageKey[]
const others = Object.entries(SHIPPED).filter(([language]) => language !== 'en')

/** The names of a text's placeholders. Plural forms stand in braces, too: they do not match. */
const placeholdersOf = (text: string): string[] => [...new Set([...text.matchAll(/\{(\w+)(?=[,}])/g)].map(([, name]) => name!))].sort()

t.test('ten languages are shipped', async t => {
  t.strictSame(Object.keys(SHIPPED), ['en', 'de', 'fr', 'es', 'it', 'pt-BR', 'nl', 'pl', 'ja', 'ar'])
})

t.test('every text is used by a template or the code', async t => {
  const filesIn = (folder: string) => readdirSync(root + folder, { recursive: true, encoding: 'utf8' }).map(name => `${root}${folder}/${name}`)
  const names = ['plugin', 'templates'].flatMap(filesIn).filter(name => /\.(ts|eta)$/.test(name) && !name.includes('languages'))
  const sources = names.map(name => readFileSync(name, 'utf8')).join('\n')
  t.same(keys.filter(key => !sources.includes(`'${key}'`)), [])
})

for (const [language, messages] of others) {
  t.test(`${language} says everything, with the placeholders of English`, async t => {
    t.strictSame(Object.keys(messages), keys, 'a key is missing, is one too many or stands elsewhere than in en.ts')
    t.strictSame(keys.filter(key => placeholdersOf(messages[key]).join() !== placeholdersOf(english[key]).join()), [])
    t.strictSame(keys.filter(key => messages[key].includes("'")), [], 'a straight apostrophe quotes in ICU MessageFormat')
  })

  t.test(`${language} is not English`, async t => {
    const same = keys.filter(key => messages[key] === english[key])
    // "Version {version}" and "TV" are German, too.
    t.ok(same.length <= 6, same.join(', '))
  })

  t.test(`${language} has the plural forms that its readers expect`, async t => {
    const { pluralCategories } = new Intl.PluralRules(language).resolvedOptions()
    const plural = keys.filter(key => english[key].includes('plural,'))
    const missing = plural.flatMap(key => pluralCategories.filter(category => !messages[key].includes(`${category} {`)).map(category => `${key}: ${category}`))
    t.strictSame(missing, [])
  })
}

for (const [language, messages] of Object.entries(SHIPPED)) {
  t.test(`${language}: the name of a button contains what can be read on it`, async t => {
    // WCAG 2.5.3: people who speak to their computer say what they see.
    const { say } = createTexts(language, messages, 'UTC')
    t.match(say('signOutNamed', { name: 'Chrome', when: 'now' }), say('signOut'))
  })

  t.test(`${language}: every text is filled without leaving a brace`, async t => {
    const { say } = createTexts(language, messages, 'UTC')
    const said = keys.flatMap(key => [0, 1, 2, 3, 5, 11, 21, 100, 1_000_000].map(count =>
      say(key, Object.fromEntries(placeholdersOf(english[key]).map(name => [name, name === 'count' || name === 'shown' ? count : 'x'])))))
    t.strictSame(said.filter(text => text === '' || /[{}#]|undefined/.test(text)), [])
  })
}

t.test('a host says it in other words, and adds a language, without touching ours', async t => {
  const texts = mergeTexts({ en: { title: 'Your devices' }, sv: { title: 'Där du är inloggad' }, 'PT-pt': { signOut: 'Terminar sessão' }, 'de-AT': { title: 'Wo S’ angemeldet sind' } })

  t.equal(texts.en!.title, 'Your devices')
  t.equal(texts.en!.signOut, 'Sign out')
  t.equal(texts.sv!.title, 'Där du är inloggad')
  t.equal(texts.sv!.signOut, 'Sign out', 'English where the host says nothing')
  t.equal(texts['pt-PT']!.signOut, 'Terminar sessão')
  t.equal(texts['de-AT']!.signOut, 'Abmelden', 'its language where the region says nothing')
  t.equal(texts.sv!.intro, SHIPPED.en!.intro)
  t.equal(SHIPPED.en!.title, 'Where you are signed in')
})

t.test('texts that cannot work stop the boot and say why', async t => {
  const wrong = (texts: Record<string, Partial<Messages>>, message: RegExp) => t.throws(() => mergeTexts(texts), { code: 'FST_LOGIN_SESSION_OPTION', message })

  wrong({ en: { titel: 'x' } as never }, /there is no text texts\.en\.titel: the keys are title, intro/)
  wrong({ de: { askOne: '{nme} abmelden?' } }, /texts\.de\.askOne has an unknown placeholder \{nme\}: its placeholders are \{name\}/)
  wrong({ de: { title: '{name}' } }, /texts\.de\.title has an unknown placeholder \{name\}: this text has no placeholders/)
  wrong({ de: { count: '{count, plural, one {#}' } }, /texts\.de\.count is not a valid ICU message/)
  wrong({ de: { count: '{One} {count}' } }, /has an unknown placeholder \{One\}: its placeholders are \{count\}/)
  wrong({ de: { signOutNamed: '{name} {when, date}' } }, /has an unknown placeholder \{when, …\}: its placeholders are \{name\}, \{when\}/)
  wrong({ de: { title: 7 as never } }, /texts\.de\.title must be a string/)
  wrong({ 'not a tag': {} }, /"not a tag" in texts is not a language tag: write a tag like 'sv'/)
  wrong({ de: null as never }, /texts\.de must be an object/)
})
