/**
 * Places of addresses. A real site asks a database of addresses: README.md, "locate".
 * @module
 */
import type { Locate } from '../plugin/index.js'

/** Networks of universities, which are where their names say. Each is a /16. The sessions of the demo user come from them. */
const NETWORKS: Array<[prefix: string, city: string, country: string]> = [
  ['128.40.', 'London', 'GB'],
  ['131.111.', 'Cambridge', 'GB'],
  ['134.157.', 'Paris', 'FR'],
  ['130.161.', 'Delft', 'NL'],
  ['129.78.', 'Sydney', 'AU']
]

/** "London, United Kingdom", the country in the reader's language. */
export const locate: Locate = (ip, language) => {
  const [, city, country] = NETWORKS.find(([prefix]) => ip.startsWith(prefix)) ?? []
  return country === undefined ? null : `${city}, ${new Intl.DisplayNames(language, { type: 'region' }).of(country)}`
}
