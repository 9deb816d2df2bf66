import { writeFileSync } from 'node:fs'
import t from 'tap'
import { assetUrls } from '../../plugin/pages/assets.js'

const FILES = { 'login-sessions.css': 'a {}', 'login-sessions.js': 'a()', 'times.js': 'b()', 'htmx.min.js': 'htmx' }

t.test('a file\'s URL changes with its content', async t => {
  const directory = t.testdir(FILES)
  const before = assetUrls('/base', directory)
  writeFileSync(`${directory}/login-sessions.css`, 'b {}')
  const after = assetUrls('/base', directory)

  t.match(before.stylesheet, /^\/base\/login-sessions\.css\?v=[0-9a-f]{12}$/)
  t.not(after.stylesheet, before.stylesheet)
  t.equal(after.script, before.script)
})

t.test('a checkout without htmx does not start, and says what to run', async t => {
  const { 'htmx.min.js': missing, ...rest } = FILES
  t.throws(() => assetUrls('/base', t.testdir(rest)), { code: 'FST_LOGIN_SESSION_OPTION', message: /npm run htmx/ })
})
