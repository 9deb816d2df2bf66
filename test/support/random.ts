/**
 * Chance that can be repeated: the same seed gives the same choices.
 * @module
 */

/** Choices made by a seed. */
export interface Random {
  /** 0 to `end` - 1. */
  below(end: number): number
  pick<T>(list: readonly T[]): T
  /** The same in another order; the list itself stays. */
  shuffled<T>(list: readonly T[]): T[]
}

/** @param seed any 32 bits (the generator is "mulberry32") */
export function createRandom (seed: number): Random {
  let state = seed
  const below = (end: number): number => {
    state = (state + 0x6D2B79F5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return Math.floor(((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32 * end)
  }
  return {
    below,
    pick: list => list[below(list.length)]!,
    shuffled (list) {
      const rest = [...list]
      return Array.from(list, () => rest.splice(below(rest.length), 1)[0]!)
    }
  }
}
