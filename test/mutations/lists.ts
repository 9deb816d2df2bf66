/**
 * All lists of breaks: the files of `breaks/`.
 * @module
 */
import { readdir } from 'node:fs/promises'
import type { BreakList } from './break.js'

/** In the order of the files' names. */
export async function readLists (): Promise<BreakList[]> {
  const folder = new URL('breaks/', import.meta.url)
  const names = (await readdir(folder)).sort()
  return await Promise.all(names.map(async name => (await import(new URL(name, folder).href)).default as BreakList))
}
