/** Several things at once, but no more than a number of them, and what they come to in order. */

/** Begins them in order, a next one when one has ended. `hear` is told each result in that order, as soon as it can be. */
export async function sideBySide<Item, Result>(
  items: readonly Item[],
  jobs: number,
  act: (item: Item) => Promise<Result>,
  hear: (result: Result) => void,
): Promise<void> {
  const entries = items.entries();
  const results = new Map<number, Result>();
  let heard = 0;
  const work = async () => {
    // All take from one iterator.
    for (const [index, item] of entries) {
      results.set(index, await act(item));
      for (let result = results.get(heard); result !== undefined; result = results.get(heard)) {
        results.delete(heard++);
        hear(result);
      }
    }
  };
  await Promise.all(Array.from({ length: jobs }, work));
}
