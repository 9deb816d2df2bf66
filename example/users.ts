/**
 * The example's users: a collection of their own, passwords kept as bcrypt hashes.
 * @module
 */
import { randomUUID } from 'node:crypto'
import bcrypt from 'bcrypt'
import { type Db, MongoServerError } from 'mongodb'
import { FieldError } from './field-error.js'
import { inTime } from './in-time.js'

/** A user as the application knows them. The password's hash does not leave this file, except by `passwordHash`. */
export interface User {
  id: string
  email: string
  createdAt: Date
  /** May see and end everybody's sessions: see operators.ts. */
  operator: boolean
}

/** A new user. Without a password (null) they sign in with a passkey or a mailed code. */
export interface NewUser {
  email: string
  password: string | null
  /** Chosen before, because a passkey was made for it. @default a new one */
  id?: string
}

/** The collection's documents. The id is a string, so that it is the same in every record that names it. */
interface UserDocument {
  _id: string
  email: string
  passwordHash: string | null
  createdAt: Date
  /** The time at which a code that was mailed to the user came back first. */
  emailProvenAt?: Date
  /** No form can set it. */
  operator?: true
}

/** Everything the example does with users. */
export type Users = Awaited<ReturnType<typeof createUsers>>

/** The demo user who has a password. */
export const DEMO_USER = { email: 'ada@example.com', password: 'correct horse battery' }

/** The demo user who has none, and signs in with a mailed code, or with a passkey once there is one. */
export const DEMO_USER_WITHOUT_PASSWORD = { email: 'passkey@example.com', password: null }

/** The demo user who is an operator. */
export const DEMO_OPERATOR = { email: 'operator@example.com', password: DEMO_USER.password }

const BCRYPT_COST = 12
/** The most users that a search finds. */
const FOUND_AT_MOST = 50
const PASSWORD_CHARACTERS = 8
/** bcrypt looks at no more. */
const PASSWORD_BYTES = 72

/** What tests and the start of the server need otherwise. */
export interface UsersOptions {
  /** The longest time of a query, in ms. After it the query is an UnavailableError. @default 2000 */
  timeout?: number
  /** bcrypt's: each step doubles the work of a hash. @default 12 */
  hashCost?: number
}

/** @param db the users are in its collection `users` */
export async function createUsers (db: Db, { timeout = 2000, hashCost = BCRYPT_COST }: UsersOptions = {}) {
  const collection = db.collection<UserDocument>('users')
  // Nobody knows this password. With an unknown email there is as much to compute as with a known one.
  const nobodysHash = await bcrypt.hash(randomUUID(), hashCost)
  await collection.createIndex({ email: 1 }, { unique: true })
  const findOne = (filter: Partial<UserDocument>) => inTime(collection.findOne(filter), timeout)

  return {
    /** @throws FieldError about the email or the password */
    async create ({ email, password, id = newUserId() }: NewUser): Promise<User> {
      const user: UserDocument = {
        _id: id,
        email: goodEmail(email),
        passwordHash: password === null ? null : await hashPassword(password, hashCost),
        createdAt: new Date()
      }
      await inTime(collection.insertOne(user), timeout).catch(refuseTakenEmail)
      return toUser(user)
    },

    /** The user with this email and this password, or null. Both errors take the same time. */
    async authenticate (email: string, password: string): Promise<User | null> {
      const user = await findOne({ email: normalEmail(email) })
      const hash = user?.passwordHash ?? null
      const right = await bcrypt.compare(password, hash ?? nobodysHash)
      // Beyond its 72 bytes bcrypt would call anything right.
      return user !== null && hash !== null && right && fitsBcrypt(password) ? toUser(user) : null
    },

    async find (id: string): Promise<User | null> {
      return toUserOrNull(await findOne({ _id: id }))
    },

    /** @throws FieldError about the email, if nobody can sign up with it */
    async requireFreeEmail (email: string): Promise<void> {
      if (await findOne({ email: goodEmail(email) }) !== null) throw emailTaken()
    },

    async findByEmail (email: string): Promise<User | null> {
      return toUserOrNull(await findOne({ email: normalEmail(email) }))
    },

    /** The users of these ids that there are, in no order. */
    async findMany (ids: string[]): Promise<User[]> {
      return (await inTime(collection.find({ _id: { $in: ids } }).toArray(), timeout)).map(toUser)
    },

    /** The first users, by their email, whose email contains this text. */
    async search (text: string): Promise<User[]> {
      const email = { $regex: normalEmail(text).replaceAll(/[^\p{L}\p{N}]/gu, '\\$&') }
      return (await inTime(collection.find({ email }).sort({ email: 1 }).limit(FOUND_AT_MOST).toArray(), timeout)).map(toUser)
    },

    /** For `bcryptPassword`: null is a user without a password. */
    async passwordHash (id: string): Promise<string | null> {
      return (await findOne({ _id: id }))?.passwordHash ?? null
    },

    /**
     * Confirm the current password before you call this: `request.confirmPassword` counts the wrong ones too.
     * @throws FieldError about the password
     */
    async setPassword (id: string, password: string): Promise<void> {
      const passwordHash = await hashPassword(password, hashCost)
      await inTime(collection.updateOne({ _id: id }, { $set: { passwordHash } }), timeout)
    },

    /** True: the user had a password. */
    async removePassword (id: string): Promise<boolean> {
      const { modifiedCount } = await inTime(collection.updateOne({ _id: id }, { $set: { passwordHash: null } }), timeout)
      return modifiedCount === 1
    },

    async hasProvenEmail (id: string): Promise<boolean> {
      return (await findOne({ _id: id }))?.emailProvenAt !== undefined
    },

    async proveEmail (id: string): Promise<void> {
      await inTime(collection.updateOne({ _id: id }, { $min: { emailProvenAt: new Date() } }), timeout)
    },

    async makeOperator (id: string): Promise<void> {
      await inTime(collection.updateOne({ _id: id }, { $set: { operator: true } }), timeout)
    }
  }
}

/** A user's id. Passkeys have it as their "user handle", so it says nothing about the person. */
export const newUserId = (): string => randomUUID()

/** Creates the demo users if they are not there yet. Their emails count as proven. */
export async function seedUsers (users: Users): Promise<void> {
  for (const user of [DEMO_USER, DEMO_USER_WITHOUT_PASSWORD, DEMO_OPERATOR]) {
    const { id } = await users.findByEmail(user.email) ?? await users.create(user)
    await users.proveEmail(id)
    if (user === DEMO_OPERATOR) await users.makeOperator(id)
  }
}

/**
 * Passwords are taken as they were typed, never trimmed.
 * @throws FieldError for one that is too short, or longer than bcrypt can look at
 */
export function requireGoodPassword (password: string): void {
  if ([...password].length < PASSWORD_CHARACTERS) {
    throw new FieldError('password', `Use at least ${PASSWORD_CHARACTERS} characters.`)
  }
  if (!fitsBcrypt(password)) {
    throw new FieldError('password', `Use at most ${PASSWORD_BYTES} characters, fewer with accents or emoji: ${PASSWORD_BYTES} bytes count.`)
  }
}

function fitsBcrypt (password: string): boolean {
  return Buffer.byteLength(password) <= PASSWORD_BYTES
}

async function hashPassword (password: string, cost: number): Promise<string> {
  requireGoodPassword(password)
  return await bcrypt.hash(password, cost)
}

function normalEmail (email: string): string {
  return email.trim().toLowerCase()
}

/**
 * The address as it is kept. Only a mail that arrives proves one: see proven-email.ts. This catches slips, and control characters, which terminals would obey.
 * @throws FieldError
 */
export function goodEmail (email: string): string {
  const normal = normalEmail(email)
  if (!/^[^\s\p{Cc}@]+@[^\s\p{Cc}@]+$/u.test(normal) || normal.length > 254) {
    throw new FieldError('email', 'Enter an email address like name@example.com.')
  }
  return normal
}

function refuseTakenEmail (error: unknown): never {
  const taken = error instanceof MongoServerError && error.code === 11000
  throw taken ? emailTaken() : error
}

function emailTaken (): FieldError {
  return new FieldError('email', 'There is an account with this email already. Sign in instead.')
}

function toUser ({ _id, email, createdAt, operator }: UserDocument): User {
  return { id: _id, email, createdAt, operator: operator === true }
}

function toUserOrNull (user: UserDocument | null): User | null {
  return user === null ? null : toUser(user)
}
