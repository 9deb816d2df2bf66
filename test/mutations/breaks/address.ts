/** Breaks of what is kept of addresses. @module */
/* eslint no-template-curly-in-string: off -- these are texts of code */
import type { BreakList } from '../break.js'

export default {
  file: 'plugin/client/address.ts',
  tests: ['client/address', 'request/addresses'],
  breaks: [
    {
      name: 'any text is an address',
      promise: 'attacker text is not kept as an address',
      from: 'return isIP(bare) === 0 ? null : written(ipaddr.process(bare))',
      to: 'return isIP(bare) === 0 ? (bare === \'\' ? null : bare) : written(ipaddr.process(bare))'
    },
    {
      name: 'octal addresses are addresses',
      promise: 'the gate is Node\'s: "010.8.8.8" is no address',
      from: 'return isIP(bare) === 0 ? null',
      to: 'return !ipaddr.isValid(bare) ? null'
    },
    {
      name: 'the zone stays',
      promise: 'an address is kept without its zone',
      from: "address?.replace(/%.*$/s, '') ?? ''",
      to: "address ?? ''"
    },
    {
      name: 'IPv4 inside IPv6 stays inside',
      promise: 'an address has one canonical form',
      from: 'null : written(ipaddr.process(bare))',
      to: 'null : written(ipaddr.parse(bare))'
    },
    {
      name: 'addresses are kept',
      promise: "ip: 'none' keeps none",
      from: "if (address === null || mode === 'none') return null",
      to: 'if (address === null) return null'
    },
    {
      name: 'addresses are whole',
      promise: "ip: 'shortened' keeps the network only",
      from: "if (mode === 'whole' || addressKind",
      to: "if (mode !== 'none' || addressKind"
    },
    {
      name: 'a shortened IPv4 has its last bits',
      promise: "ip: 'shortened' keeps 24 bits of IPv4",
      from: '${address}/24',
      to: '${address}/28'
    },
    {
      name: 'a shortened IPv6 names its subnet',
      promise: "ip: 'shortened' keeps 48 bits of IPv6",
      from: '${address}/48',
      to: '${address}/64'
    },
    {
      name: 'loopback addresses are shortened',
      promise: 'loopback addresses are kept whole',
      from: " || addressKind(address) === 'loopback') return address",
      to: ') return address'
    },
    {
      name: 'a 6to4 address is nobody\'s',
      promise: 'public addresses are told from reserved ones',
      from: "'6to4': 'public'",
      to: "'6to4': 'reserved'"
    },
    {
      name: 'all that has no name is public',
      promise: 'what has not been handed out is nobody\'s',
      from: "!(parsed as ipaddr.IPv6).match(GLOBAL_UNICAST) ? 'reserved'",
      to: "!(parsed as ipaddr.IPv6).match(GLOBAL_UNICAST) ? 'public'"
    },
    {
      name: 'what is no address has a kind',
      promise: 'what is no address is reserved, not an error',
      from: "if (isIP(address) === 0) return 'reserved'",
      to: ''
    }
  ]
} satisfies BreakList
