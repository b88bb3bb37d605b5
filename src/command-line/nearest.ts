/** The words that somebody may have meant. */

/** Those of `words` that differ from `word` in a few letters at most, the nearest first. */
export function nearest(word: string, words: Iterable<string>): string[] {
  const most = Math.max(1, Math.floor(word.length / 3));
  return [...new Set(words)]
    .map((candidate) => ({ candidate, distance: distance(word.toLowerCase(), candidate.toLowerCase()) }))
    .filter((one) => one.distance <= most)
    .sort((a, b) => a.distance - b.distance)
    .map(({ candidate }) => candidate);
}

/** How many letters must be added, left out or changed to make one of the other: Levenshtein's distance. */
function distance(one: string, other: string): number {
  let row = Array.from({ length: other.length + 1 }, (_, index) => index);
  for (const [index, letter] of [...one].entries()) {
    const next = [index + 1];
    for (let at = 0; at < other.length; at++) {
      const change = (row[at] ?? 0) + Number(letter !== other[at]);
      next.push(Math.min(change, (row[at + 1] ?? 0) + 1, (next[at] ?? 0) + 1));
    }
    row = next;
  }
  return row[other.length] ?? 0;
}
