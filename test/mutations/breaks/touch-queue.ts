/** Breaks of the queue of touches. @module */
import type { BreakList } from '../break.js'

export default {
  file: 'plugin/sessions/background-writes.ts',
  tests: ['sessions/background-writes', 'sessions/touch', 'request/outage'],
  breaks: [
    {
      name: 'one under way is queued again',
      promise: 'one write a session at a time',
      from: 'underWay.has(touch.id) || ',
      to: ''
    },
    {
      name: 'the last one wins',
      promise: 'a touch that waits already is kept',
      from: ' || waiting.has(touch.id)) return',
      to: ') return'
    },
    {
      name: 'a failed write ends the queue',
      promise: 'a touch may be lost; the queue goes on',
      from: '.catch(onError)',
      to: ''
    },
    {
      name: 'a failed write is swallowed',
      promise: 'touches that could not be written are logged',
      from: '.catch(onError)',
      to: '.catch(() => {})'
    },
    {
      name: 'a session is touched once for ever',
      promise: 'a session can be touched again when its write is over',
      from: 'underWay.clear()',
      to: ''
    },
    {
      name: 'the queue stops after its first run',
      promise: 'the queue goes on',
      from: 'running = null\n  }',
      to: '}'
    },
    {
      name: 'close does not wait',
      promise: 'closing the server waits for queued touches',
      from: 'await running',
      to: ''
    },
    {
      name: 'writes overlap',
      promise: 'one bulk write at a time',
      from: 'await write(batch)',
      to: 'write(batch)'
    },
    {
      name: 'each touch travels alone',
      promise: 'the touches of one event-loop turn travel together',
      from: 'await new Promise(resolve => { setImmediate(resolve) })',
      to: ''
    },
    {
      name: 'the first touch of a batch is dropped',
      promise: 'every touch is written',
      from: 'const batch = [...waiting.values()]',
      to: 'const batch = [...waiting.values()].slice(waiting.size > 1 ? 1 : 0)'
    },
    {
      name: 'what came during a write is dropped',
      promise: 'what comes meanwhile waits',
      from: 'await write(batch).catch(onError)',
      to: 'await write(batch).catch(onError)\n      waiting = new Map()'
    }
  ]
} satisfies BreakList
