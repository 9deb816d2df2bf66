/** Breaks of the room `client/`: what a request tells about its sender. @module */
/* eslint no-template-curly-in-string: off -- these are texts of code */
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
  },
  {
    file: 'plugin/client/network.ts',
    tests: ['client/network'],
    breaks: [
      {
        name: 'ten is the beginning of a hundred',
        promise: 'O1: an address is found exactly if it is in the network',
        from: "new RegExp(`^${known.join('\\\\.')}\\\\.`)",
        to: "new RegExp(`^${known.join('\\\\.')}`)"
      },
      {
        name: 'zeros are written out only',
        promise: 'O1: an IPv6 address is found however it is spelt',
        from: 'if (end > start && end === groups.length)',
        to: 'if (end > groups.length)'
      },
      {
        name: 'any number of zeros will do',
        promise: 'O1: an address is found exactly if it is in the network',
        from: 'const most = 8 - Math.max(end, start + 2)',
        to: 'const most = 8 - (start + 2)'
      },
      {
        name: 'zeros within the network are written out',
        promise: 'O1: an IPv6 address is found however it is spelt',
        from: 'end - start >= 2 && tail.length > 0',
        to: 'end - start >= 9'
      },
      {
        name: 'everything is a network',
        promise: 'O1: what is too large a network is refused',
        from: 'if (bits < SHORTEST[version] || bits >',
        to: 'if (bits >'
      }
    ]
  }
] satisfies BreakList[]
