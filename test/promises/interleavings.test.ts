/**
 * Once a revocation is answered, no request with that token is ever signed in again; and no browser loses a session that
 * nobody has ended. Both are tried over many interleavings of everything that may happen meanwhile, on servers whose clocks
 * differ, against a model that says what each request may be answered.
 *
 * More of them, from a random seed: `INTERLEAVINGS=50000 npx tap test/promises/interleavings.test.ts --disable-coverage`.
 */
import t from 'tap'
import { attack } from './model/attack.js'
import { memoryBacking, mongoBacking } from './model/backing.js'
import { DAY, MINUTE } from '../support/clock.js'
import { database } from '../support/mongo.js'

/** At the same moment: a run spends its time waiting for mongod. */
const COLLECTIONS = 4

// As many as are asked for take as long as they take.
t.setTimeout(process.env.INTERLEAVINGS === undefined ? 10 * MINUTE : DAY)

const { collection } = await database(t)
const collections = await Promise.all(Array.from({ length: COLLECTIONS }, () => mongoBacking(collection())))

// Here and not within a subtest: tap follows each promise of a subtest, which takes as long as the attack itself.
const [onMemory, onMongo] = await Promise.allSettled([attack(t, [memoryBacking], { usual: 80 }), attack(t, collections, { usual: 12 })])

for (const [name, outcome] of [['memoryStore', onMemory], ['mongoStore over a real mongod', onMongo]] as const) {
  t.test(`on ${name}, what is ended stays ended, and what is not stays signed in, in whatever order things happen`, async t => {
    if (outcome.status === 'rejected') throw outcome.reason
    t.ok(outcome.value.revocations > 0)
    t.ok(outcome.value.bound > 0 && outcome.value.proofs > 0, 'in half of the runs, sessions are bound to their browsers')
    t.equal(outcome.value.revivals, 0)
    t.equal(outcome.value.signOutsWithoutCause, 0)
  })
}

t.test('the model finds servers that go by their own clocks', async t => {
  await t.rejects(attack(t, [memoryBacking], { usual: 500, sharesClock: false }), /Property failed after/)
})
