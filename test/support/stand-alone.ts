/**
 * A mongod that is no member of a replica set: it has no change streams.
 * @module
 */
import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Test } from 'tap'
import { findMongod } from '../../example/mongod.js'
import { cleanAfterUs } from './cleanup.js'
import { type Member, prepareMember } from './mongod-process.js'

/** Starts one with data of its own. It ends with the test. */
export async function startStandAlone (t: Test): Promise<Member> {
  const { path: binary } = await findMongod()
  const folder = mkdtempSync(join(tmpdir(), 'stand-alone-'))
  const cleaner = cleanAfterUs(folder)
  const member = await prepareMember({ binary, folder, name: 'alone', args: [], cleaner })
  t.teardown(async () => {
    await member.kill()
    cleaner.stop()
  })
  await member.start()
  return member
}
