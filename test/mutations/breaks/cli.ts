/** Breaks of the room `cli/`: what ends, what is asked before, and what reaches the terminal. @module */
import type { BreakList } from '../break.js'

export default [
  {
    file: 'plugin/cli/terminal.ts',
    tests: ['cli/cli'],
    breaks: [
      {
        name: 'nobody to ask counts as yes',
        promise: 'S3: without a terminal, the big ones refuse',
        from: 'if (!io.isTerminal) throw new Failure(',
        to: 'if (!io.isTerminal) return\n  if (isSure === null) throw new Failure('
      },
      {
        name: 'an empty answer is yes',
        promise: 'S3: only a yes ends sessions',
        from: '/^\\s*y(?:es)?\\s*$/i',
        to: '/^\\s*(?:y(?:es)?)?\\s*$/i'
      },
      {
        name: 'Ctrl-C at a question is no',
        promise: 'S3: Ctrl-C has its exit code',
        from: "  stopIfAsked(io, 'Stopped: nothing was ended.')\n",
        to: ''
      }
    ]
  },
  {
    file: 'plugin/cli/words.ts',
    tests: ['cli/cli', 'cli/failures'],
    breaks: [
      {
        name: 'bidi overrides are printed',
        promise: 'rule 10, S3: what users chose cannot control the terminal',
        from: '/[\\p{Cc}\\p{Cf}\\p{Zl}\\p{Zp}]/gu',
        to: '/[\\p{Cc}\\p{Zl}\\p{Zp}]/gu'
      },
      {
        name: 'JSON holds them as they are',
        promise: 'rule 10, S3: nor by JSON',
        from: '.replace(CONTROLS_IN_JSON, escaped)',
        to: ''
      }
    ]
  },
  {
    file: 'plugin/cli/stats.ts',
    tests: ['cli/cli'],
    breaks: [
      {
        name: 'stats speak of bound sessions where there are none',
        promise: 'issue 17: hosts without the option see no change',
        from: 'deviceBound === 0 ? [] : ',
        to: ''
      }
    ]
  },
  {
    file: 'plugin/cli/watch.ts',
    tests: ['cli/cli'],
    breaks: [
      {
        name: 'visitors are printed',
        promise: 'S3: watch shows sessions of users',
        from: "return userId === null ? null : { event: 'end'",
        to: "return { event: 'end'"
      }
    ]
  },
  {
    file: 'plugin/cli/run.ts',
    tests: ['cli/cli'],
    breaks: [
      {
        name: 'an empty id is no id',
        promise: 'S3: a variable that is not set does not end all sessions of a user',
        from: "if (text === '') throw",
        to: "if (text === ' ') throw"
      }
    ]
  },
  {
    file: 'plugin/cli/sessions.ts',
    tests: ['cli/cli'],
    breaks: [
      {
        name: 'the table has the column where no session is bound',
        promise: 'issue 17: hosts without the option see no change',
        from: 'sessions.some(({ deviceBound }) => deviceBound) ? [cell] : []',
        to: '[cell]'
      },
      {
        name: 'revoke cannot be stopped',
        promise: 'S3: Ctrl-C stops it',
        from: "await unlessStopped(io, verbs.revokeAll(userId, ACTOR), 'Stopped: some sessions may have ended. Run it again to end all.')",
        to: 'await verbs.revokeAll(userId, ACTOR)'
      }
    ]
  },
  {
    file: 'plugin/cli/failure.ts',
    tests: ['cli/failures'],
    breaks: [
      {
        name: 'credentials of a URI are shown',
        promise: 'S3: no password of the database is printed',
        from: "text.replaceAll(/\\/\\/[^/\\s]*@/g, '//')",
        to: 'text'
      }
    ]
  }
] satisfies BreakList[]
