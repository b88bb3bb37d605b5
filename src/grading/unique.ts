/** The same names in the same order, a number added to those that stood before: `a`, `a (2)`. */
export function unique(names: readonly string[]): string[] {
  const taken = new Set<string>();
  return names.map((name) => {
    let [candidate, number] = [name, 1];
    while (taken.has(candidate)) candidate = `${name} (${++number})`;
    taken.add(candidate);
    return candidate;
  });
}
