/**
 * The account page's options: its own beside those of every page. To add one: its type and comment in the interface, and
 * its row in the table below it.
 * @module
 */
import { aPath, type OptionTable, prefixRow, resolveTable } from '../../option-check.js'
import { PAGE_TABLE, type PageOptions, type Resolved, resolvePrefix, resolveReaderOptions } from '../options.js'

/** Options of the account page only. */
export interface AccountOptions {
  /**
   * Your page that shows the section (see `reply.renderLoginSessions`): where people come back to.
   * @default the page below `prefix`
   */
  homePath?: string | undefined
}

const ACCOUNT_TABLE: OptionTable<AccountOptions> = {
  homePath: { default: undefined, check: aPath, write: "'/account#sessions'" }
}

/** Options of the pages plugin. */
export interface LoginSessionPagesOptions extends PageOptions, AccountOptions {}

const TABLE: OptionTable<LoginSessionPagesOptions> = { prefix: prefixRow('/account/sessions'), ...PAGE_TABLE, ...ACCOUNT_TABLE }

/** The options as the pages work with them. One without a value and without a default is undefined. */
export interface ResolvedPageOptions extends Resolved<LoginSessionPagesOptions> {}

/**
 * @param outer prefix of the context that the pages are registered in
 * @throws FST_LOGIN_SESSION_OPTION with a sentence that says what to write instead
 */
export function resolvePageOptions (options: LoginSessionPagesOptions, outer = ''): ResolvedPageOptions {
  const { prefix, language, timeZone, ...rest } = resolveTable(TABLE, options, { kind: 'plugin', name: 'pages' })
  return { ...rest, prefix: resolvePrefix(prefix, outer, TABLE.prefix), ...resolveReaderOptions({ language, timeZone }) }
}
