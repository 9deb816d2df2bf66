/**
 * MongoDB's own fail point: commands of one client that fail, hang or are answered with half a success.
 * @module
 */
import type { Member } from './mongod-process.js'

/** What befalls a command. */
export type Failure =
  | { errorCode: number }
  | { closeConnection: true }
  | { blockConnection: true, blockTimeMS: number }
  /** It is carried out, but not known to be durable. */
  | { writeConcernError: { code: number, errmsg: string } }

/** An armed fail point. */
export interface Armed {
  /** True once this many commands have met it since it was armed; false when that takes longer than `within` ms. */
  met(times: number, within: number): Promise<boolean>
  disarm(): Promise<void>
}

/**
 * Arms it on one member, in the place of what was armed there before.
 * @param appName the client it is meant for; nobody else's commands are touched, nor those of the set itself
 * @param times how many commands; undefined: all, until it is disarmed
 */
export async function failCommands (member: Member, appName: string, failCommands: string[], failure: Failure, times?: number): Promise<Armed> {
  const configureFailPoint = 'failCommand'
  const mode = times === undefined ? 'alwaysOn' : { times }
  const { count } = await member.command({ configureFailPoint, mode, data: { failCommands, appName, ...failure } })
  return {
    async met (times, within) {
      return await member.command({ waitForFailPoint: configureFailPoint, timesEntered: Number(count) + times, maxTimeMS: within })
        .then(() => true, error => {
          if (error.codeName !== 'MaxTimeMSExpired') throw error
          return false
        })
    },
    async disarm () {
      await member.command({ configureFailPoint, mode: 'off' })
    }
  }
}
