/**
 * The Content-Security-Policy with Trusted Types: the page keeps to it on every path, and it is really in force.
 */
import { readFile } from 'node:fs/promises'
import { CspEvaluator } from 'csp_evaluator/dist/evaluator.js'
import { CspParser } from 'csp_evaluator/dist/parser.js'
import type { Page } from 'playwright-core'
import t, { type Test } from 'tap'
import { PASSWORD } from '../../support/app.js'
import { PAGE } from '../../support/page.js'
import { shareProfile } from '../../support/profile.js'
import { FIELD, giveWrongPassword, openDialog, openList, OTHERS, PROFILE, questionUrl, REVOKE } from '../../support/scenes.js'
import { setStage } from '../../support/stage.js'

const { shop, chromium, openPage, listPage } = await setStage(t)

const statusSays = (page: Page, words: string): Promise<void> => page.getByRole('status').getByText(words).waitFor()

/** The session whose button is the first of the list ends elsewhere. */
async function endFirstElsewhere (page: Page, user: string): Promise<void> {
  const url = await questionUrl(page)
  const { id } = (await shop.app.loginSessions.list(user)).find(({ id }) => url.includes(id))!
  await shop.app.loginSessions.revoke(user, id)
}

/** Everything that the page can do, from a long list to being signed out from elsewhere. */
async function wholeFlow (page: Page, list: string): Promise<void> {
  const user = await openList(page, shop, 12)
  await page.goto(list)

  await openDialog(page)
  await giveWrongPassword(page)
  await page.keyboard.press('Escape')
  await page.locator('dialog').waitFor({ state: 'detached' })

  await openDialog(page)
  await page.locator(FIELD).fill(PASSWORD)
  await page.keyboard.press('Enter')
  await statusSays(page, 'Signed out ')

  await page.getByRole('link', { name: 'Show all 12' }).click()
  await page.locator(REVOKE).nth(10).waitFor()

  await endFirstElsewhere(page, user)
  await page.locator(REVOKE).first().click()
  await page.getByRole('alert').getByText('That session has ended already.').waitFor()
  await page.getByText('11 sessions', { exact: true }).waitFor()

  await endFirstElsewhere(page, user)
  await page.evaluate(() => document.dispatchEvent(new Event('visibilitychange')))
  await page.getByText('10 sessions', { exact: true }).waitFor()

  await page.locator(OTHERS).click()
  await page.locator(FIELD).fill(PASSWORD)
  await page.keyboard.press('Enter')
  await statusSays(page, 'Signed out 9 other sessions.')

  await page.goto(`${PAGE}/${'A'.repeat(22)}/revoke`)
  await page.goto(list)
  await shop.app.loginSessions.revokeAll(user)
  await page.evaluate(() => document.dispatchEvent(new Event('visibilitychange')))
  await page.getByRole('link', { name: 'Sign in again' }).click()
  await page.waitForURL('**/login')
}

for (const [where, list] of [['the page', PAGE], ['the section in a host\'s page under the same policy', PROFILE]] as const) {
  t.test(`no violation on the whole way through ${where}, and nothing but our own server is asked`, async t => {
    const page = await openPage(t)
    const origins = new Set<string>()
    page.on('request', request => origins.add(new URL(request.url()).origin))
    page.on('websocket', socket => origins.add(socket.url()))

    await wholeFlow(page, list)

    t.strictSame([...origins], [shop.url])
    t.equal(await page.evaluate(() => localStorage.length + sessionStorage.length), 0, 'and nothing is left in the browser\'s storage')
  })
}

t.test('htmx comes from us, byte for byte as its authors published it', async t => {
  const page = await openPage(t, {})
  const served = page.waitForResponse(response => /htmx\.esm[^/]*\.js/.test(response.url()))
  await openList(page, shop)

  t.ok((await served).url().startsWith(shop.url))
  t.ok((await (await served).body()).equals(await readFile(new URL('../../../node_modules/htmx.org/dist/htmx.esm.min.js', import.meta.url))))
  t.equal(await page.evaluate(`import(${JSON.stringify((await served).url())}).then(({ default: htmx }) => htmx.version)`), JSON.parse(await readFile(new URL('../../../node_modules/htmx.org/package.json', import.meta.url), 'utf8')).version)
})

/** A page where what the browser objects to is collected, and is no failure: these tests do it on purpose. */
const complaints: string[] = []
const borrow = shareProfile(t, chromium, { baseURL: shop.url }, complaint => complaints.push(complaint))

/** The list in that page, to which nothing has been objected yet. */
async function openForViolations (t: Test): Promise<Page> {
  const page = await borrow(t)
  await openList(page, shop)
  complaints.length = 0
  return page
}

/** Waits until the browser has objected to this directive. */
async function objection (directive: string): Promise<boolean> {
  for (let tries = 0; tries < 50; tries++) {
    if (complaints.some(complaint => complaint.startsWith(`the Content-Security-Policy was violated: ${directive}`))) return true
    await new Promise(resolve => { setTimeout(resolve, 100) })
  }
  return false
}

const FORBIDDEN: Record<string, { directive: string, attempt: () => unknown, outcome: unknown }> = {
  'a string as markup': {
    directive: 'require-trusted-types-for',
    attempt: () => { try { document.body.innerHTML = '<b>'; return 'done' } catch (error) { return (error as Error).name } },
    outcome: 'TypeError'
  },
  'a string as the address of a script': {
    directive: 'require-trusted-types-for',
    attempt: () => { try { document.createElement('script').src = '/x.js'; return 'done' } catch (error) { return (error as Error).name } },
    outcome: 'TypeError'
  },
  'another policy': {
    directive: 'trusted-types',
    attempt: () => { try { (window as any).trustedTypes.createPolicy('other', {}); return 'done' } catch (error) { return (error as Error).name } },
    outcome: 'TypeError'
  },
  'our policy a second time': {
    directive: 'trusted-types',
    attempt: () => { try { (window as any).trustedTypes.createPolicy('login-sessions', {}); return 'done' } catch (error) { return (error as Error).name } },
    outcome: 'TypeError'
  },
  'an inline style': {
    directive: 'style-src-elem',
    attempt: () => {
      document.head.append(Object.assign(document.createElement('style'), { textContent: 'body { counter-reset: injected }' }))
      return getComputedStyle(document.body).counterReset
    },
    outcome: 'none'
  },
  'a style attribute': {
    directive: 'style-src-attr',
    attempt: () => {
      document.body.setAttribute('style', 'counter-reset: injected')
      return getComputedStyle(document.body).counterReset
    },
    outcome: 'none'
  },
  'an image of another origin': {
    directive: 'img-src',
    attempt: () => new Promise(resolve => { Object.assign(new Image(), { onerror: () => resolve('refused'), onload: () => resolve('loaded'), src: 'http://127.0.0.1:1/x.png' }) }),
    outcome: 'refused'
  },
  'a request to another origin': {
    directive: 'connect-src',
    attempt: () => fetch('http://127.0.0.1:1/').then(() => 'sent', (error: Error) => error.name),
    outcome: 'TypeError'
  },
  'a frame': {
    directive: 'frame-src',
    attempt: () => { document.body.append(Object.assign(document.createElement('iframe'), { src: '/login' })); return 'tried' },
    outcome: 'tried'
  },
  'another base': {
    directive: 'base-uri',
    attempt: () => { document.head.append(Object.assign(document.createElement('base'), { href: 'http://127.0.0.1:1/' })); return document.baseURI.startsWith('http://127.0.0.1:1') },
    outcome: false
  }
}

for (const [what, { directive, attempt, outcome }] of Object.entries(FORBIDDEN)) {
  t.test(`${what} is refused, and the tests would see it`, async t => {
    const page = await openForViolations(t)
    t.equal(await page.evaluate(attempt), outcome)
    t.ok(await objection(directive), complaints.join('\n'))
  })
}

/* What a script can do only outside of the debugger's own evaluation, which may do more. */
t.test('eval and strings as timers are refused', async t => {
  const page = await openForViolations(t)

  const outcome = await page.evaluate(() => new Promise(resolve => {
    setTimeout(() => {
      const names: string[] = []
      // eslint-disable-next-line no-eval, no-new-func, no-implied-eval
      for (const run of [() => (0, eval)('1'), () => new Function('return 1')(), () => setTimeout('1' as never)]) {
        try { run(); names.push('done') } catch (error) { names.push((error as Error).name) }
      }
      resolve(names)
    })
  }))

  t.notOk((outcome as string[]).includes('done'), String(outcome))
  t.ok(complaints.length > 0 || await objection('require-trusted-types-for') || await objection('script-src'))
})

t.test('an injected script or handler does not run, even in what a server of ours answers', async t => {
  const page = await openForViolations(t)
  await page.route('**/injected', async route => {
    const response = await route.fetch({ url: shop.url + PAGE })
    const body = (await response.text()).replace('</main>', '<script>window.ran = "script"</script><img src="/none.png" onerror="window.ran = \'handler\'"></main>')
    await route.fulfill({ response, body })
  })

  await page.goto('/injected')

  t.equal(await page.evaluate('window.ran'), undefined)
  t.ok(await objection('script-src-elem'))
  t.ok(await objection('script-src-attr'))
})

/** Google's judge of policies. */
const judge = (policy: string) => new CspEvaluator(new CspParser(policy).csp).evaluate().map(({ directive, value, severity }) => `${severity} ${directive} ${value}`)

/*
 * For any policy with 'self' it remarks that it cannot know whether our server also hosts JSONP, AngularJS or files that
 * users have uploaded. Nothing of that is in these pages; 50, "medium, maybe", is its lowest severity for a danger.
 */
const ANY_SELF = ["50 script-src 'self'"]

t.test('csp_evaluator finds nothing in the policy of any answer: pages, questions, errors, fragments', async t => {
  const page = await listPage(t)
  const question = await questionUrl(page)
  const fragment = { headers: { 'hx-request': 'true' } }
  const forged = { form: { csrf: 'forged', password: PASSWORD } }
  const answers = {
    'the list': page.request.get(PAGE),
    'the question': page.request.get(question),
    'the question about all others': page.request.get(`${PAGE}/others/revoke`),
    'a page that there is not': page.request.get(`${PAGE}/${'A'.repeat(22)}/revoke`),
    'a refused form': page.request.post(question, forged),
    'the list as a fragment': page.request.get(PAGE, fragment),
    'the dialog': page.request.get(question, fragment),
    'a problem as a fragment': page.request.get(`${PAGE}/${'A'.repeat(22)}/revoke`, fragment),
    'a refused form of htmx': page.request.post(question, { ...forged, ...fragment }),
    'the way to signing in': page.request.get(PAGE, { headers: { cookie: '' }, maxRedirects: 0 })
  }
  for (const [name, answer] of Object.entries(answers)) {
    const policy = (await answer).headers()['content-security-policy']
    t.ok(policy, name)
    t.strictSame(judge(policy ?? ''), ANY_SELF, name)
  }
})

t.test('csp_evaluator does find what is weak', async t => {
  t.ok(judge("script-src 'self' 'unsafe-inline'").some(finding => finding.startsWith('10 script-src')))
  t.ok(judge("script-src 'self'").some(finding => finding.startsWith('10 object-src')))
  t.ok(judge("default-src 'none'; script-src 'self' https://www.googleapis.com").length > ANY_SELF.length)
})
