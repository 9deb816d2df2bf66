/**
 * A cookie jar that keeps a host-only cookie and one of the same name with a domain apart, as browsers do (RFC 6265bis 5.7).
 * tough-cookie alone takes them for one if the domain is the host itself.
 * @module
 */
import { type Cookie, cookieCompare, CookieJar } from 'tough-cookie'

export class VariantJar extends CookieJar {
  readonly #withDomain = new CookieJar(undefined, { rejectPublicSuffixes: false })

  constructor () {
    super(undefined, { rejectPublicSuffixes: false })
  }

  override setCookieSync (line: string | Cookie, url: string): Cookie | undefined {
    return /;\s*domain=[^;]/i.test(String(line)) ? this.#withDomain.setCookieSync(line, url) : super.setCookieSync(line, url)
  }

  /** The older one first. */
  override getCookiesSync (url: string): Cookie[] {
    return [...super.getCookiesSync(url), ...this.#withDomain.getCookiesSync(url)].sort(cookieCompare)
  }

  override getCookieStringSync (url: string): string {
    return this.getCookiesSync(url).map(cookie => cookie.cookieString()).join('; ')
  }
}
