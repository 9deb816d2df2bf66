/** Breaks of the device cookie. @module */
import type { BreakList } from '../break.js'

export default {
  file: 'plugin/request/known-device.ts',
  tests: ['request/known-device', 'request/hooks', 'request/secret-rotation'],
  breaks: [
    {
      name: 'any user\'s browser is known',
      promise: 'a device is known to the users who signed in with it',
      from: 'return others.length < marks.length',
      to: 'return marks.length > 0'
    },
    {
      name: 'every device is new',
      promise: 'a device is known after the first sign-in',
      from: 'return others.length < marks.length',
      to: 'return others.length > marks.length'
    },
    {
      name: 'a mark is worth something in another browser',
      promise: 'a mark belongs to one browser',
      from: '.update(browser + userId)',
      to: '.update((browser && \'\') + userId)'
    },
    {
      name: 'a mark is not keyed',
      promise: 'the cookie cannot be forged',
      from: "createHmac('sha256', secret).update('known-device')",
      to: "createHmac('sha256', secret && 'known').update('known-device')"
    },
    {
      name: 'marks of the old secret are unknown',
      promise: 'after a rotation of secrets, known devices are known',
      from: 'const own = keys.map(key =>',
      to: 'const own = keys.slice(0, 1).map(key =>'
    },
    {
      name: 'marks are made with the oldest secret',
      promise: 'the first secret makes the marks',
      from: '[browser, own[0], ...others]',
      to: '[browser, own.at(-1), ...others]'
    },
    {
      name: 'others are forgotten',
      promise: 'a browser remembers five users',
      from: '[browser, own[0], ...others]',
      to: '[browser, own[0]]'
    },
    {
      name: 'a user is there twice',
      promise: 'one mark for each user',
      from: '[browser, own[0], ...others]',
      to: '[browser, own[0], ...marks]'
    },
    {
      name: 'the cookie grows for ever',
      promise: 'five users at the most',
      from: '.slice(0, 1 + USERS)',
      to: ''
    },
    {
      name: 'four users',
      promise: 'a browser remembers five users',
      from: '.slice(0, 1 + USERS)',
      to: '.slice(0, USERS)'
    },
    {
      name: 'the browser gets a new id each time',
      promise: 'the browser keeps its id, on which other users\' marks depend',
      from: '.slice(0, 1 + USERS).join',
      to: '.with(0, newBrowser()).slice(0, 1 + USERS).join'
    },
    {
      name: 'of two cookies the first decides',
      promise: 'a cookie that is there twice is a new device',
      from: 'sent.length === 1 ?',
      to: 'sent.length > 0 ?'
    },
    {
      name: 'any value is a device cookie',
      promise: 'what is malformed is a new device, never an error',
      from: 'VALUE.test(value) ? value : null',
      to: "value !== '' ? value : null"
    },
    {
      name: 'the device cookie has no attributes',
      promise: 'the device cookie is HttpOnly and Secure, as the session\'s',
      from: '{ ...attributes, maxAge: MAX_AGE }',
      to: "{ path: '/', maxAge: MAX_AGE }"
    },
    {
      name: 'the device cookie ends with the browser',
      promise: 'a device is known for 400 days',
      from: '{ ...attributes, maxAge: MAX_AGE }',
      to: '{ ...attributes }'
    },
    {
      name: 'what the host makes of its own cookies goes for the device cookie',
      promise: 'the device cookie has our attributes only, whatever a host\'s @fastify/cookie is told',
      from: '{ ...attributes, maxAge: MAX_AGE }',
      to: '{ ...JSON.parse(JSON.stringify(attributes)), maxAge: MAX_AGE }',
      tests: ['registration']
    },
    {
      name: 'a second sign-in of one request forgets the first',
      promise: 'each sign-in of one request leaves its mark',
      from: 'due.get(request) ?? sentValue',
      to: 'sentValue',
      tests: ['request/known-device', 'request/hooks']
    }
  ]
} satisfies BreakList
