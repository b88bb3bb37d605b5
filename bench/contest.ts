/**
 * Measuring side by side: in rounds, in each of which everybody has a turn, so
 * that what else the machine does meanwhile falls on all alike.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { throwIfInterrupted } from '../src/command-line/interruption.ts';
import { median } from './statistics.ts';

export interface Contender {
  readonly name: string;
  /** Nanoseconds of each run of one turn. */
  measure(): Promise<readonly number[]>;
}

export interface Outcome {
  readonly name: string;
  /** The samples of each round. */
  readonly rounds: (readonly number[])[];
  /** Why there are no more of them. */
  problem?: string;
}

export interface Rules {
  /** Milliseconds for all rounds; there are three at least. */
  readonly budget: number;
  /** Milliseconds before each turn. Network namespaces take time to end, and that time is not the next one's. */
  readonly pause?: number;
  /** Aborts when the measuring is to stop: then the turn that has begun is the last. */
  readonly signal: AbortSignal;
}

/** Each round begins with another contender. One that fails takes no further part. */
export async function contest(contenders: readonly Contender[], { budget, pause, signal }: Rules): Promise<Outcome[]> {
  const outcomes = contenders.map(({ name }): Outcome => ({ name, rounds: [] }));
  const start = performance.now();
  for (let round = -1; round < 3 || performance.now() - start < budget; round++) {
    for (const turn of contenders.keys()) {
      const position = (turn + Math.max(round, 0)) % contenders.length;
      const [contender, outcome] = [contenders[position], outcomes[position]];
      if (!contender || !outcome || outcome.problem !== undefined) continue;
      await throwIfInterrupted(signal);
      if (pause) await sleep(pause);
      const samples = await contender.measure().catch((error: Error) => error);
      if (samples instanceof Error) outcome.problem = samples.message;
      // Round -1 warms up caches and, on our side, the compiler.
      else if (round >= 0) outcome.rounds.push(samples);
    }
    if (outcomes.every(({ problem }) => problem !== undefined)) break;
  }
  return outcomes;
}

/** Nanoseconds; undefined without a sample. */
export function medianOf({ rounds }: Outcome): number | undefined {
  const samples = rounds.flat();
  return samples.length > 0 ? median(samples) : undefined;
}

/** How two outcomes compare within a round, in the middle of all rounds. */
export function compare(a: Outcome, b: Outcome, by: (a: number, b: number) => number): number | undefined {
  const pairs = a.rounds.slice(0, b.rounds.length).map((samples, round) => {
    return by(median(samples), median(b.rounds[round] ?? []));
  });
  return pairs.length > 0 ? median(pairs) : undefined;
}

export const ratio = (a: number, b: number): number => a / b;
export const difference = (a: number, b: number): number => a - b;
