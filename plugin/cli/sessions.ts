/**
 * The commands that list and end sessions.
 * @module
 */
import type { LoginSession } from '../sessions/login-session.js'
import { EXIT, Failure } from './failure.js'
import type { CommonOptions, Target } from './target.js'
import { type Io, makeSure, printEither, progressOf, stopIfAsked, unlessStopped } from './terminal.js'
import { counted, deviceOf, numberOf, toTable, withoutControls } from './words.js'

/** What a command gets besides its arguments. */
export interface Call<Options extends CommonOptions = CommonOptions> {
  io: Io
  options: Options
  target: Target
}

/** The actor of what ends here. No hook of a server gets it. */
const ACTOR = { actor: 'command line' } as const

const NOTHING_ENDED = 'Stopped: nothing was ended.'

/** `list USER`. */
export async function list ({ io, options, target: { verbs, where } }: Call, userId: string): Promise<void> {
  const sessions = await unlessStopped(io, verbs.list(userId))
  if (sessions.length === 0) throw nothingFound(io, options, { collection: where, sessions }, `${quoted(userId)} has no session in ${where}.`)
  printEither(io, options.json, { collection: where, sessions }, () => tableOf(sessions))
}

const quoted = (id: string): string => `"${withoutControls(id)}"`

/** A reader of JSON gets its document in this case, too. */
function nothingFound (io: Io, { json }: CommonOptions, document: object, sentence: string): Failure {
  if (json === true) printEither(io, true, document, () => '')
  return new Failure(EXIT.nothing, sentence)
}

function tableOf (sessions: LoginSession[]): string {
  // Servers without the option `deviceBound` bind none.
  const ifAnyBound = (cell: string): string[] => sessions.some(({ deviceBound }) => deviceBound) ? [cell] : []
  const rows = sessions.map(session => {
    const { id, createdAt, lastActiveAt, expiresAt, ip, deviceBound } = session
    const times = [createdAt, lastActiveAt, expiresAt].map(time => time.toISOString())
    return [id, ...times, ip ?? '-', ...ifAnyBound(deviceBound ? 'yes' : 'no'), deviceOf(session)]
  })
  return toTable([['ID', 'SIGNED IN', 'LAST ACTIVE', 'EXPIRES', 'ADDRESS', ...ifAnyBound('BOUND'), 'DEVICE'], ...rows])
}

/** `revoke USER`, `revoke USER ID`. */
export async function revoke (call: Call, userId: string, id: string | undefined): Promise<void> {
  await (id === undefined ? revokeAll(call, userId) : revokeOne(call, userId, id))
}

async function revokeOne ({ io, options, target: { verbs, where } }: Call, userId: string, id: string): Promise<void> {
  stopIfAsked(io, NOTHING_ENDED)
  const session = await unlessStopped(io, verbs.revoke(userId, id, ACTOR), 'Stopped: the session may have ended.')
  if (session === null) {
    const document = { collection: where, ended: 0, sessions: [] }
    throw nothingFound(io, options, document, `${quoted(userId)} has no session ${quoted(id)} in ${where}.`)
  }
  printEither(io, options.json, { collection: where, ended: 1, sessions: [session] }, () => 'Ended 1 session.')
}

async function revokeAll ({ io, options, target: { verbs, where } }: Call, userId: string): Promise<void> {
  const count = await unlessStopped(io, verbs.count(userId))
  if (count === 0) throw nothingFound(io, options, { collection: where, ended: 0 }, `${quoted(userId)} has no session in ${where}.`)
  await makeSure(io, options.yes, `End ${counted(count, 'session')} of ${quoted(userId)} in ${where}?`)
  stopIfAsked(io, NOTHING_ENDED)
  const ended = await unlessStopped(io, verbs.revokeAll(userId, ACTOR), 'Stopped: some sessions may have ended. Run it again to end all.')
  printEither(io, options.json, { collection: where, ended }, () => `Ended ${counted(ended, 'session')}.`)
}

/** `revoke-everyone`. */
export async function revokeEveryone ({ io, options, target: { verbs, overview, where } }: Call): Promise<void> {
  const { sessions, users, sample } = await unlessStopped(io, overview.numbers())
  // An estimate of none may be wrong.
  if (sessions === 0 && sample === null) {
    return printEither(io, options.json, { collection: where, ended: 0 }, () => `Nobody has a session in ${where}.`)
  }
  const about = sample === null ? '' : 'about '
  const what = `${about}${counted(sessions, 'session')} of ${about}${counted(users, 'user')}`
  await makeSure(io, options.yes, `End all sessions in ${where}: ${what}?`)
  let soFar = 0
  const report = progressOf(io, done => `${counted(done, 'session')} ended`)
  const onProgress = (ended: number): void => {
    soFar = ended
    report(ended)
  }
  try {
    const ended = await verbs.revokeEveryone({ ...ACTOR, onProgress, signal: io.signal })
    stopIfAsked(io, `Stopped: ${counted(ended, 'session')} ended. The others live on.`)
    printEither(io, options.json, { collection: where, ended }, () => `Ended ${counted(ended, 'session')}.`)
  } catch (error) {
    if (error instanceof Failure || soFar === 0) throw error
    throw new Failure(EXIT.failed, `It failed after ${numberOf(soFar)} sessions. Run it again.`, { cause: error })
  }
}
