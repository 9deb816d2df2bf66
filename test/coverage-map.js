/**
 * Which test files count for the coverage (`coverage-map` in package.json).
 *
 * Counting costs a quarter of a process's time. These tests use the whole plugin in real surroundings; the other tests cover each
 * of its lines and branches by themselves.
 * @module
 */
const NOT_COUNTED = /^test\/(?:promises|pages\/e2e)\//

/** @param file its path. @returns null: the file does not count; an empty list: it counts for whatever it uses */
export default function coverageMap (file) {
  return NOT_COUNTED.test(file) ? null : []
}
