/**
 * The ten languages: nothing missing, nothing of English left, every placeholder filled.
 */
import { readdirSync, readFileSync } from 'node:fs'
import t from 'tap'
import { mergeTexts, type MessageKey, type Messages, SHIPPED } from '../../plugin/pages/messages.js'
import { createTexts } from '../../plugin/pages/texts.js'
import { root } from '../support/root.js'

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
