/**
 * Makes containers with the kit, and times them, on request. It is a process of
 * its own, so that what step 0 writes goes nowhere.
 */

import { perform } from '../src/executor/perform.ts';
import { Run } from '../src/lab/run.ts';
import { isolates, type Step } from '../src/lab/step.ts';
import type { Leftover } from '../src/leftovers/leftover.ts';
import { newOwnerName } from '../src/leftovers/owner.ts';
import { parseOptions } from '../src/run/options.ts';
import { programOf } from '../src/run/program.ts';
import { resolveSettings } from '../src/run/resolve-settings.ts';
import type { Settings } from '../src/settings/settings.ts';
import { steps } from '../src/steps/index.ts';
import { CLONE_NEWNET } from '../src/syscalls/flags.ts';
import { unshare } from '../src/syscalls/namespaces.ts';

/** Containers to make, one after the other. */
export interface Order {
  readonly step: number;
  readonly count: number;
  /** In place of a default run's settings. */
  readonly settings?: Partial<Settings>;
  /** What an ordinary user's run does, whoever runs it. */
  readonly rootless?: boolean;
}

export type Answer = { readonly nanoseconds: number[] } | { readonly problem: string };

/** What `npm run step N` would have, as root or with --rootless. */
export function defaultSettings(number: number): Promise<Settings> {
  const step = stepAt(number);
  const rootless = process.geteuid?.() === 0 || !isolates(step) ? [] : ['--rootless'];
  return resolveSettings(step, parseOptions(['--quiet', ...rootless, '--', '/bin/true'], step));
}

/** @throws Error if there is none */
export function stepAt(number: number): Step {
  const step = steps[number];
  if (!step) throw new Error(`There is no step ${number}.`);
  return step;
}

/**
 * Answers until the other side is gone: then the channel closes, and Node ends.
 * Bridge, rules and ip_forward are those of a network of this process, which
 * nobody else is on.
 */
export function serve(): void {
  if (process.geteuid?.() === 0) perform([unshare(CLONE_NEWNET)]);
  process.on('message', async (order: Order) => {
    process.send?.(await carryOut(order));
  });
}

async function carryOut({ step: number, count, settings: changes, rootless = false }: Order): Promise<Answer> {
  try {
    const step = stepAt(number);
    const settings = { ...(await defaultSettings(number)), ...changes };
    const nanoseconds: number[] = [];
    while (nanoseconds.length < count) nanoseconds.push(await timeOne(step, settings, rootless));
    return { nanoseconds };
  } catch (error) {
    return { problem: error instanceof Error ? error.message : String(error) };
  }
}

/**
 * A cable goes by itself, a moment after its container. A command waits for that
 * when it ends; here it would be waited for after each of many.
 */
class HurriedRun extends Run {
  override leaves(leftover: Leftover): void {
    if (leftover.kind !== 'link') super.leaves(leftover);
  }
}

/** From the first call of the step to the last of its clean-up. */
async function timeOne(step: Step, settings: Settings, rootless: boolean): Promise<number> {
  const owner = newOwnerName();
  const lab = new HurriedRun({ owner, settings, rootless, program: programOf({ step, settings, rootless, owner }) });
  const start = process.hrtime.bigint();
  try {
    const end = await step.run(lab);
    if (!('status' in end && end.status === 0)) throw new Error(`The container ended with ${JSON.stringify(end)}.`);
  } finally {
    await lab.end();
  }
  return Number(process.hrtime.bigint() - start);
}
