/**
 * One browser of the load: it signs in, looks around, writes, confirms, signs others out, goes away, and comes back.
 * @module
 */
import { randomBytes } from 'node:crypto'
import { type Agent, request as httpRequest } from 'node:http'
import { PASSWORD } from '../support/shop-routes.js'

export interface Answer {
  status: number
  body: string
  /** Time to the last byte, in ms. */
  took: number
}

export interface Visitor {
  /** One request, whatever comes next to this visitor's mind. */
  step(): Promise<Answer & { what: string }>
  signIn(): Promise<Answer>
  get(path: string): Promise<Answer>
}

type Operation = () => Promise<Answer>

/** How often each thing is done, of those that can be done now. */
type Habits = Array<[weight: number, what: string, operation: Operation]>

const SESSIONS = '/account/sessions'
const API = '/api/account/sessions'

/** How long a request may go unanswered, in ms: five times what the plugin gives its store. */
const PATIENCE = 10_000

/**
 * @param user whom this browser's owner signs in as
 * @param patience how long a request may go unanswered, in ms
 */
export function createVisitor (url: string, agent: Agent, user: string, patience: number = PATIENCE): Visitor {
  const cookies = new Map<string, string>()
  let signedIn = false

  async function send (method: string, path: string, body?: object): Promise<Answer> {
    const answer = await exchange({ agent, method, url: url + path, cookies, patience }, body)
    // Somebody has signed this browser out, or its session has expired.
    if (answer.status === 401 || answer.status === 303) signedIn = false
    return answer
  }

  const get = (path: string): Promise<Answer> => send('GET', path)

  async function signIn (): Promise<Answer> {
    const answer = await send('POST', '/login', { user, remember: Math.random() < 0.5 })
    signedIn = answer.status === 200
    return answer
  }

  async function signOut (): Promise<Answer> {
    signedIn = false
    return await send('POST', '/logout')
  }

  /** A cleared browser: its session stays behind and expires. */
  function forget (): void {
    cookies.clear()
    signedIn = false
  }

  const outside: Habits = [
    [40, 'sign in', signIn],
    [20, 'look, anonymously', async () => await get('/')],
    [10, 'write, anonymously', () => send('POST', '/data', { cart: [Math.random()] })],
    [10, 'forged cookie', async () => {
      cookies.set('__Host-login-session', `${randomBytes(32).toString('base64url')}.${'A'.repeat(43)}`)
      return await get('/')
    }],
    [10, 'knock', () => get('/account')]
  ]
  const inside: Habits = [
    [30, 'account', () => get('/account')],
    [20, 'look', () => get('/')],
    [10, 'page', () => get(SESSIONS)],
    [10, 'list', () => get(API)],
    [12, 'write', () => send('POST', '/data', { cart: [Math.random()] })],
    [4, 'confirm', () => send('POST', '/confirm', { password: PASSWORD })],
    [1, 'confirm, wrongly', () => send('POST', '/confirm', { password: 'wrong' })],
    [2, 'revoke others', () => send('POST', `${API}/others/revoke`, { password: PASSWORD })],
    [3, 'sign in again', signIn],
    [4, 'sign out', signOut],
    [2, 'forget', async () => { forget(); return await get('/') }]
  ]

  return {
    async step () {
      const [what, deed] = choose(signedIn ? inside : outside)
      return { what, ...await deed() }
    },
    signIn,
    get
  }
}

function choose (habits: Habits): [what: string, operation: Operation] {
  let chance = Math.random() * habits.reduce((sum, [weight]) => sum + weight, 0)
  for (const [weight, what, deed] of habits) {
    chance -= weight
    if (chance < 0) return [what, deed]
  }
  throw new Error('weights are positive')
}

interface Exchange {
  agent: Agent
  method: string
  url: string
  cookies: Map<string, string>
  patience: number
}

function exchange ({ agent, method, url, cookies, patience }: Exchange, body?: object): Promise<Answer> {
  const began = performance.now()
  return new Promise((resolve, reject) => {
    const payload = body === undefined ? undefined : JSON.stringify(body)
    const headers = {
      // Signing in over plain http is fine on this machine only.
      host: 'localhost',
      ...(cookies.size > 0 && { cookie: [...cookies].map(pair => pair.join('=')).join('; ') }),
      ...(payload !== undefined && { 'content-type': 'application/json', 'content-length': Buffer.byteLength(payload) })
    }
    const request = httpRequest(url, { agent, method, headers }, response => {
      for (const line of response.headers['set-cookie'] ?? []) keep(cookies, line)
      let text = ''
      response.setEncoding('utf8')
      response.on('data', chunk => { text += chunk })
      response.on('end', () => resolve({ status: response.statusCode!, body: text, took: performance.now() - began }))
      response.on('error', reject)
    })
    request.on('error', reject)
    request.setTimeout(patience, () => request.destroy(new Error(`no answer for ${patience / 1000} s`)))
    request.end(payload)
  })
}

function keep (cookies: Map<string, string>, line: string): void {
  const [, name, value] = /^([^=]+)=([^;]*)/.exec(line)!
  if (value === '') cookies.delete(name!)
  else cookies.set(name!, value!)
}
