/**
 * Login sessions for Fastify: the public API of this package, and nothing else.
 * @module
 */
export { loginSessions, loginSessions as default } from './plugin.js'
export type { StartOptions } from './request/start-checks.js'
export { loginSessionPages, type LoginSessionsSection } from './pages/account/account.js'
export type { LoginSessionPagesOptions } from './pages/account/options.js'
export { loginSessionAdmin } from './pages/admin/admin.js'
export type { LoginSessionAdminOptions } from './pages/admin/options.js'
export type { OnAction, OperatorAction } from './pages/admin/actions.js'
export type { Authorize, OperatorRight } from './pages/admin/gate.js'
export type { DescribeUsers, FindUsers, UserWords } from './pages/admin/users.js'
export type { HostTexts, MessageKey, Messages } from './pages/messages.js'
export type { Locate } from './pages/places.js'
export { deviceName } from './pages/device-name.js'
export { loginSessionApi } from './api/api.js'
export type { Confirm, LoginSessionsOptions } from './options.js'
export type { LoginSessionCookieOptions } from './request/cookie-options.js'
export { currentLoginSession, requireLoginSession, requireRecentConfirmation } from './request/guard.js'
export { rejectCrossOrigin } from './request/csrf.js'
export { bcryptPassword, type PasswordCheck, type VerifyPassword } from './confirmation/password.js'
export type { AnswerChoice, ConfirmationChoice, NoChoice, PageChoice } from './confirmation/own-way.js'
// So that its types of requests come along.
export type { ConfirmationKind } from './confirming.js'
// So that its types of `request.session` and `app.decryptSession` come along.
export type { FastifySessionObject } from './request/request-session.js'
export type { DriverCollection } from './stores/mongo-collection.js'
export { mongoStore } from './stores/mongo.js'
export { memoryStore } from './stores/memory.js'
export type { LoginSession } from './sessions/login-session.js'
export type { LoginSessions } from './sessions/login-sessions.js'
export type { ListOptions, RevokeEveryoneOptions, RevokeOptions } from './sessions/verb-options.js'
export type { Actor, SessionEndReason, SessionName } from './sessions/endings.js'
export type { FailedConfirmation, OnConfirmationFailed, OnSessionEnd, OnSessionStart, SessionStart } from './request/hooks.js'
export type { ClientIp, IsActivity, ParseUserAgent } from './request/visit.js'
export type { AddressMode } from './client/address.js'
export type { Device, DeviceKind } from './client/device.js'
export type { Watch, WatchedSession, WatchOptions } from './sessions/watches.js'
export type {
  DataChanges, LoginSessionStore, OverviewStore, PageFrom, Position, RemovalEvents, SessionSearch, WatchableStore
} from './sessions/store.js'
export type { DeviceBinding, DeviceKey } from './sessions/binding.js'
export type { AttemptState, FormerIp, LoginSessionRecord, RecordWithoutData, Sighting, Touch } from './sessions/record.js'
// For stores of the host's own.
export { userKeyOf } from './sessions/key.js'
export type { TokenHash } from './sessions/tokens.js'
export { dataError as loginSessionDataError, isLoginSessionError, type LoginSessionError, type LoginSessionErrorCode } from './errors.js'
