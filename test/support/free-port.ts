/**
 * A port for a process that starts later, goes away, and comes back.
 * @module
 */
import { createServer } from 'node:net'

/**
 * A port that nobody listens on, below those that outgoing connections get: else somebody's might take it before its
 * process starts, or while it is away.
 */
export async function freePort (): Promise<number> {
  for (;;) {
    const port = 11_000 + Math.floor(Math.random() * 20_000)
    const server = createServer()
    const free = await new Promise<boolean>(resolve => {
      server.once('error', () => resolve(false))
      server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)))
    })
    if (free) return port
  }
}
