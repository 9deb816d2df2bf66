/**
 * Reading a lot in bounded pages.
 * @module
 */

/**
 * All items in the order of their keys, page by page. Items may come and go meanwhile.
 *
 * @param read at most `size` items, those after this key; '' for the first ones
 * @param keyOf the key of an item
 */
export async function * pagesOf<Item> (
  read: (after: string) => Promise<Item[]>, keyOf: (item: Item) => string, size: number
): AsyncGenerator<Item[]> {
  let page: Item[] = []
  let after = ''
  do {
    page = await read(after)
    if (page.length === 0) return
    yield page
    after = keyOf(page.at(-1)!)
  } while (page.length === size)
}
