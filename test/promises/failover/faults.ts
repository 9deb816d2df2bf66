/**
 * What may befall a replica set: each fault resolves when the set is whole again.
 * @module
 */
import { type Failure, failCommands } from '../../support/fail-command.js'
import type { ReplicaSet } from '../../support/replica-set.js'

/** The `appName` of the clients whose commands fail. */
export const SUFFERER = 'shop'

/** Where the sessions are. */
export const COLLECTION = 'loginSessions'

/**
 * The options of the servers' drivers: as the README advises. A fail point changes nothing that the driver would hear of
 * immediately: it would look again only after ten seconds.
 */
export const DRIVER_OPTIONS = { serverSelectionTimeoutMS: 2000, waitQueueTimeoutMS: 2000, heartbeatFrequencyMS: 500, appName: SUFFERER }

/** Commands that `mongoStore` sends once it is prepared; a test holds this list against what is really sent. */
export const COMMANDS = ['find', 'aggregate', 'insert', 'update', 'delete', 'findAndModify']

/** `storeTimeout` of the servers, in ms: shorter than the longest delay, so that calls are given up and get through late. */
export const BOUND = 750

const WRITES = ['insert', 'update', 'delete', 'findAndModify']

/** How many commands of a kind fail in a row: the first, and the driver's second try. */
const TIMES = 2

/** A fault, by its name in the figures. */
export interface Fault {
  name: string
  happen: (set: ReplicaSet) => Promise<void>
}

const FAILURES: Array<[name: string, failure: Failure, commands: string[]]> = [
  ['error 11600 (going down, worth a retry)', { errorCode: 11600 }, COMMANDS],
  ['error 10107 (not the primary, worth a retry)', { errorCode: 10107 }, COMMANDS],
  ['error 189 (stepped down, worth a retry)', { errorCode: 189 }, COMMANDS],
  ['error 50 (took too long, final)', { errorCode: 50 }, COMMANDS],
  ['connection closed', { closeConnection: true }, COMMANDS],
  ['answer delayed past the bound', { blockConnection: true, blockTimeMS: BOUND + 200 }, COMMANDS],
  ['done, but perhaps not durable (91)', { writeConcernError: { code: 91, errmsg: 'going down' } }, WRITES],
  ['done, but perhaps not durable (64)', { writeConcernError: { code: 64, errmsg: 'waiting took too long' } }, WRITES]
]

/** A failure on a command. */
const commandFault = (command: string, name: string, failure: Failure): Fault => ({
  name: `${command}: ${name}`,
  async happen (set: ReplicaSet) {
    for (let met = false; !met;) {
      // On a busy machine another may have been elected meanwhile: then nothing comes here any more.
      const armed = await failCommands(await set.primary(), SUFFERER, [command], failure, TIMES)
      met = await armed.met(TIMES, 5000)
      await armed.disarm()
    }
  }
})

/** Every failure on every command, once each. */
export const commandFaults: Fault[] = FAILURES.flatMap(([name, failure, commands]) => commands.map(command => commandFault(command, name, failure)))

/** A third of them: each failure meets one or two commands, and each command two failures or more. */
export const everyThird: Fault[] = FAILURES.flatMap(([name, failure, commands], row) =>
  commands.filter(command => (row + COMMANDS.indexOf(command)) % 3 === 0).map(command => commandFault(command, name, failure)))

export const stepDown: Fault = {
  name: 'primary steps down',
  async happen (set) {
    await set.stepDown()
    await set.whole()
  }
}

/** Kills the primary, and starts it again once another is elected. @param meanwhile what is done as soon as it is dead */
export async function replacePrimary (set: ReplicaSet, meanwhile?: () => Promise<void>): Promise<void> {
  const old = await set.primary()
  await old.kill()
  await meanwhile?.()
  await set.primary()
  await old.start()
  await set.whole()
}

export const killPrimary: Fault = { name: 'primary killed and started again', happen: replacePrimary }

/** The others elect a new one; the old one comes back with the belief that it is the primary. */
export const suspendPrimary: Fault = {
  name: 'primary suspended until another is elected',
  async happen (set) {
    const old = await set.primary()
    old.suspend()
    await set.primary()
    old.resume()
    await set.whole()
  }
}

/** From now on the others copy nothing from the primary, though they hear that it lives. @returns to be called to let them go on */
export async function stopReplication (set: ReplicaSet): Promise<() => Promise<void>> {
  const configureFailPoint = 'stopReplProducer'
  const others = await set.secondaries()
  await Promise.all(others.map(async member => {
    const { count } = await member.command({ configureFailPoint, mode: 'alwaysOn' })
    await member.command({ waitForFailPoint: configureFailPoint, timesEntered: Number(count) + 1, maxTimeMS: 30_000 })
  }))
  return async () => { await Promise.all(others.map(member => member.command({ configureFailPoint, mode: 'off' }))) }
}

/** From now on a client with this `appName` reaches the primary only, and goes on believing in it. @returns to be called to heal it */
export async function cutOff (set: ReplicaSet, appName: string): Promise<() => Promise<void>> {
  const greetings = ['hello', 'isMaster', 'ismaster']
  const armed = await Promise.all((await set.secondaries()).map(member => failCommands(member, appName, greetings, { closeConnection: true })))
  return async () => { await Promise.all(armed.map(({ disarm }) => disarm())) }
}
