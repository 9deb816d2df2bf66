/**
 * The operators' page: this package's, with the names and the frame of this site.
 * @module
 */
import { fileURLToPath } from 'node:url'
import type { FastifyInstance } from 'fastify'
import { type DescribeUsers, loginSessionAdmin } from '../plugin/index.js'
import { locate } from './places.js'
import { RETURN_TO } from './return-to.js'
import type { Services } from './services.js'
import type { User } from './users.js'

/** Only for operators. To others, the page does not exist. */
export async function operatorPages (pages: FastifyInstance, { users }: Services): Promise<void> {
  const describeUsers: DescribeUsers = async userIds => new Map((await users.findMany(userIds)).map(user => [user.id, wordsFor(user)]))

  await pages.register(loginSessionAdmin, {
    prefix: '/operators',
    // A real site also asks for a second factor here.
    authorize: async ({ loginSession }) => loginSession && (await users.find(loginSession.userId))?.operator ? 'end' : null,
    findUsers: async text => (await users.search(text)).map(({ id }) => id),
    describeUsers,
    signInPath: '/sign-in',
    returnTo: RETURN_TO,
    locate,
    accountName: async userId => (await users.find(userId))?.email,
    templates: fileURLToPath(new URL('./views/operators', import.meta.url))
  })
}

/** A real site has names and pictures. Here, the name is made from the email, and the picture from the name. */
function wordsFor ({ email }: User): { name: string, detail: string, picture: string } {
  const parts = email.split('@')[0]!.split(/[^\p{L}\p{N}]+/u).filter(part => part !== '')
  const name = parts.map(part => capital(part) + part.slice(1)).join(' ') || email
  return { name, detail: email, picture: picture(name, parts.slice(0, 2).map(capital).join('')) }
}

const capital = (word: string): string => [...word][0]!.toUpperCase()

/** The initials in a circle. Its colour is one of twelve, the same for the same name. */
function picture (name: string, initials: string): string {
  const hue = [...name].reduce((sum, character) => sum + character.codePointAt(0)!, 0) % 12 * 30
  const svg = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 40 40">' +
    `<circle cx="20" cy="20" r="20" fill="hsl(${hue} 45% 38%)"/>` +
    `<text x="20" y="27" font-family="sans-serif" font-size="19" font-weight="600" fill="#fff" text-anchor="middle">${initials}</text></svg>`
  return `data:image/svg+xml,${encodeURIComponent(svg)}`
}
