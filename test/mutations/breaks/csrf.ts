/** Breaks of the defence against other sites. @module */
/* eslint no-template-curly-in-string: off -- these are texts of code */
import type { BreakList } from '../break.js'

export default {
  file: 'plugin/request/csrf.ts',
  tests: ['request/csrf', 'confirmation/confirmation', 'api/api'],
  breaks: [
    {
      name: 'POST is safe',
      promise: 'unsafe requests of other sites are refused',
      from: "'GET', 'HEAD'",
      to: "'GET', 'POST', 'HEAD'"
    },
    {
      name: 'DELETE is safe',
      promise: 'unsafe requests of other sites are refused, whatever their method',
      from: "'GET', 'HEAD'",
      to: "'GET', 'DELETE', 'HEAD'"
    },
    {
      name: 'another site is told and not refused',
      promise: 'unsafe requests of other sites are refused',
      from: 'if (!own) throw crossOriginError()',
      to: 'if (own === null) throw crossOriginError()'
    },
    {
      name: 'a sibling is trusted',
      promise: 'a page of another subdomain is another site\'s',
      from: "site === 'same-origin' ||",
      to: "site === 'same-origin' || site === 'same-site' ||"
    },
    {
      name: 'the address bar is another site',
      promise: 'what the user does himself is no other site\'s',
      from: " || site === 'none'",
      to: ''
    },
    {
      name: 'Origin is not looked at',
      promise: 'without Sec-Fetch-Site, Origin must be our own',
      from: 'origin === undefined || origin === ownOrigin(request)',
      to: 'origin !== ownOrigin(request) || origin === ownOrigin(request)'
    },
    {
      name: 'an opaque origin is our own',
      promise: '"null" is foreign',
      from: 'origin === undefined || origin === ownOrigin(request)',
      to: "origin === undefined || origin === 'null' || origin === ownOrigin(request)"
    },
    {
      name: 'scripts are another site',
      promise: 'a request with neither header comes from a script, not from a page',
      from: 'origin === undefined || origin === ownOrigin(request)',
      to: 'origin === ownOrigin(request)'
    },
    {
      name: 'Origin overrules Sec-Fetch-Site',
      promise: 'Sec-Fetch-Site decides where there is one',
      from: "site === 'same-origin' ||",
      to: "site === 'same-origin' || origin === ownOrigin(request) ||"
    },
    {
      name: 'an origin on another port is our own',
      promise: 'another port, or another scheme, is another origin',
      from: 'origin === undefined || origin === ownOrigin(request)',
      to: 'origin === undefined || new URL(origin).hostname === new URL(ownOrigin(request)!).hostname'
    },
    {
      name: 'a host that is no host is an error',
      promise: 'a request with an odd Host is refused, not an error',
      from: 'URL.canParse(url) ? new URL(url).origin : null',
      to: 'new URL(url).origin'
    },
    {
      name: 'a form is anybody\'s',
      promise: 'a form\'s token belongs to one session',
      from: '`csrf:${sessionId}`',
      to: '`csrf:`'
    },
    {
      name: 'a form of the old secret has expired',
      promise: 'after a rotation of secrets, forms signed by the previous ones are still taken',
      from: 'secrets.some(secret =>',
      to: 'secrets.slice(0, 1).some(secret =>'
    },
    {
      name: 'a form is signed with the oldest secret',
      promise: 'the first secret signs',
      from: 'secretOf(secrets[0]!, sessionId)',
      to: 'secretOf(secrets.at(-1)!, sessionId)'
    },
    {
      name: 'a form without a token is taken',
      promise: 'a form\'s token must be there',
      from: "typeof token === 'string' && secrets",
      to: "typeof token !== 'string' || secrets"
    },
    {
      name: 'a form with a wrong token is taken',
      promise: 'a form\'s token must be right',
      from: 'if (!valid) throw csrfTokenError()',
      to: "if (typeof token !== 'string') throw csrfTokenError()"
    },
    {
      name: 'two tokens are an error of the server',
      promise: 'a token that is no text is refused',
      from: "typeof token === 'string' && secrets",
      to: 'token !== undefined && secrets',
      expected: '@fastify/csrf itself refuses what is no text'
    },
    {
      name: 'the form\'s secret is the cookie\'s',
      promise: 'what signs forms is derived, never the secret itself',
      from: "createHmac('sha256', secret).update(`csrf:${sessionId}`).digest('base64url')",
      to: "sessionId && createHmac('sha256', 'x').update(`csrf:${sessionId}`).digest('base64url') + secret.slice(0, 0)"
    }
  ]
} satisfies BreakList
