/** Breaks of the room `client/`: what a request tells about its sender. @module */
import type { BreakList } from '../break.js'

export default [
  {
    file: 'plugin/client/device-update.ts',
    tests: ['client/device-update', 'request/visit'],
    breaks: [
      {
        name: 'versions fall',
        promise: 'I11: a row never follows downwards',
        from: '? seen : undefined',
        to: '? seen : seen'
      },
      {
        name: 'another model is the same device',
        promise: 'I11: the row of a device never becomes that of another',
        from: 'return seen.model === recorded.model || seen.model === null || recorded.model === null',
        to: 'return true'
      },
      {
        name: 'versions are compared as text',
        promise: 'I11: 150 is later than 99',
        from: "recorded.split('.').map(Number), seen.split('.').map(Number)",
        to: "recorded.split('.') as any[], seen.split('.') as any[]"
      }
    ]
  },
  {
    file: 'plugin/client/label.ts',
    tests: ['client/device'],
    breaks: [
      {
        name: 'links are shown',
        promise: 'A11: nobody writes to a user through the name of a device',
        from: 'return isLink(plain) || isSentence(plain) ? null : label',
        to: 'return isSentence(plain) ? null : label'
      },
      {
        name: 'sentences are shown',
        promise: 'A11: nobody writes to a user through the name of a device',
        from: 'return isLink(plain) || isSentence(plain) ? null : label',
        to: 'return isLink(plain) ? null : label'
      },
      {
        name: 'full-width letters hide a link',
        promise: 'A11: nobody writes to a user through the name of a device',
        from: "label.normalize('NFKC')",
        to: 'label'
      }
    ]
  },
  {
    file: 'plugin/client/address.ts',
    tests: ['client/address'],
    breaks: [
      {
        name: 'a port stays',
        promise: "B5: a row shows the client's address, not the proxy's",
        from: 'ipv4 ?? ipv6 ?? address',
        to: 'address'
      }
    ]
  }
] satisfies BreakList[]
