/**
 * Commands with a limit of time, in an environment that knows nothing of npm and tap around it.
 * @module
 */
import { spawn } from 'node:child_process'

/** How to run a command. */
export interface CommandOptions {
  cwd: string
  /** Additional variables. */
  env?: Record<string, string>
  /** In ms. */
  timeout?: number
}

/** A command that has failed or taken too long. The message has all that it printed. */
export class CommandError extends Error {}

/** The longest one builds this package from git, with all packages of the suite. */
const LONGEST_COMMAND = 420_000

/**
 * Resolves to all that the command printed, on both streams, in its order.
 * @throws CommandError if it ended with another code than 0, or took too long; then its whole process group is killed
 */
export async function run (command: string, args: string[], { cwd, env, timeout = LONGEST_COMMAND }: CommandOptions): Promise<string> {
  // tap puts NODE_OPTIONS into whatever environment `spawn` is given, so it has to go later.
  const child = spawn('env', ['-u', 'NODE_OPTIONS', command, ...args], {
    cwd, env: { ...plainEnvironment(), ...env }, stdio: ['ignore', 'pipe', 'pipe'], detached: true
  })
  let output = ''
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', text => { output += text })
  let isLate = false
  const limit = setTimeout(() => {
    isLate = true
    killGroup(child.pid!)
  }, timeout)
  const code = await new Promise<number | null>((resolve, reject) => child.on('error', reject).on('close', resolve))
  clearTimeout(limit)
  if (code === 0) return output
  const ending = isLate ? `took longer than ${timeout / 1000} s` : `ended with ${code}`
  throw new CommandError(`${[command, ...args].join(' ')} ${ending}:\n${output}`)
}

function killGroup (pid: number): void {
  try {
    process.kill(-pid, 'SIGKILL')
  } catch {
    // It has just ended.
  }
}

/** `npm run` tells its commands about this project. A project elsewhere must not hear of it. */
function plainEnvironment (): Record<string, string | undefined> {
  const foreign = /^(npm_(?!config_(registry|cafile|cache)$)|INIT_CWD$|NODE_PATH$|TAP)/i
  return { ...Object.fromEntries(Object.entries(process.env).filter(([name]) => !foreign.test(name))), CI: 'true', NO_COLOR: '1' }
}
