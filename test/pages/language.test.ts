import t from 'tap'
import { chooseLanguage } from '../../plugin/pages/language.js'
import { SHIPPED } from '../../plugin/pages/messages.js'

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
