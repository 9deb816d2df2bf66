/** Breaks of what every plugin checks of its options. @module */
/* eslint no-template-curly-in-string: off -- these are texts of code */
import type { BreakList } from '../break.js'

export default {
  file: 'plugin/option-check.ts',
  tests: ['placement', 'pages/options', 'options', 'api/api'],
  breaks: [
    {
      name: 'anything is a prefix',
      promise: 'a prefix that is no fixed path stops the boot',
      from: "typeof prefix !== 'string' || !(root || FIXED_PATH.test(prefix)) || !(whole === '' || FIXED_PATH.test(whole))",
      to: "typeof prefix === 'symbol'"
    },
    {
      name: 'a pattern is a prefix',
      promise: 'a prefix that is no fixed path stops the boot: links are made of it',
      from: '[^/:*?#\\s\\\\]',
      to: '[^/?#\\s\\\\]'
    },
    {
      name: 'slashes may be anywhere',
      promise: 'a prefix begins with one slash, ends without, and has no empty part',
      from: '[^/:*?#\\s\\\\]+)+',
      to: '[^/:*?#\\s\\\\]*)+'
    },
    {
      name: 'a prefix may have what no path has',
      promise: 'what the path of a URL cannot have stops the boot',
      from: '[^/:*?#\\s\\\\]',
      to: '[^/:*]'
    },
    {
      name: 'where a branch is does not count',
      promise: 'pages below a pattern stop the boot',
      from: " || !(whole === '' || FIXED_PATH.test(whole))",
      to: ''
    },
    {
      name: 'a branch may not end with a slash',
      promise: 'a slash at the end of a context\'s prefix does no harm',
      from: "outer.replace(/\\/$/, '')",
      to: 'outer'
    },
    {
      name: 'the root is a path of its own',
      promise: "'/' is the root of the context",
      from: "return root ? '' : prefix",
      to: 'return prefix'
    },
    {
      name: 'a prefix that is missing is only a wrong one',
      promise: 'what is missing is told as missing',
      from: 'if (prefix === undefined) throw',
      to: 'if (prefix === null) throw'
    },
    {
      name: 'a plugin does without the core',
      promise: 'a plugin before the core plugin stops the boot and says what to do',
      from: "!app.hasDecorator('loginSessions')",
      to: "app.hasDecorator('')"
    },
    {
      name: 'a misspelt option is no matter',
      promise: 'a misspelt option stops the boot',
      from: '!known.has(key) && !FASTIFYS.has(key)',
      to: '!known.has(key) && key === \'\''
    },
    {
      name: 'Fastify\'s own options are unknown',
      promise: 'what Fastify hands to every plugin is taken',
      from: ' && !FASTIFYS.has(key)',
      to: ''
    },
    {
      name: 'anything is a function',
      promise: 'what is no function stops the boot',
      from: "value !== undefined && typeof value !== 'function'",
      to: "value === ''"
    }
  ]
} satisfies BreakList
