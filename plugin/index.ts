/**
 * Login sessions for Fastify: what is public, nothing else.
 * @module
 */
export { loginSessions, loginSessions as default, type StartOptions } from './plugin.js'
export { loginSessionPages, type LoginSessionsSection } from './pages.js'
export type { LoginSessionPagesOptions } from './page-options.js'
export type { HostTexts, MessageKey, Messages } from './messages.js'
export type { Locate } from './places.js'
export { loginSessionApi } from './api.js'
export type { LoginSessionsOptions, LoginSessionCookieOptions } from './options.js'
export { currentLoginSession, requireLoginSession } from './guard.js'
export { rejectCrossOrigin } from './csrf.js'
export { bcryptPassword, type ConfirmationKind, type PasswordCheck, type VerifyPassword } from './password.js'
export { mongoStore } from './mongo-store.js'
export { memoryStore } from './memory-store.js'
export type { LoginSession, LoginSessions, SessionEndReason } from './login-sessions.js'
export type { OnSessionEnd, OnSessionStart, SessionStart } from './session-events.js'
export type { ClientIp, ParseUserAgent } from './visit.js'
export type { AddressMode } from './address.js'
export type { Device, DeviceKind } from './device.js'
export type { DataChanges, LoginSessionStore } from './store.js'
export type { Confirmation, LoginSessionRecord, Sighting, TokenHash, Touch } from './record.js'
export { isLoginSessionError, type LoginSessionError, type LoginSessionErrorCode } from './errors.js'
