/** A table of options has a row for each option, and the compiler holds each row against the option's type. */
import { aFunction, countFromOne, duration, oneOf, type OptionTable, orNull, resolveTable, trueOrFalse } from '../../plugin/option-check.js'
import type { LoginSessionsOptions } from '../../plugin/index.js'
import type { ResolvedOptions } from '../../plugin/options.js'
import { type Equal, expectTrue } from './equal.js'

interface Options {
  name: string
  size?: number
  most?: number | null
  color?: 'red' | 'blue'
  paint?: ((color: string) => void) | undefined
}

const name = { check: oneOf<string>('ada', 'bob'), write: "'ada'" }
const size = { default: 1, check: countFromOne, write: '1' }
const most = { default: null, check: orNull(duration()), write: '1' }
const color = { default: 'red', check: oneOf('red', 'blue'), write: "'red'" } as const
const paint = { default: undefined, check: aFunction, write: 'color => {}' }

export const table: OptionTable<Options> = { name, size, most, color, paint }

// @ts-expect-error the row of color is missing
export const missing: OptionTable<Options> = { name, size, most, paint }
// @ts-expect-error there is no such option
export const extra: OptionTable<Options> = { name, size, most, color, paint, weight: size }
// @ts-expect-error an option that may be left out needs a default
export const withoutDefault: OptionTable<Options> = { ...table, size: { check: countFromOne, write: '1' } }
// @ts-expect-error the default is not a number
export const wrongDefault: OptionTable<Options> = { ...table, size: { ...size, default: '1' } }
// @ts-expect-error the option does not say that it may be undefined
export const undefinedDefault: OptionTable<Options> = { ...table, size: { ...size, default: undefined } }
// @ts-expect-error an option that must be there has no default
export const needless: OptionTable<Options> = { ...table, name: { ...name, default: 'ada' } }
// @ts-expect-error the check is for another type
export const wrongCheck: OptionTable<Options> = { ...table, size: { ...size, check: trueOrFalse } }
// @ts-expect-error the check does not know null
export const forgotNull: OptionTable<Options> = { ...table, most: { ...most, check: duration() } }
// @ts-expect-error the check lacks blue
export const forgotBlue: OptionTable<Options> = { ...table, color: { ...color, check: oneOf('red', 'green') } }
// @ts-expect-error the row does not say what to write
export const silent: OptionTable<Options> = { ...table, size: { default: 1, check: countFromOne } }

export const resolved = resolveTable(table, { name: 'ada' }, { kind: 'plugin', name: 'paint' })
expectTrue<Equal<typeof resolved.size, number>>(true)
expectTrue<Equal<typeof resolved.most, number | null>>(true)
expectTrue<Equal<typeof resolved.color, 'red' | 'blue'>>(true)
expectTrue<Equal<typeof resolved.paint, ((color: string) => void) | undefined>>(true)

// The plugin's own options: each is resolved under its own name, except the secret.
expectTrue<Equal<Exclude<keyof LoginSessionsOptions, keyof ResolvedOptions>, 'secret'>>(true)
expectTrue<Equal<ResolvedOptions['touchEvery'], number>>(true)
expectTrue<Equal<ResolvedOptions['clientIp'], LoginSessionsOptions['clientIp']>>(true)
