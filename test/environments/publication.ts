/**
 * The tarball as the tools for publishing see it.
 * @module
 */
import { readFileSync } from 'node:fs'
import { root } from '../support/root.js'
import type { Environment, Scene } from './environment.js'
import { run } from './process.js'
import { node, tool, versionOf } from './tools.js'

/** What is checked before a publication. */
export const PUBLICATION: Environment[] = [
  { name: 'publint', parts: () => 'publint --strict', check: checkPublint },
  { name: 'attw', parts: () => `are the types wrong ${versionOf('@arethetypeswrong/cli')}`, check: checkTypes },
  { name: 'publish', parts: () => 'npm publish --dry-run', check: checkPublish }
]

async function checkPublint ({ tarball }: Scene): Promise<void> {
  await run('npx', ['publint', '--strict', tarball], { cwd: root })
}

/**
 * With one exception, and it is an honest one: `require()` gets a module. Node can do that since 20.19, the oldest version that
 * this package allows, and TypeScript knows it since 5.8. The profile leaves out the resolution of Node 10, which knows no
 * `exports`.
 */
async function checkTypes ({ folder, tarball }: Scene): Promise<void> {
  const options = ['--ignore-rules', 'cjs-resolves-to-esm', '--profile', 'node16']
  await run(node('24'), [tool('@arethetypeswrong/cli/dist/index.js'), tarball, ...options], { cwd: folder })
}

/** What npm says of a version that is published already. */
const PUBLISHED = /cannot publish over the previously published versions/

/** Lines that are no warning about the package. npm names its log after each error. */
const EXPECTED = [/requires you to be logged in/, PUBLISHED, /^npm error A complete log of this run can be found in/]

/** npm says that one has to be logged in, and refuses a version that is published already. Everything else is a warning to heed. */
async function checkPublish (): Promise<void> {
  const { version } = JSON.parse(readFileSync(`${root}package.json`, 'utf8'))
  // npm publishes a version such as 1.0.0-rc.1 only under a tag that is not `latest`. The package has just been built.
  const tag = version.includes('-') ? ['--tag', 'next'] : []
  const output = await run('npm', ['publish', '--dry-run', '--ignore-scripts', ...tag], { cwd: root }).catch((error: Error) => {
    if (!PUBLISHED.test(error.message)) throw error
    return error.message
  })
  const warnings = output.split('\n').filter(line => /^npm (warn|error)/i.test(line) && !EXPECTED.some(text => text.test(line)))
  if (warnings.length > 0) throw new Error(warnings.join('\n'))
}
