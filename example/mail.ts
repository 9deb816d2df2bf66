/**
 * The texts that the site prints: mails with a code, mails about a sign-in from a new device, and lines for the audit log.
 * @module
 */
import { deviceName, type LoginSession, type OnSessionEnd, type OnSessionStart } from '../plugin/index.js'
import type { User, Users } from './users.js'
import { dateTime } from './words.js'

/** A mail in plain text. */
export interface Mail {
  to: string
  subject: string
  text: string
}

/** Takes each text that is printed: `console.log`, for example. */
export type Print = (text: string) => void

/** Sends a mail. */
export type SendMail = (mail: Mail) => void

/** Prints mails instead of sending them. A real site hands them to its mailer here. */
export function createPrintedMails (print: Print): SendMail {
  return mail => { print(printed(mail)) }
}

/** The contents of a mail about a sign-in. */
export interface SignIn {
  user: User
  session: LoginSession
  hasPassword: boolean
  /** The site's own address. Never the request's Host header: a person who signs in could then choose where the links lead. */
  url: string
}

interface SessionHooks { onSessionStart: OnSessionStart, onSessionEnd: OnSessionEnd }

/** The plugin's hooks. No request waits for them, and no sign-in fails with them. */
export function createSessionHooks (users: Users, url: string, print: Print): SessionHooks {
  const sendMail = createPrintedMails(print)
  return {
    async onSessionStart (session, { newDevice }) {
      if (!newDevice) return
      const user = await users.find(session.userId)
      if (user === null) return
      const hasPassword = await users.passwordHash(user.id) !== null
      sendMail(newSignInMail({ user, session, hasPassword, url }))
    },

    onSessionEnd (session, reason) {
      print(`audit: session ended, reason=${reason} device=${JSON.stringify(deviceName(session.device))} user=${session.userId} session=${session.id}`)
    }
  }
}

/** "New sign-in to your account": the device, and the steps to take if it was somebody else. */
export function newSignInMail ({ user, session, hasPassword, url }: SignIn): Mail {
  const change = hasPassword ? 'Change your password.' : 'Set a password.'
  const secure = hasPassword
    ? 'Never use the old one again, here or anywhere else.'
    : 'Then check who else can read your mail or use your passkeys.'
  return {
    to: user.email,
    subject: 'New sign-in to your account',
    text: `Your account ${user.email} was signed in to from a device that we have not seen before.

Device:   ${deviceName(session.device)}
Address:  ${session.ip ?? 'not kept'}
Time:     ${dateTime(session.createdAt)}

If this was you, there is nothing to do.

If it was not you:

1. ${change} That signs out everyone else.
   ${url}/account/password
2. ${secure}
3. See where you are signed in, and sign out what you do not recognise.
   ${url}/account/sessions`
  }
}

/** The mail with a code. It has no link, because the code works only on the page where it was asked for. */
export function codeMail (to: string, code: string): Mail {
  return {
    to,
    subject: `${code} is your code`,
    text: `Your code is ${code}

It works once, within ten minutes, in the browser that asked for it.

If you have not asked for it, there is nothing to do. Do not tell it to anybody: we never ask for it by phone or mail.`
  }
}

/** A mail, set apart from the other lines in the terminal. */
function printed ({ to, subject, text }: Mail): string {
  const lines = `To: ${to}\nSubject: ${subject}\n\n${text}`.split('\n')
  return `\n${lines.map(line => `  | ${line}`.trimEnd()).join('\n')}\n`
}
