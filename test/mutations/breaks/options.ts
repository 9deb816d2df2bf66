/** Breaks of the core plugin's options. @module */
import type { BreakList } from '../break.js'

export default {
  file: 'plugin/options.ts',
  tests: ['options', 'registration'],
  breaks: [
    ...['maxAge', 'expires', 'partitioned', 'priority'].map(name => ({
      name: `a host's ${name} goes for our cookies`,
      promise: 'the cookies have our attributes only, whatever a host\'s @fastify/cookie is told',
      from: 'const unset = {',
      to: `const { ${name}: _, ...unset } = {`,
      tests: ['registration']
    })),
    {
      name: 'a host that signs its cookies signs ours',
      promise: 'the cookies have our attributes only, whatever a host\'s @fastify/cookie is told',
      from: 'domain, signed: false, ...unset }',
      to: 'domain, ...unset }',
      tests: ['registration']
    },
    {
      name: 'a host\'s domain goes for our cookies',
      promise: 'the cookies have our attributes only, whatever a host\'s @fastify/cookie is told',
      from: 'sameSite, domain, signed: false, ...unset }',
      to: 'sameSite, ...(domain && { domain }), signed: false, ...unset }',
      tests: ['registration']
    },
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
      name: 'a __Host- cookie that browsers refuse',
      promise: 'a cookie that browsers refuse stops the boot',
      from: '/^__host-/i.test(name) && (!secure || domain !== undefined)',
      to: '/^__host-/i.test(name) && !secure && domain !== undefined'
    },
    {
      name: 'a prefix of cookies in capitals is none',
      promise: 'a cookie that browsers refuse stops the boot: they take the prefixes in any case',
      from: '/^__host-/i',
      to: '/^__Host-/'
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
