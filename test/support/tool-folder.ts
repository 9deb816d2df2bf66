/**
 * Folders of packages that only one command needs. Each has a package.json and a lock file of its own, beside the command's code.
 * @module
 */
import { copyFileSync, existsSync, mkdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { root } from './root.js'

/** A folder into which a command installs its packages. */
export interface ToolFolder {
  path: string
  /** Are the packages of the lock file installed? */
  isInstalled(): boolean
  /** Makes the folder, ready for `npm ci` in it. */
  prepare(): void
}

/**
 * Not in test/: linter, compiler and test runner must not look into it.
 *
 * @param name of the command's folder in test/, and of this one in .tap/
 */
export function toolFolder (name: string): ToolFolder {
  const [source, path] = [join(root, 'test', name), join(root, '.tap', name)]
  const lockIn = (folder: string): string => {
    const file = join(folder, 'package-lock.json')
    return existsSync(file) ? readFileSync(file, 'utf8') : ''
  }
  return {
    path,
    isInstalled: () => existsSync(join(path, 'node_modules/.package-lock.json')) && lockIn(path) === lockIn(source),
    prepare () {
      mkdirSync(path, { recursive: true })
      for (const file of ['package.json', 'package-lock.json']) copyFileSync(join(source, file), join(path, file))
    }
  }
}
