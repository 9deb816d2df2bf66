/**
 * What is measured of one kind in one round, and what all rounds say together.
 * @module
 */
import { ratioOf, type Spread, spreadOf } from '../statistics.js'

/** One load on one server. */
export interface Measurement {
  kind: string
  round: number
  connections: number
  /** Answered requests a second. */
  rate: number
  /** Median latency in ms. */
  latency: number
  /** Processor time for each request in microseconds, of the server and of mongod; null: not known here. */
  serverTime: number | null
  mongodTime: number | null
  requests: number
  /** Operations that mongod counted. */
  reads: number
  writes: number
  /** Resident memory of the server after the load, in bytes. */
  memory: number | null
}

/** The figures of a measurement that can be summed up. */
export type Figure = 'rate' | 'latency' | 'serverTime' | 'mongodTime' | 'memory'

/** Measurements, and what can be asked of them. Null: it was not measured. */
export interface Measured {
  kinds(): string[]
  connections(): number[]
  spread(kind: string, connections: number, figure: Figure): Spread | null
  /** How many times the other kind's figure, from measurements of the same round. */
  ratio(kind: string, other: string, connections: number, figure: Figure): Spread | null
  /** Operations of all rounds, and the requests that caused them: one more on each connection than were answered. */
  operations(kind: string, connections?: number): { reads: number, writes: number, requests: number } | null
}

export function measuredIn (all: readonly Measurement[]): Measured {
  const of = (kind: string, connections: number): Measurement[] =>
    all.filter(one => one.kind === kind && one.connections === connections).sort((a, b) => a.round - b.round)
  const values = (kind: string, connections: number, figure: Figure): number[] | null => {
    const found = of(kind, connections).map(one => one[figure])
    return found.length === 0 || found.includes(null) ? null : found as number[]
  }
  return {
    kinds: () => [...new Set(all.map(({ kind }) => kind))],
    connections: () => [...new Set(all.map(({ connections }) => connections))].sort((a, b) => a - b),
    spread (kind, connections, figure) {
      const found = values(kind, connections, figure)
      return found === null ? null : spreadOf(found)
    },
    ratio (kind, other, connections, figure) {
      const [some, others] = [values(kind, connections, figure), values(other, connections, figure)]
      return some === null || others === null ? null : ratioOf(some, others)
    },
    operations (kind, connections) {
      const found = all.filter(one => one.kind === kind && (connections === undefined || one.connections === connections))
      if (found.length === 0) return null
      const sum = (figure: 'reads' | 'writes' | 'requests' | 'connections'): number => found.reduce((total, one) => total + one[figure], 0)
      return { reads: sum('reads'), writes: sum('writes'), requests: sum('requests') + sum('connections') }
    }
  }
}
