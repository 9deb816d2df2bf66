/**
 * The process of one server: starts what its argument names, says its URL to its parent, and ends with its parent.
 * @module
 */
import type { ContestantModule, ContestantOptions } from './contestant.js'

const options: ContestantOptions = JSON.parse(process.argv[2]!)

const servers: Record<string, () => Promise<ContestantModule>> = {
  bare: async () => await import('./bare.js'),
  'hand-written': async () => await import('./hand-written.js'),
  floor: async () => await import('./floor.js'),
  ours: async () => await import('./ours.js')
}

const load = servers[options.server] ?? (async () => await import(`${options.peers}${options.server}.js`) as ContestantModule)
const { url } = await (await load()).start(options)

// An orderly exit, so that `node --cpu-prof` writes its file.
process.once('disconnect', () => process.exit(0))
process.send!({ url })
