/** What the plugin puts on requests and on the app. */
import Fastify, { type FastifyRequest } from 'fastify'
import { currentLoginSession, type Device, type DeviceKind, type LoginSession, type LoginSessions, rejectCrossOrigin, requireLoginSession } from '../../plugin/index.js'
import { type Equal, expectTrue } from './equal.js'

const app = Fastify()

app.get('/', async request => {
  expectTrue<Equal<typeof request.loginSession, LoginSession | null>>(true)
  // @ts-expect-error it may be null
  const userId = request.loginSession.userId
  // @ts-expect-error it cannot be set
  request.loginSession = null
  return userId
})

app.get('/account', { onRequest: requireLoginSession }, async request => {
  const session = currentLoginSession(request)
  expectTrue<Equal<typeof session, LoginSession>>(true)
  expectTrue<Equal<typeof session.userId, string>>(true)
  expectTrue<Equal<typeof session.expiresAt, Date>>(true)
  expectTrue<Equal<typeof session.ip, string | null>>(true)
  expectTrue<Equal<typeof session.formerIp, Readonly<{ ip: string, until: Date }> | null>>(true)
  expectTrue<Equal<typeof session.device, Readonly<Device>>>(true)
  expectTrue<Equal<Device['kind'], DeviceKind>>(true)
  // @ts-expect-error a session is only changed by the plugin
  session.userId = 'eve'
  // @ts-expect-error nor is its device
  session.device.browser = 'Lynx'
  // @ts-expect-error tokens are not for hosts
  return session.tokens
})

app.get('/poll', { config: { loginSessionActivity: false } }, async () => '')
// @ts-expect-error it is true or false
app.get('/poll', { config: { loginSessionActivity: 'no' } }, async () => '')

// The guards are hooks of any kind.
app.route({ method: 'POST', url: '/all', onRequest: [requireLoginSession, rejectCrossOrigin], handler: async () => '' })
app.addHook('onRequest', requireLoginSession)
app.addHook('preHandler', requireLoginSession)

app.post<{ Body: { user: number, remember?: string } }>('/login', async request => {
  await request.startLoginSession('ada', { remember: request.body.remember === 'on' })
  await request.startLoginSession('ada')
  await request.startLoginSession('ada', { remember: true, absoluteTimeout: 8 * 3_600_000, idleTimeout: null })
  await request.startLoginSession('ada', { idleTimeout: 900_000, absoluteTimeout: undefined })
  // @ts-expect-error times are milliseconds
  await request.startLoginSession('ada', { absoluteTimeout: '8h' })
  // @ts-expect-error every session ends
  await request.startLoginSession('ada', { absoluteTimeout: null })
  // @ts-expect-error who signs in?
  await request.startLoginSession()
  // @ts-expect-error user ids are text
  await request.startLoginSession(request.body.user)
  // @ts-expect-error a checkbox's "on" is not true
  await request.startLoginSession('ada', { remember: request.body.remember })
  // @ts-expect-error misspelt
  await request.startLoginSession('ada', { rememberMe: true })
})

declare const request: FastifyRequest
expectTrue<Equal<ReturnType<typeof request.startLoginSession>, Promise<LoginSession>>>(true)
expectTrue<Equal<ReturnType<typeof request.endLoginSession>, Promise<void>>>(true)
expectTrue<Equal<ReturnType<typeof request.confirmPassword>, Promise<void>>>(true)
expectTrue<Equal<Parameters<typeof request.confirmPassword>, [password: unknown]>>(true)
expectTrue<Equal<Awaited<ReturnType<typeof request.confirmationKind>>, 'question' | 'password' | 'answer' | 'page' | 'none' | 'no-password'>>(true)

expectTrue<Equal<typeof app.loginSessions, LoginSessions>>(true)
expectTrue<Equal<ReturnType<LoginSessions['list']>, Promise<LoginSession[]>>>(true)
expectTrue<Equal<ReturnType<LoginSessions['find']>, Promise<LoginSession | null>>>(true)
expectTrue<Equal<ReturnType<LoginSessions['revoke']>, Promise<LoginSession | null>>>(true)
expectTrue<Equal<ReturnType<LoginSessions['revokeOthers']>, Promise<number>>>(true)
expectTrue<Equal<ReturnType<LoginSessions['revokeAll']>, Promise<number>>>(true)
expectTrue<Equal<ReturnType<LoginSessions['revokeEveryone']>, Promise<number>>>(true)
await app.loginSessions.revokeEveryone()
expectTrue<Equal<ReturnType<typeof app.loginSessions.watch>, AbortSignal>>(true)
app.loginSessions.watch(request.loginSession!, { until: AbortSignal.timeout(1) })
// @ts-expect-error a watch needs to know when the session expires
app.loginSessions.watch({ userId: 'ada', id: 'id' })
await app.loginSessions.revokeEveryone({ actor: 'support', except: request.loginSession!, onProgress: ended => ended.toFixed(), signal: AbortSignal.timeout(1) })
await app.loginSessions.revokeOthers({ userId: 'ada', id: 'id' })
// @ts-expect-error nobody may be signed in
await app.loginSessions.revokeOthers(request.loginSession)
// @ts-expect-error whose session?
await app.loginSessions.revoke('id')
// @ts-expect-error user ids are text
await app.loginSessions.list(7)
// @ts-expect-error tokens are not for hosts
await app.loginSessions.resume('token')
