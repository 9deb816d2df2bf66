/** Breaks of what is looked at when a host signs somebody in. @module */
import type { BreakList } from '../break.js'

export default {
  file: 'plugin/request/start-checks.ts',
  tests: ['request/sign-in', 'registration'],
  breaks: [
    {
      name: 'an empty user id signs in',
      promise: 'an undefined or empty user id signs nobody in',
      from: "if (typeof userId !== 'string' || userId === '') {",
      to: "if (typeof userId !== 'string') {"
    },
    {
      name: 'anything is a user id',
      promise: 'an undefined or empty user id signs nobody in',
      from: "if (typeof userId !== 'string' || userId === '') {",
      to: "if (userId === '') {"
    },
    {
      name: 'a box that is ticked with "false" remembers',
      promise: 'only true and false are a choice',
      from: "if (typeof remember !== 'boolean') throw",
      to: "if (typeof remember === 'number') throw"
    },
    {
      name: 'a misspelt choice is no choice',
      promise: 'a misspelt option is told of',
      from: 'if (other !== undefined) throw',
      to: 'if (other === \'\') throw'
    }
  ]
} satisfies BreakList
