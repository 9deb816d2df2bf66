/** Breaks of the core plugin's options. @module */
import type { BreakList } from '../break.js'

export default {
  file: 'plugin/options.ts',
  tests: ['options', 'registration'],
  breaks: [
    {
      name: 'a short secret signs',
      promise: 'a secret has at least 32 characters',
      from: 'one.length >= 32',
      to: 'one.length >= 16'
    },
    {
      name: 'any of the secrets is enough',
      promise: 'each secret has at least 32 characters',
      from: 'secrets.every(one',
      to: 'secrets.some(one'
    },
    {
      name: 'a store may lack methods',
      promise: 'a store that lacks methods stops the boot',
      from: 'if (missing.length > 0) {',
      to: 'if (missing.length > 99) {'
    },
    {
      name: 'touches may be rarer than sessions end',
      promise: 'touchEvery is shorter than every timeout: otherwise active people would be signed out',
      from: 'if (lifetime.touchEvery >= shortest) {',
      to: 'if (lifetime.touchEvery > shortest) {'
    },
    {
      name: 'a timeout of remembered sessions does not count',
      promise: 'touchEvery is shorter than every timeout: otherwise active people would be signed out',
      from: 'lifetime.rememberIdleTimeout ?? Infinity)',
      to: 'Infinity)'
    },
    {
      name: 'a store timeout that is longer than a timer ends at once',
      promise: 'a store timeout that Node cannot keep stops the boot',
      from: ", '2000 for two seconds', LONGEST_TIMER)",
      to: ", '2000 for two seconds')"
    },
    {
      name: 'no time at all is a duration',
      promise: 'a duration is positive',
      from: "typeof value === 'number' && value > 0",
      to: "typeof value === 'number' && value >= 0"
    },
    {
      name: 'nobody may have a session',
      promise: 'maxSessionsPerUser is 1 or more',
      from: 'Number.isInteger(most) && most > 0',
      to: 'Number.isInteger(most) && most >= 0'
    }
  ]
} satisfies BreakList
