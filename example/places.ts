/**
 * Places of addresses. A real site asks a database of addresses: README.md, "locate".
 * @module
 */
import type { Locate } from '../plugin/index.js'

/** Networks of universities, which are where their names say. Each is a /16. The demo users' sessions come from them. */
const NETWORKS: Array<[prefix: string, city: string, country: string]> = [
  ['128.40.', 'London', 'GB'],
  ['131.111.', 'Cambridge', 'GB'],
  ['134.157.', 'Paris', 'FR'],
  ['130.161.', 'Delft', 'NL'],
  ['129.78.', 'Sydney', 'AU'],
  ['141.20.', 'Berlin', 'DE'],
  ['129.132.', 'Zurich', 'CH'],
  ['128.32.', 'Berkeley', 'US'],
  ['128.112.', 'Princeton', 'US'],
  ['133.11.', 'Tokyo', 'JP'],
  ['143.107.', 'São Paulo', 'BR']
]

/** "London, United Kingdom", the country in the reader's language. */
export const locate: Locate = (ip, language) => {
  const [, city, country] = NETWORKS.find(([prefix]) => ip.startsWith(prefix)) ?? []
  return country === undefined ? null : `${city}, ${new Intl.DisplayNames(language, { type: 'region' }).of(country)}`
}
