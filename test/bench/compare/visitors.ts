/**
 * The users of the load: they sign in, and a sample of them checks that the answers are theirs.
 * @module
 */
import { Agent, request } from 'node:http'
import { SAMPLES } from '../../support/user-agents.js'
import type { Kind } from './kinds.js'

/** How many requests are under way at the same moment. */
const PARALLEL = 50

/** How many users check their answers. */
const SAMPLE = 1000

const agent = new Agent({ keepAlive: true, maxSockets: PARALLEL, keepAliveMsecs: 100 })

export const userAt = (index: number): string => `user-${String(index).padStart(5, '0')}`

/** Signs in all of them, with browsers of many kinds. Resolves to their Cookie headers, in the order of `userAt`. @throws if one cannot sign in */
export async function signInAll (url: string, count: number): Promise<string[]> {
  return await inParallel(count, async index => {
    const { status, cookie, body } = await ask('POST', `${url}/sign-in/${userAt(index)}`, { 'user-agent': SAMPLES[index % SAMPLES.length]!.userAgent })
    if (status !== 200 || cookie === '') throw new Error(`sign-in of ${userAt(index)} was answered ${status}: ${body}`)
    return cookie
  })
}

/** The same cookie with a signature that is wrong in one character. */
export function forge (cookie: string): string {
  const at = cookie.lastIndexOf('.') + 1
  return cookie.slice(0, at) + (cookie[at] === 'A' ? 'B' : 'A') + cookie.slice(at + 1)
}

/** What a request of this kind must be answered, with the status 200. */
export function expectedAnswer ({ cookies, server }: Kind, index: number): string {
  if (server === 'bare') return '{"user":"user-00000"}'
  return cookies === 'own' ? `{"user":"${userAt(index)}"}` : '{"user":null}'
}

/** Checks a sample of the users, many at the same moment, and that nobody else is signed in. @throws if an answer is wrong */
export async function checkAnswers (kind: Kind, url: string, cookies: readonly string[] | null): Promise<void> {
  const step = cookies === null ? 1 : Math.max(1, Math.floor(cookies.length / SAMPLE))
  await inParallel(Math.min(SAMPLE, cookies?.length ?? SAMPLE), async number => {
    const index = number * step
    const { status, body } = await ask('GET', url + kind.path, cookies === null ? {} : { cookie: cookies[index]! })
    const expected = expectedAnswer(kind, index)
    if (status !== 200 || body !== expected) throw new Error(`WRONG ANSWER of ${kind.name}: ${status} ${body} instead of 200 ${expected}`)
  })
  if (kind.cookies !== 'own') return
  for (const headers of [{}, { cookie: forge(cookies![0]!) }]) {
    const { status, body } = await ask('GET', url + kind.path, headers)
    if (status !== 401) throw new Error(`WRONG ANSWER of ${kind.name}: ${status} ${body} to a visitor instead of 401`)
  }
}

interface Answer {
  status: number
  body: string
  /** The cookies that it sets, as a Cookie header. */
  cookie: string
}

async function ask (method: string, url: string, headers: Record<string, string>): Promise<Answer> {
  return await new Promise((resolve, reject) => {
    const sent = request(url, { method, agent, headers }, response => {
      let body = ''
      response.setEncoding('utf8').on('data', text => { body += text })
      response.on('error', reject)
      response.on('end', () => resolve({
        status: response.statusCode!, body, cookie: (response.headers['set-cookie'] ?? []).map(line => line.split(';')[0]).join('; ')
      }))
    })
    sent.on('error', reject)
    sent.end()
  })
}

async function inParallel<T> (count: number, work: (index: number) => Promise<T>): Promise<T[]> {
  const results: T[] = []
  let next = 0
  await Promise.all(Array.from({ length: PARALLEL }, async () => {
    while (next < count) {
      const index = next++
      results[index] = await work(index)
    }
  }))
  return results
}
