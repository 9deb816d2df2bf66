/**
 * What one environment is.
 * @module
 */

/** What every environment gets. */
export interface Scene {
  /** A new folder outside of the repository. It is removed afterwards. */
  folder: string
  /** The package as it is published. */
  tarball: string
}

/** One environment. */
export interface Environment {
  /** The words on the command line choose by it, or by its beginning up to a hyphen. */
  name: string
  /** What it consists of, with versions. */
  parts: () => string
  /** @throws if this package does not work there, with all that was printed */
  check(scene: Scene): Promise<void>
}
