/**
 * Working through many: reading them in bounded pages, and doing something for a bounded number of them at a time.
 * @module
 */

/**
 * All items in the order of their keys, page by page. Items may come and go meanwhile.
 *
 * @param read at most `size` items, those after this key; '' for the first ones
 * @param keyOf the key of an item
 */
export const pagesOf = <Item>(
  read: (after: string) => Promise<Item[]>, keyOf: (item: Item) => string, size: number
): AsyncGenerator<Item[]> => pagesAfter(async last => await read(last === undefined ? '' : keyOf(last)), size)

/**
 * All items in an order of their own, page by page. Items may come and go meanwhile.
 *
 * @param read at most `size` items, those after this one; undefined for the first ones
 */
export async function * pagesAfter<Item> (read: (last: Item | undefined) => Promise<Item[]>, size: number): AsyncGenerator<Item[]> {
  let page: Item[] = []
  do {
    page = await read(page.at(-1))
    if (page.length === 0) return
    yield page
  } while (page.length === size)
}

/**
 * Does this for each of many, and adds up what it returns.
 *
 * @param most how many run at the same time
 * @throws the first failure, after everything that ran beside it has ended
 */
export async function sumOf<Item> (
  many: Iterable<Item> | AsyncIterable<Item>, work: (one: Item) => Promise<number>, most: number
): Promise<number> {
  let sum = 0
  async function * shared (): AsyncGenerator<Item> { yield * many }
  const each = shared()
  // A worker that fails ends the generator, and so the others.
  const outcomes = await Promise.allSettled(Array.from({ length: most }, async () => {
    for await (const one of each) {
      // `sum += await …` would add to what the sum was before the wait.
      const more = await work(one)
      sum += more
    }
  }))
  const failed = outcomes.find(({ status }) => status === 'rejected') as PromiseRejectedResult | undefined
  if (failed !== undefined) throw failed.reason
  return sum
}
