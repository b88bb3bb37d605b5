/**
 * Does `act` for each of a list, at most `jobs` at a time, in order of the
 * list. When one throws, no other begins; those that run are awaited.
 */
export async function pool<T, R>(
  list: readonly T[],
  jobs: number,
  act: (item: T, index: number) => Promise<R>,
): Promise<R[]> {
  const results: R[] = [];
  let next = 0;
  const failures: unknown[] = [];
  const work = async () => {
    while (next < list.length && failures.length === 0) {
      const index = next++;
      try {
        results[index] = await act(list[index] as T, index);
      } catch (error) {
        failures.push(error);
      }
    }
  };
  await Promise.all(Array.from({ length: Math.min(jobs, list.length) }, work));
  if (failures.length > 0) throw failures[0];
  return results;
}
