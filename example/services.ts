/**
 * The services of the pages: users, passkeys, their challenges, codes and mails.
 * @module
 */
import type { Db } from 'mongodb'
import { type Challenges, createChallenges } from './challenges.js'
import { type Codes, createCodes } from './codes.js'
import { createPrintedMails, type Print, type SendMail } from './mail.js'
import { createPasskeys, type Passkeys } from './passkeys.js'
import { createUsers, type Users } from './users.js'

/** The services. Every page gets them. */
export interface Services {
  users: Users
  passkeys: Passkeys
  challenges: Challenges
  codes: Codes
  sendMail: SendMail
}

interface ServiceOptions {
  secret: string
  /** The site's origin, for passkeys. */
  origin: string
  hashCost: number
  print: Print
}

/** Creates all of them, on one database. */
export async function createServices (db: Db, { secret, origin, hashCost, print }: ServiceOptions): Promise<Services> {
  const [users, passkeys, challenges, codes] = await Promise.all([
    createUsers(db, { hashCost }), createPasskeys(db, origin), createChallenges(db), createCodes(db, secret)
  ])
  return { users, passkeys, challenges, codes, sendMail: createPrintedMails(print) }
}
