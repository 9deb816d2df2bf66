/** Breaks of the writes that give former tokens their end. @module */
import type { BreakList } from '../break.js'

export default {
  file: 'plugin/sessions/retirements.ts',
  tests: ['sessions/rotation'],
  breaks: [
    {
      name: 'each parallel request writes one',
      promise: 'no write without need',
      from: 'if (underWay.has(newest)) return',
      to: ''
    },
    {
      name: 'one that failed is never tried again',
      promise: 'the next request makes up for a retirement that failed',
      from: '.finally(() => { underWay.delete(newest) })',
      to: ''
    },
    {
      name: 'a failure ends the process',
      promise: 'a retirement may fail: it is logged',
      from: '.catch(onError)',
      to: ''
    },
    {
      name: 'a failure is swallowed',
      promise: 'a retirement that fails is logged',
      from: '.catch(onError)',
      to: '.catch(() => {})'
    },
    {
      name: 'close does not wait',
      promise: 'closing the server waits for what is under way',
      from: 'await Promise.all(underWay.values())',
      to: ''
    },
    {
      name: 'one at a time for everybody',
      promise: 'every session\'s former token is retired',
      from: 'if (underWay.has(newest)) return',
      to: 'if (underWay.size > 0) return'
    }
  ]
} satisfies BreakList
