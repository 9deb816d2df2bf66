/** The host's own session data, typed by declaration merging. */
import Fastify from 'fastify'
import '../../plugin/index.js'
import { type Equal, expectTrue } from './equal.js'

declare module 'fastify' {
  interface Session {
    cart?: string[]
  }
}

const app = Fastify()

app.post('/cart', async request => {
  expectTrue<Equal<typeof request.session.cart, string[] | undefined>>(true)
  request.session.cart = [...request.session.cart ?? [], 'book']
  delete request.session.cart
  // @ts-expect-error a cart is a list
  request.session.cart = 'book'
  // @ts-expect-error it may not be there
  request.session.cart.push('book')
  // @ts-expect-error nobody declared it
  request.session.basket = []
  await request.session.regenerate(['cart'])
})
