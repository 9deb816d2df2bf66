import t from 'tap'
import { createSharedClock } from '../../plugin/sessions/clock.js'
import { NOW, SECOND } from '../support/clock.js'
import { createGate, turns } from '../support/gate.js'

/** A server whose clock is ahead of the store's by `skew` ms. */
function setup (skew: number) {
  const state = { store: NOW.getTime(), own: NOW.getTime() + skew, reads: 0, failure: null as Error | null, gate: createGate() }
  state.gate.open()
  const warnings: unknown[] = []
  async function time (): Promise<Date> {
    state.reads++
    const read = new Date(state.store)
    await state.gate.passed
    if (state.failure !== null) throw state.failure
    return read
  }
  const clock = createSharedClock(time, () => state.own, error => { warnings.push(error) })
  return {
    state,
    clock,
    warnings,
    /** How far the shared clock is ahead of the store's, in ms. */
    error: () => clock.now().getTime() - state.store,
    pass (milliseconds: number) {
      state.store += milliseconds
      state.own += milliseconds
    }
  }
}

t.test('whatever a server\'s own clock says, once it is adjusted all servers have the store\'s time', async t => {
  for (const skew of [0, 1, -1, 60_000, -60_000, 86_400_000]) {
    const { clock, error, pass } = setup(skew)
    t.equal(error(), skew, 'its own, as long as nothing was measured')
    await clock.adjust()
    t.equal(error(), 0)
    pass(9 * SECOND)
    t.equal(error(), 0)
  }
})

t.test('the store looked at its clock in the middle between question and answer', async t => {
  const { state, clock, error, pass } = setup(5000)
  state.gate = createGate()
  const adjusting = clock.adjust()
  pass(400)
  state.gate.open()
  await adjusting
  // Read at the question: half of the time that the answer took is unknown.
  t.equal(error(), -200)
})

t.test('it is measured again after ten seconds, when it is used, and once', async t => {
  const { state, clock, error, pass } = setup(1000)
  await clock.adjust()
  pass(10 * SECOND - 1)
  clock.now()
  t.equal(state.reads, 1)
  // The server's own clock has run too fast meanwhile.
  state.own += 300
  pass(1)
  for (let i = 0; i < 20; i++) t.equal(error(), 300, 'nobody waits for the measurement')
  await turns()
  t.equal(state.reads, 2)
  t.equal(error(), 0)
  pass(3600 * SECOND)
  await turns()
  t.equal(state.reads, 2, 'nothing runs while it is not used')
  t.equal(error(), 0)
  await turns()
  t.equal(state.reads, 3)
})

t.test('a measurement that took too long does not replace an earlier one, but is better than none', async t => {
  const { state, clock, error, pass } = setup(60_000)
  const adjustSlowly = async (): Promise<void> => {
    state.gate = createGate()
    const adjusting = clock.adjust()
    pass(501)
    state.gate.open()
    await adjusting
  }
  await adjustSlowly()
  t.ok(Math.abs(error() + 250) <= 1, 'half of the time that the answer took')
  await clock.adjust()
  t.equal(error(), 0)
  await adjustSlowly()
  t.equal(error(), 0)
})

t.test('a step of the wall clock, forwards or backwards, is found by the next use', async t => {
  for (const step of [60_000, -60_000, 10_000, -10_000]) {
    const { state, clock, error } = setup(0)
    await clock.adjust()
    state.own += step
    t.equal(error(), step)
    await turns()
    t.equal(error(), 0)
    t.equal(state.reads, 2)
  }
})

t.test('a reading that fails is a warning, and the last measurement stays', async t => {
  const { state, clock, warnings, error, pass } = setup(60_000)
  await clock.adjust()
  const failure = new Error('connection refused')
  state.failure = failure
  pass(10 * SECOND)
  t.equal(error(), 0)
  clock.now()
  await turns()
  t.strictSame([warnings, state.reads], [[failure], 2])
  t.equal(error(), 0)
  pass(10 * SECOND - 1)
  clock.now()
  await turns()
  t.equal(state.reads, 2, 'not at every request')
  state.failure = null
  state.own += 500
  pass(1)
  clock.now()
  await turns()
  t.strictSame([warnings, error()], [[failure], 0])
})

t.test('the first measurement fails loudly: the server must not start with a clock that nobody knows', async t => {
  const { state, clock, warnings } = setup(0)
  state.failure = new Error('connection refused')
  await t.rejects(clock.adjust(), state.failure)
  t.strictSame(warnings, [])
})

t.test('a store without a clock: the server\'s own counts', async t => {
  let own = NOW.getTime()
  const clock = createSharedClock(undefined, () => own, error => { t.error(error) })
  await clock.adjust()
  t.strictSame(clock.now(), NOW)
  own += 3600 * SECOND
  t.strictSame(clock.now(), new Date(own))
})
