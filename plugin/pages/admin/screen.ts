/**
 * Where an operator is: in the list of all sessions, or at one user. Every link and form of the page brings people back there.
 * Pure.
 * @module
 */
import { type ListState, listStateIn, toParameters } from './search.js'

/** What the page shows. */
export type Screen = { kind: 'list', list: ListState } | { kind: 'user', userId: string }

/** The screen that the query of a URL names. */
export function screenIn (query: unknown): Screen {
  const { screen, user } = (query ?? {}) as Record<string, unknown>
  if (screen === 'user' && typeof user === 'string' && user !== '') return { kind: 'user', userId: user }
  return { kind: 'list', list: listStateIn(query) }
}

/** The parameters that name a screen. */
export const screenParameters = (screen: Screen): Record<string, string> =>
  screen.kind === 'user' ? { screen: 'user', user: screen.userId } : toParameters(screen.list)

/** A URL of the page that comes back to this screen. @param more further parameters */
export function urlWith (path: string, screen: Screen, more: Record<string, string> = {}): string {
  const query = new URLSearchParams({ ...screenParameters(screen), ...more }).toString()
  return query === '' ? path : `${path}?${query}`
}

/** The URL that shows this screen. @param base the path of the page, without a slash at its end */
export const screenUrl = (base: string, screen: Screen): string => urlWith(screen.kind === 'user' ? `${base}/user` : base || '/', screen)
