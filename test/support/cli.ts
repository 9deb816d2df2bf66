/**
 * The command line in this process.
 * @module
 */
import { PassThrough } from 'node:stream'
import { run } from '../../plugin/cli/run.js'
import type { Io } from '../../plugin/cli/terminal.js'

export interface CliOptions {
  env?: Record<string, string>
  /** What is typed; undefined: there is no terminal. */
  typed?: string
  /** Ctrl-C. */
  signal?: AbortSignal
  loadDriver?: Io['loadDriver']
  /** Called with what is printed, as it is printed. */
  onPrinted?(text: string): void
}

export interface CliResult {
  code: number
  out: string
  err: string
}

/** Its surroundings, and what was printed there. */
export function createIo (options: CliOptions = {}): { io: Io, printed: { out: string, err: string } } {
  const { env = {}, typed, signal = new AbortController().signal, loadDriver = async () => await import('mongodb'), onPrinted = () => {} } = options
  const [stdin, stdout, stderr] = [new PassThrough(), new PassThrough(), new PassThrough()]
  const printed = { out: '', err: '' }
  stdout.on('data', chunk => { printed.out += chunk; onPrinted(String(chunk)) })
  stderr.on('data', chunk => { printed.err += chunk; onPrinted(String(chunk)) })
  if (typed !== undefined) stdin.write(typed)
  if (typed === '') stdin.end()
  return { io: { env, stdin, stdout, stderr, isTerminal: typed !== undefined, signal, loadDriver }, printed }
}

/** Runs one command. */
export async function cli (args: string[], options: CliOptions = {}): Promise<CliResult> {
  const { io, printed } = createIo(options)
  const code = await run(args, io)
  return { code, ...printed }
}
