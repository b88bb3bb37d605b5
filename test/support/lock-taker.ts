/**
 * Takes locks that dead runs have left, one after the other, at the same moments as its twins, and keeps them.
 * Prints the numbers of those that it got, and ends with its standard input: `lock-taker.ts FOLDER ROUNDS BEGIN`.
 */
import { lock } from '../../src/grading/class/lock.ts';

const PAUSE_MS = 5;
const [folder = '', rounds, begin] = process.argv.slice(2);

const taken: number[] = [];
for (let round = 0; round < Number(rounds); round++) {
  while (Date.now() < Number(begin) + round * PAUSE_MS);
  try {
    lock(`${folder}/${round}`);
    taken.push(round);
  } catch (error) {
    if ((error as Error).name !== 'UsageError') throw error;
  }
}
console.log(JSON.stringify(taken));
process.stdin.resume();
