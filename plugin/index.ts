/**
 * Login sessions for Fastify: what is public, nothing else.
 * @module
 */
export { loginSessions, loginSessions as default, type StartOptions } from './plugin.js'
export { loginSessionPages } from './pages.js'
export type { LoginSessionPagesOptions } from './page-options.js'
export { loginSessionApi } from './api.js'
export type { LoginSessionsOptions, LoginSessionCookieOptions } from './options.js'
export { currentLoginSession, requireLoginSession } from './guard.js'
export { rejectCrossOrigin } from './csrf.js'
export { bcryptPassword, type ConfirmationKind, type PasswordCheck, type VerifyPassword } from './password.js'
export { mongoStore } from './mongo-store.js'
export { memoryStore } from './memory-store.js'
export type { LoginSession, LoginSessions } from './login-sessions.js'
export type { Device, DeviceKind } from './device.js'
export type { DataChanges, LoginSessionStore } from './store.js'
export type { Confirmation, LoginSessionRecord, TokenHash, Touch } from './record.js'
export { isLoginSessionError, type LoginSessionError, type LoginSessionErrorCode } from './errors.js'
