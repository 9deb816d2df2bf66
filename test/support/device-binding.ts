/**
 * Whole test files with bound sessions: `test/promises/bound.test.ts` turns this on before it loads them. Shops then bind sessions,
 * and browsers have keys. Not for shops whose cookie cannot be bound.
 * @module
 */
import type { LoginSessionsOptions } from '../../plugin/index.js'

let isOn = false

/** From now on, shops bind sessions and browsers have keys, unless their tests say otherwise. */
export function bindEverything (): void {
  isOn = true
}

export const bindsEverything = (): boolean => isOn

/** Options of a shop, with binding if all are to have it. */
export function withBinding<Options extends Pick<Partial<LoginSessionsOptions>, 'cookie' | 'deviceBound'>> (options: Options): Options {
  const { secure = true, domain } = options.cookie ?? {}
  return isOn && secure && domain === undefined ? { deviceBound: true, ...options } : options
}

const clocks = new WeakMap<object, () => Date>()

/** Remembers the clock of a shop, so that its browsers know when a cookie is over. */
export function rememberClock (app: object, now: (() => Date) | undefined): void {
  if (now !== undefined) clocks.set(app, now)
}

/** The clock of this shop, or the real one. */
export const clockOf = (app: object): (() => Date) => clocks.get(app) ?? (() => new Date())
