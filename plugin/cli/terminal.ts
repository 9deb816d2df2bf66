/**
 * The terminal of the command line: what is printed, asked and reported on the way.
 * @module
 */
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import type { Readable, Writable } from 'node:stream'
import { settledWithin } from '../timeout.js'
import { timers } from '../timers.js'
import { EXIT, Failure } from './failure.js'
import { toJson } from './words.js'

/** What the command line has of its surroundings. */
export interface Io {
  env: Record<string, string | undefined>
  stdin: Readable
  stdout: Writable
  stderr: Writable
  /** Can somebody answer a question? */
  isTerminal: boolean
  /** Ctrl-C. */
  signal: AbortSignal
  /** The MongoDB driver, which may not be installed. */
  loadDriver: () => Promise<typeof import('mongodb')>
}

/** At most one line of progress in this time, in ms. */
const PROGRESS_EVERY = 1000

/** A line of the result. */
export const print = ({ stdout }: Io, line: string): void => { stdout.write(`${line}\n`) }

/** A line beside the result. */
export const say = ({ stderr }: Io, line: string): void => { stderr.write(`${line}\n`) }

/** One JSON document, or text for people. */
export function printEither (io: Io, isJson: boolean | undefined, value: unknown, text: () => string): void {
  print(io, isJson === true ? toJson(value, 2) : text())
}

/**
 * Asks, unless it is answered already. @param isSure `--yes`
 * @throws Failure if the answer is not yes, or if there is nobody to ask
 */
export async function makeSure (io: Io, isSure: boolean | undefined, question: string): Promise<void> {
  if (isSure === true) return
  if (!io.isTerminal) throw new Failure(EXIT.wrong, `${question} Nobody is there to answer: write --yes if you are sure.`)
  io.stderr.write(`${question} [y/N] `)
  const answer = await readLine(io)
  stopIfAsked(io, 'Stopped: nothing was ended.')
  if (!/^\s*y(?:es)?\s*$/i.test(answer)) throw new Failure(EXIT.failed, 'Nothing was ended.')
}

/** The next line; '' at the end of input or at Ctrl-C. Without `terminal`, Ctrl-C reaches the process as a signal. */
async function readLine ({ stdin, signal }: Io): Promise<string> {
  const lines = createInterface({ input: stdin, terminal: false, signal })
  const [line = ''] = await Promise.race([once(lines, 'line'), once(lines, 'close')])
  lines.close()
  return line
}

/** Work that takes long says how far it is, now and then. */
export function progressOf (io: Io, lineOf: (done: number) => string): (done: number) => void {
  let last = timers.now()
  return done => {
    if (timers.now() - last < PROGRESS_EVERY) return
    last = timers.now()
    say(io, lineOf(done))
  }
}

/** @throws Failure at Ctrl-C */
export function stopIfAsked ({ signal }: Io, message: string): void {
  if (signal.aborted) throw new Failure(EXIT.stopped, message)
}

/** How long what was asked last may take after Ctrl-C, in ms. */
const LAST_ANSWER = 500

/**
 * The result of this work. After Ctrl-C it is hardly waited for.
 *
 * @param message what is said then. Work that only reads needs no other
 * @throws Failure at Ctrl-C
 */
export async function unlessStopped<T> (io: Io, work: Promise<T>, message = 'Stopped.'): Promise<T> {
  const done = new AbortController()
  const stopped = io.signal.aborted ? Promise.resolve() : once(io.signal, 'abort', { signal: done.signal })
  const failed = stopped.then(() => { throw new Failure(EXIT.stopped, message) })
  try {
    return await Promise.race([failed, work])
  } finally {
    done.abort()
    await settledWithin(LAST_ANSWER, Promise.allSettled([failed, work]))
  }
}
