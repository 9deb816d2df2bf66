/**
 * Is a series of measurements flat? Judged by Theil and Sen's slope, the median of the slopes between all pairs of
 * points, which a few outliers (another process, a long garbage collection) do not move.
 * @module
 */

/** A measurement: when, in seconds, and what. */
export type Point = readonly [time: number, value: number]

/** What a series is judged by. */
export interface Limit {
  name: string
  /** The growth over the judged time, as a part of the level, that is still called flat. */
  growth: number
}

export interface Verdict extends Limit {
  /** The median of the judged points. */
  level: number
  /** By how much of its level the series grows over the judged time. */
  grown: number
  /** Not flat: it grows by more than the limit, and that is no accident. */
  rising: boolean
}

/** The median slope, and the one above which it is with a certainty of 97.5 % (Sen 1968). */
export function slopeOf (points: readonly Point[]): { slope: number, atLeast: number } {
  const slopes = points.flatMap(([time, value], index) =>
    points.slice(index + 1).map(([later, other]) => (other - value) / (later - time))).sort((a, b) => a - b)
  const count = points.length
  // Half the width of the confidence interval, in ranks: 1.96 standard deviations of Kendall's statistic.
  const width = 1.96 * Math.sqrt(count * (count - 1) * (2 * count + 5) / 18)
  const rank = Math.floor((slopes.length - width) / 2)
  return { slope: median(slopes), atLeast: rank < 0 ? -Infinity : slopes[rank]! }
}

/** Judges the second half: in the first, code is compiled and caches fill. @throws with fewer than four points there */
export function judge (points: readonly Point[], limit: Limit): Verdict {
  const half = points.slice(Math.floor(points.length / 2))
  if (half.length < 4) throw new RangeError(`${limit.name}: ${points.length} measurements are too few to judge`)
  const { slope, atLeast } = slopeOf(half)
  const level = median(half.map(([, value]) => value))
  const span = half.at(-1)![0] - half[0]![0]
  // What has no level (none of them, ever) does not grow; anything above is infinitely more than nothing.
  const grown = slope === 0 ? 0 : slope * span / level
  return { ...limit, level, grown, rising: grown > limit.growth && atLeast > 0 }
}

/** @throws for none */
export function median (values: readonly number[]): number {
  return percentile(values, 50)
}

/** The smallest value that is not below `percent` of them; of an even number, the median is the middle of two. @throws for none */
export function percentile (values: readonly number[], percent: number): number {
  if (values.length === 0) throw new RangeError('of no values there is no percentile')
  const sorted = [...values].sort((a, b) => a - b)
  const middle = sorted.length / 2
  if (percent === 50 && Number.isInteger(middle)) return (sorted[middle - 1]! + sorted[middle]!) / 2
  return sorted[Math.max(0, Math.ceil(sorted.length * percent / 100) - 1)]!
}
