/**
 * A copy of the repository that may be broken, and tests that run in it.
 * @module
 */
import { spawn } from 'node:child_process'
import { cp, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { broken, type Break } from './break.js'

/** How a test file ended. */
export type Ending = 'passed' | 'failed' | 'timed out'

/** A copy of the repository. */
export interface Tree {
  /** Puts the break into its file. Resolves to what takes it out again, or to null: it is out of date. */
  breakFile(file: string, one: Break): Promise<(() => Promise<void>) | null>
  /** Runs `test/<name>.test.ts`. */
  run(name: string): Promise<Ending>
  remove(): Promise<void>
}

/** How long a test file may take, in ms: a few times what the slowest, which starts replica sets, takes on a busy machine. */
const PATIENCE = 300_000

const root = fileURLToPath(new URL('../..', import.meta.url))
const LEFT_OUT = new Set(['node_modules', '.git', '.tap', 'dist', join('example', 'data')])

/** @param env what the tests are run with */
export async function copyTree (env: NodeJS.ProcessEnv): Promise<Tree> {
  const folder = await mkdtemp(join(tmpdir(), 'mutations-'))
  await cp(root, folder, { recursive: true, filter: path => !LEFT_OUT.has(relative(root, path)) })
  await symlink(join(root, 'node_modules'), join(folder, 'node_modules'), 'junction')
  return {
    async breakFile (file, one) {
      const path = join(folder, file)
      const text = await readFile(path, 'utf8')
      const wrong = broken(text, one)
      if (wrong === null) return null
      await writeFile(path, wrong)
      return async () => await writeFile(path, text)
    },
    run: async name => await runTest(folder, name, env),
    remove: async () => await rm(folder, { recursive: true, force: true })
  }
}

/** Without tap's runner, which takes two seconds to start: a test file is a program whose exit code tells. */
async function runTest (folder: string, name: string, env: NodeJS.ProcessEnv): Promise<Ending> {
  return await new Promise((resolve, reject) => {
    // In a group of its own, so that a mongod that a hanging test has started ends with it.
    const test = spawn(process.execPath, ['--import', 'tsx', `test/${name}.test.ts`], { cwd: folder, env, stdio: 'ignore', detached: true })
    let late = false
    const timer = setTimeout(() => { late = true; process.kill(-test.pid!, 'SIGKILL') }, PATIENCE)
    test.on('error', reject)
    test.on('exit', code => {
      clearTimeout(timer)
      resolve(late ? 'timed out' : code === 0 ? 'passed' : 'failed')
    })
  })
}
