import t from 'tap'
import type { Touch } from '../../plugin/sessions/record.js'
import { createTouchQueue } from '../../plugin/sessions/background-writes.js'
import { NOW } from '../support/clock.js'
import { createGate, turns } from '../support/gate.js'

const touch = (id: string, ip: string | null = null): Touch => ({ id, lastActiveAt: NOW, expiresAt: NOW, ip })

/** A queue over a store that writes when the test says so. */
function createQueue () {
  const batches: string[][] = []
  const errors: unknown[] = []
  let gate = createGate()
  let failure: Error | null = null
  const queue = createTouchQueue(async touches => {
    batches.push(touches.map(({ id }) => id))
    await gate.passed
    if (failure !== null) throw failure
  }, error => { errors.push(error) })
  return {
    queue,
    batches,
    errors,
    failNext (error: Error) { failure = error },
    finish () {
      const { open } = gate
      gate = createGate()
      open()
    },
    recover () { failure = null }
  }
}

t.test('touches of one event-loop turn travel together', async t => {
  const { queue, batches, finish } = createQueue()
  queue.add(touch('a'))
  queue.add(touch('b'))
  t.strictSame(batches, [], 'nothing is written while the request is being answered')
  await turns()
  t.strictSame(batches, [['a', 'b']])
  finish()
  await queue.flush()
  t.strictSame(batches, [['a', 'b']])
})

t.test('a session that waits already is written once', async t => {
  const written: Touch[][] = []
  const queue = createTouchQueue(async touches => { written.push(touches) }, error => { t.error(error) })
  queue.add(touch('a', '203.0.113.1'))
  queue.add(touch('a', '203.0.113.2'))
  await queue.flush()
  t.strictSame(written, [[touch('a', '203.0.113.1')]])
})

t.test('one write at a time: what comes meanwhile waits, but for sessions that are under way', async t => {
  const { queue, batches, finish } = createQueue()
  queue.add(touch('a'))
  await turns()
  queue.add(touch('a'))
  queue.add(touch('b'))
  queue.add(touch('c'))
  await turns()
  t.strictSame(batches, [['a']])
  finish()
  await turns()
  t.strictSame(batches, [['a'], ['b', 'c']])
  finish()
  await queue.flush()
})

t.test('a session can be touched again when its write is over', async t => {
  const { queue, batches, finish } = createQueue()
  queue.add(touch('a'))
  await turns()
  finish()
  await queue.flush()
  queue.add(touch('a'))
  await turns()
  finish()
  await queue.flush()
  t.strictSame(batches, [['a'], ['a']])
})

t.test('a failed write is reported and lost; the queue goes on', async t => {
  const { queue, batches, errors, failNext, finish, recover } = createQueue()
  const failure = new Error('connection refused')
  failNext(failure)
  queue.add(touch('a'))
  await turns()
  queue.add(touch('b'))
  finish()
  await turns()
  t.strictSame(errors, [failure])
  recover()
  finish()
  await queue.flush()
  queue.add(touch('a'))
  await turns()
  finish()
  await queue.flush()
  t.strictSame(batches, [['a'], ['b'], ['a']])
  t.strictSame(errors, [failure])
})

t.test('flush waits for everything queued, and at once for nothing', async t => {
  const { queue, batches, finish } = createQueue()
  await queue.flush()
  queue.add(touch('a'))
  let flushed = false
  const flushing = queue.flush().then(() => { flushed = true })
  await turns()
  queue.add(touch('b'))
  finish()
  await turns()
  t.equal(flushed, false)
  finish()
  await flushing
  t.strictSame(batches, [['a'], ['b']])
})
