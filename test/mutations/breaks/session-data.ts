/** Breaks of what is noticed as changed in a session's data. @module */
/* eslint no-template-curly-in-string: off -- these are texts of code */
import type { BreakList } from '../break.js'

export default {
  file: 'plugin/request/session-data.ts',
  tests: ['request/session-data', 'request/host-session'],
  breaks: [
    {
      name: 'every key is written',
      promise: 'changes are written key by key: parallel requests do not lose each other\'s writes',
      from: 'present.filter(([key, value]) => before.get(key) !== jsonOf(value))',
      to: 'present'
    },
    {
      name: 'deleted keys stay',
      promise: 'what the host deletes is gone',
      from: '!Object.hasOwn(data, key) || data[key] === undefined',
      to: 'Object.hasOwn(data, key) && data[key] === undefined'
    },
    {
      name: 'undefined is not deleted',
      promise: 'undefined counts as deleted',
      from: ' || data[key] === undefined)',
      to: ')'
    },
    {
      name: 'undefined is written',
      promise: 'undefined is nothing to write',
      from: '.filter(([, value]) => value !== undefined)',
      to: ''
    },
    {
      name: 'inherited names are no keys',
      promise: 'a key may have any name',
      from: '!Object.hasOwn(data, key)',
      to: '!(key in data)'
    },
    {
      name: 'big numbers break the request',
      promise: 'a bigint in the data is told apart, not an error',
      from: "typeof part === 'bigint' ? `${part}n` : part",
      to: 'part'
    },
    {
      name: 'a big number is the same as none',
      promise: 'a changed bigint is noticed',
      from: '`${part}n`',
      to: "'n'"
    },
    {
      name: 'an unchanged session is written',
      promise: 'unchanged requests write nothing',
      from: 'Object.keys(set).length + unset.length === 0 ? null : { set, unset }',
      to: '{ set, unset }'
    },
    {
      name: 'the last key cannot be deleted',
      promise: 'what the host deletes is gone',
      from: 'present.length === 0 && before.size === 0',
      to: 'present.length === 0'
    },
    {
      name: 'the first key is not noticed',
      promise: 'an empty session takes data',
      from: 'present.length === 0 && before.size === 0',
      to: 'before.size === 0'
    }
  ]
} satisfies BreakList
