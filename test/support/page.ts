/**
 * A shop with the sessions page and the API, and the page as its reader meets it.
 * @module
 */
import type { FastifyInstance, InjectOptions } from 'fastify'
import type { Test } from 'tap'
import {
  type LoginSession, loginSessionApi, loginSessionPages, type LoginSessionPagesOptions, type VerifyPassword
} from '../../plugin/index.js'
import { createShop, PASSWORD, type ShopOptions } from './app.js'
import type { JarBrowser, Reply } from './browser-jar.js'

export const PAGE = '/account/sessions'
export const API = '/api/account/sessions'

/** Users called "guest…" have no password. */
export const someHavePasswords: VerifyPassword = userId => userId.startsWith('guest') ? null : password => password === PASSWORD

export const HTMX: InjectOptions = { headers: { 'hx-request': 'true' } }

export interface ShopWithPagesOptions extends ShopOptions {
  /** Options of the pages. */
  pages?: Partial<LoginSessionPagesOptions>
}

/** Both plugins in a shop. */
export function createShopWithPages (t: Test, { pages, ...options }: ShopWithPagesOptions = {}): Promise<FastifyInstance> {
  return createShop(t, {
    verifyPassword: someHavePasswords,
    ...options,
    async routes (app) {
      await app.register(loginSessionPages, { prefix: PAGE, ...pages })
      await app.register(loginSessionApi, { prefix: API })
      await options.routes?.(app)
    }
  })
}

/** A page of the host's on which people confirm: the proof is right if it says so. */
export function confirmPage (app: FastifyInstance): void {
  app.post<{ Body: { proof: string } }>('/account/confirm', async request => {
    await request.confirmLoginSession(() => request.body.proof === 'right')
    return { confirmed: true }
  })
}

/** What a reader sees: tags away, entities back, spaces folded. */
export function textOf (reply: Reply): string {
  return reply.body
    .replace(/<[^>]*>/g, ' ')
    .replace(/&lt;/g, '<').replace(/&gt;/g, '>').replace(/&quot;/g, '"').replace(/&#39;/g, "'").replace(/&middot;/g, '·').replace(/&nbsp;/g, ' ').replace(/&amp;/g, '&')
    .replace(/\s+/g, ' ').trim()
}

/** The form on a confirmation page, as a browser would submit it. */
export interface Form {
  action: string
  fields: Record<string, string>
}

export function formOf (reply: Reply): Form {
  const action = /<form[^>]* action="([^"]+)"/.exec(reply.body)?.[1]
  const fields = [...reply.body.matchAll(/<input type="hidden" name="(\w+)" value="([^"]*)"/g)].map(([, name, value]) => [name!, value!])
  if (action === undefined || fields.length === 0) throw new Error(`no form in: ${reply.body}`)
  return { action: action.replaceAll('&amp;', '&'), fields: Object.fromEntries(fields) }
}

/** What a form proves: a password, or fields by name. */
export type FormProof = string | Record<string, string>

/** Submits a form with this password. */
export function submit (browser: JarBrowser, { action, fields }: Form, proof: FormProof = {}, options: InjectOptions = {}): Promise<Reply> {
  const body = new URLSearchParams({ ...fields, ...(typeof proof === 'string' ? { password: proof } : proof) })
  return browser.post(action, undefined, {
    payload: body.toString(),
    ...options,
    headers: { 'content-type': 'application/x-www-form-urlencoded', ...options.headers }
  })
}

/** Opens the question at this URL and answers it with this password. */
export async function answer (browser: JarBrowser, url: string, proof?: FormProof, options: InjectOptions = {}): Promise<Reply> {
  return await submit(browser, formOf(await browser.get(url)), proof, options)
}

/** From now on this session ends between being looked up and being ended: another tab was first. */
export function endMeanwhile (app: FastifyInstance, { userId, id }: Pick<LoginSession, 'userId' | 'id'>): void {
  const { find } = app.loginSessions
  app.loginSessions.find = async (...args) => {
    const found = await find(...args)
    await app.loginSessions.revoke(userId, id)
    return found
  }
}
