import { pathToFileURL } from 'node:url'
import t from 'tap'
import { type Locate, memoryStore } from '../../plugin/index.js'
import { SHIPPED } from '../../plugin/pages/messages.js'
import { placesOf } from '../../plugin/pages/places.js'
import { createTexts } from '../../plugin/pages/texts.js'
import { browser } from '../support/browser-jar.js'
import { after, createClock, NOW } from '../support/clock.js'
import { codeBlocks, documentNamed, javascriptOf } from '../support/documents.js'
import { API, createShopWithPages, PAGE, textOf } from '../support/page.js'
import { watched } from '../support/stores.js'

const texts = createTexts('en', SHIPPED.en!, 'UTC')
const unexpected = (error: unknown): void => { throw error }
const wordsFor = async (ip: string) => (await placesOf([ip], undefined, texts, unexpected)).get(ip)

t.test('private addresses are told in words, and never asked for', async t => {
  const cases: Array<[ip: string, words: string | undefined]> = [
    ['192.168.1.4', 'Local network'], ['10.0.0.1', 'Local network'], ['172.16.9.9', 'Local network'], ['fd00::1', 'Local network'],
    ['169.254.1.1', 'Local network'], ['fe80::1', 'Local network'],
    ['127.0.0.1', 'Same computer as the server'], ['::1', 'Same computer as the server'],
    ['100.64.1.1', 'Network of a mobile or internet provider'],
    ['203.0.113.9', undefined], ['240.0.0.1', undefined], ['8.8.8.8', undefined], ['2a00:1450::1', undefined]
  ]
  for (const [ip, words] of cases) t.equal(await wordsFor(ip), words, ip)

  const asked: string[] = []
  await placesOf(cases.map(([ip]) => ip), ip => { asked.push(ip); return null }, texts, unexpected)
  t.strictSame(asked, ['8.8.8.8', '2a00:1450::1'])
})

t.test('a place is asked for once, in the reader\'s language', async t => {
  const asked: string[] = []
  const locate = async (ip: string, language: string) => { asked.push(`${ip} ${language}`); return 'Deutschland' }
  const german = createTexts('de', SHIPPED.de!, 'UTC')

  const places = await placesOf(['8.8.8.8', '8.8.8.8', null], locate, german, unexpected)

  t.equal(places.get('8.8.8.8'), 'Deutschland')
  t.strictSame(asked, ['8.8.8.8 de'])
})

t.test('what is not known, not text or far too long is left out or cut', async t => {
  for (const answer of [null, undefined, '', 7 as never, {} as never]) t.equal((await placesOf(['8.8.8.8'], () => answer, texts, unexpected)).size, 0)
  t.match((await placesOf(['8.8.8.8'], () => 'x'.repeat(5000), texts, unexpected)).get('8.8.8.8'), /^x{80}$/)
})

t.test('a locate that fails or hangs costs its place, not the page', async t => {
  const errors: unknown[] = []
  const locate = (ip: string) => {
    if (ip === '8.8.8.8') throw new Error('no table')
    if (ip === '9.9.9.9') return Promise.reject(new Error('no answer'))
    return ip === '1.1.1.1' ? new Promise<string>(() => {}) : 'Norway'
  }

  const places = await placesOf(['8.8.8.8', '9.9.9.9', '1.1.1.1', '2a00:1450::1'], locate, texts, error => { errors.push((error as Error).message) })

  t.strictSame([...places], [['2a00:1450::1', 'Norway']])
  t.strictSame(errors, ['no table', 'no answer'])
})

t.test('the list says once that places are approximate, if it shows one that locate has found', async t => {
  const app = await createShopWithPages(t, { pages: { locate: ip => ip === '8.8.8.8' ? 'Norway' : null } })
  const [chrome, phone] = [browser(app, { ip: '192.168.1.4' }), browser(app, { ip: '8.8.8.8' })]
  await chrome.signIn('ada')
  t.notMatch(textOf(await chrome.get(PAGE)), 'approximate', 'the words for private addresses are exact')
  for (let i = 0; i < 2; i++) await phone.twin().signIn('ada')
  t.strictSame(textOf(await chrome.get(PAGE)).match(/approximate/g), ['approximate'])
})

// --- REFERENCE.md's recipe for places, run as it is written there ---

t.test('the recipe names the country of an address, in the reader\'s language', async t => {
  const code = codeBlocks(documentNamed('REFERENCE.md'), 'ts').find(code => code.includes('maxmind'))!
  // Beside this file, so that its packages are found.
  const directory = t.testdir({ 'recipe.mjs': javascriptOf(code) })

  const { locate } = await import(pathToFileURL(`${directory}/recipe.mjs`).href) as { locate: Locate }

  t.equal(await locate('193.99.144.80', 'en'), 'Germany')
  t.equal(await locate('193.99.144.80', 'ar'), 'ألمانيا')
  t.equal(await locate('2a00:1450:4001:82a::200e', 'de'), 'Irland')
  t.notOk(await locate('240.0.0.1', 'en'))
})

t.test('who used a session from another address is shown with the place: in the list, in the question and over the API', async t => {
  const clock = createClock()
  const store = watched(memoryStore())
  const app = await createShopWithPages(t, { store, now: clock.now, pages: { locate: ip => ({ '8.8.8.8': 'Norway', '9.9.9.9': 'Chile' })[ip] } })
  const [chrome, phone] = [browser(app, { ip: '9.9.9.9' }), browser(app, { ip: '9.9.9.9' })]
  await chrome.signIn('ada')
  const { id } = await phone.signIn('ada')
  t.notMatch(textOf(await chrome.get(PAGE)), 'Also used from')
  clock.advance(1)
  await phone.get('/', { remoteAddress: '8.8.8.8' })
  await store.touched()
  t.match(textOf(await chrome.get(PAGE)), 'Norway · Last active')
  t.match(textOf(await chrome.get(PAGE)), 'IP address 8.8.8.8 · Norway Also used from 9.9.9.9 · Chile')
  t.match(textOf(await chrome.get(`${PAGE}/${id}/revoke`)), /Place Norway Also used from Chile/)
  const { sessions } = (await chrome.get(API)).json()
  t.strictSame(sessions.map((session: any) => [session.ip, session.formerIp]), [['8.8.8.8', { ip: '9.9.9.9', until: after(NOW, 1).toJSON() }], ['9.9.9.9', null]])
})
