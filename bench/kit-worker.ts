/**
 * Makes containers with the kit, and times them, on request. It is a process of
 * its own, so that what step 0 writes goes nowhere.
 */

import { Lab } from '../src/lab/lab.ts';
import { parseOptions } from '../src/run/options.ts';
import { programOf } from '../src/run/program.ts';
import { resolveSettings } from '../src/run/resolve-settings.ts';
import type { Settings } from '../src/settings/settings.ts';
import { type Step, steps } from '../src/steps/index.ts';

/** Containers to make, one after the other. */
export interface Order {
  readonly step: number;
  readonly count: number;
  /** In place of a default run's settings. */
  readonly settings: Partial<Settings>;
}

export type Answer = { readonly nanoseconds: number[] } | { readonly problem: string };

/** What `npm run step N` would have, as root or with --rootless. */
export function defaultSettings(step: number): Promise<Settings> {
  const rootless = process.geteuid?.() === 0 || step === 0 ? [] : ['--rootless'];
  return resolveSettings(step, parseOptions(['--quiet', ...rootless], step));
}

/** Answers until the other side is gone: then the channel closes, and Node ends. */
export function serve(): void {
  process.on('message', async (order: Order) => {
    process.send?.(await carryOut(order));
  });
}

async function carryOut({ step: number, count, settings: changes }: Order): Promise<Answer> {
  const step = steps[number];
  if (!step) return { problem: `There is no step ${number}.` };
  try {
    const settings = { ...(await defaultSettings(number)), ...changes };
    const nanoseconds: number[] = [];
    while (nanoseconds.length < count) nanoseconds.push(await timeOne(step, settings));
    return { nanoseconds };
  } catch (error) {
    return { problem: error instanceof Error ? error.message : String(error) };
  }
}

/** From the first call of the step to the last of its clean-up. */
async function timeOne(step: Step, settings: Settings): Promise<number> {
  const lab = new Lab({ settings, program: programOf(step.number, settings, ['/bin/true']) });
  const start = process.hrtime.bigint();
  try {
    const end = await step.run(lab);
    if (!('status' in end && end.status === 0)) throw new Error(`The container ended with ${JSON.stringify(end)}.`);
  } finally {
    await lab.end();
  }
  return Number(process.hrtime.bigint() - start);
}
