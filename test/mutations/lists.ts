/**
 * All lists of breaks: the files of `breaks/`, one for each room of the plugin.
 * @module
 */
import { readdir } from 'node:fs/promises'
import type { BreakList } from './break.js'

/** In the order of the rooms' names. */
export async function readLists (): Promise<BreakList[]> {
  const folder = new URL('breaks/', import.meta.url)
  const names = (await readdir(folder)).sort()
  const rooms = await Promise.all(names.map(async name => (await import(new URL(name, folder).href)).default as BreakList[]))
  return rooms.flat()
}
