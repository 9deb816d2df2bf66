/**
 * The example application through inject: forms as browsers send them, and where they lead.
 * @module
 */
import type { Db } from 'mongodb'
import { type AppOptions, buildApp } from '../../example/app.js'
import type { JarBrowser, Reply } from './browser-jar.js'
import { randomId } from './records.js'

export const PASSWORD = 'a good password'

export const SECRET = 'the secret of the example, in its tests'

export const newEmail = (): string => `${randomId().toLowerCase()}@example.com`

/** Sends a form. */
export function submit (to: JarBrowser, url: string, fields: Record<string, string>, headers: Record<string, string> = {}): Promise<Reply> {
  return to.post(url, undefined, {
    payload: new URLSearchParams(fields).toString(),
    headers: { 'content-type': 'application/x-www-form-urlencoded', ...headers }
  })
}

/** Where a sign-in leads, by way of the page that looks whether the cookie came back. Undefined: nobody has been signed in. */
export async function landing (own: JarBrowser, reply: Reply): Promise<string | undefined> {
  const { location = '' } = reply.headers
  return location.startsWith('/signed-in') ? (await own.get(location)).headers.location : undefined
}

/** Where the page's form in `<main>` leads. */
export function actionOf (reply: Reply): string {
  return plain(/<main[^]*?<form[^>]* action="([^"]+)"/.exec(reply.body)![1]!)
}

/** Where the page's link with these words leads. */
export function linkOf (reply: Reply, words: string): string {
  return plain(new RegExp(`<a[^>]* href="([^"]+)"[^>]*>${words}</a>`).exec(reply.body)![1]!)
}

/** The text of an attribute. */
export const plain = (attribute: string): string => attribute.replaceAll('&amp;', '&')

/** An application of its own, and all that it prints. */
export async function printing (db: Db, options: Partial<AppOptions> = {}) {
  const printed: string[] = []
  const app = await buildApp({ db, secret: SECRET, hashCost: 4, url: 'https://shop.example', print: text => { printed.push(text) }, ...options })
  return {
    app,
    /** The code that was mailed last. */
    lastCode: (): string => /Your code is (\d{6})/.exec(printed.findLast(text => text.includes('Your code is')) ?? '')?.[1] ?? 'none',
    /** How many mails with a code there are. */
    codes: (): number => printed.filter(text => text.includes('Your code is')).length,
    async output (): Promise<string> {
      // Nothing waits for the hooks but this.
      await app.close()
      return printed.join('\n')
    }
  }
}
