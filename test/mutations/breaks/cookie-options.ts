/** Breaks of the session cookie's options. @module */
import type { BreakList } from '../break.js'

export default {
  file: 'plugin/request/cookie.ts',
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
    }
  ]
} satisfies BreakList
