/** Breaks of what a request knows of an outage. @module */
import type { BreakList } from '../break.js'

export default {
  file: 'plugin/request/outage.ts',
  tests: ['request/outage', 'request/half-way'],
  breaks: [
    {
      name: 'outages are not noted',
      promise: 'cannot-know is not signed-out',
      from: '{ outages.set(request, error) }',
      to: '{ if (error === null) outages.set(request, error) }'
    },
    {
      name: 'outages are not forgotten',
      promise: 'whoever signs in during an outage is signed in for the rest of the request',
      from: '{ outages.delete(request) }',
      to: '{ outages.has(request) }'
    },
    {
      name: 'outages are not thrown',
      promise: 'a sign-out that could not be done is an error',
      from: 'if (outage !== undefined) throw outage',
      to: ''
    }
  ]
} satisfies BreakList
