/**
 * The options of the operators' page: its own beside those of every page. To add one: its type and comment in the interface,
 * and its row in the table below it.
 * @module
 */
import { aFunction, aPath, oneOf, type OptionTable, prefixRow, resolveTable } from '../../option-check.js'
import { PAGE_TABLE, type PageOptions, type Resolved, resolvePrefix, resolveReaderOptions } from '../options.js'
import type { OnAction } from './actions.js'
import type { Authorize } from './gate.js'
import type { DescribeUsers, FindUsers } from './users.js'

/** Options of the operators' page only. */
export interface OperatorOptions {
  /** What may this request do: nothing (null), look ('view'), or look and end sessions ('end')? Asked again before each ending. */
  authorize: Authorize
  /**
   * What people get who may do nothing: 'not-found', your own page for unknown URLs, so that the page does not seem to exist;
   * 'forbidden', a 403, and the sign-in page for those who are not signed in. @default 'not-found'
   */
  refusal?: 'not-found' | 'forbidden'
  /** Finds users by a name or a mail address, and returns their ids. @default the search takes ids */
  findUsers?: FindUsers | undefined
  /** Names and pictures of users. @default the ids are shown */
  describeUsers?: DescribeUsers | undefined
  /** Called once for each action of an operator, for your audit log. @default none */
  onAction?: OnAction | undefined
  /** Your page that links lead back to. @default the page below `prefix` */
  homePath?: string | undefined
}

const OPERATOR_TABLE: OptionTable<OperatorOptions> = {
  authorize: { check: aFunction, write: "async request => await isAdmin(request.loginSession?.userId) ? 'end' : null" },
  refusal: { default: 'not-found', check: oneOf('not-found', 'forbidden'), write: "'not-found'" },
  findUsers: { default: undefined, check: aFunction, write: 'async text => await users.idsByMail(text)' },
  describeUsers: { default: undefined, check: aFunction, write: 'async userIds => ({ [userIds[0]]: { name: … } })' },
  onAction: { default: undefined, check: aFunction, write: 'action => audit.log(action)' },
  homePath: { default: undefined, check: aPath, write: "'/admin'" }
}

/** Options of `loginSessionAdmin`. */
export interface LoginSessionAdminOptions extends PageOptions, OperatorOptions {}

const TABLE: OptionTable<LoginSessionAdminOptions> = { prefix: prefixRow('/operators'), ...PAGE_TABLE, ...OPERATOR_TABLE }

/** The options as the page works with them. One without a value and without a default is undefined. */
export interface ResolvedAdminOptions extends Resolved<LoginSessionAdminOptions> {}

/**
 * @param outer prefix of the context that the page is registered in
 * @throws FST_LOGIN_SESSION_OPTION with a sentence that says what to write instead
 */
export function resolveAdminOptions (options: LoginSessionAdminOptions, outer = ''): ResolvedAdminOptions {
  const { prefix, language, timeZone, ...rest } = resolveTable(TABLE, options, { kind: 'plugin', name: 'admin' })
  return { ...rest, prefix: resolvePrefix(prefix, outer, TABLE.prefix), ...resolveReaderOptions({ language, timeZone }) }
}
