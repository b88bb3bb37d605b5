/**
 * Trying a step: a child with the step's namespaces makes the calls that the
 * step would make, and ends. Namespaces and what is in them go with their last
 * process, so nothing is left behind. What would outlive the child (the host's
 * end of a veth pair, a cgroup) is not made.
 */
import type { Child } from '../executor/child.ts';
import { CallFailure } from '../executor/failure.ts';
import type { End } from '../executor/reaper.ts';
import { callText } from '../executor/text.ts';
import { Lab } from '../lab/lab.ts';
import { DEFAULTS } from '../lab/settings.ts';
import { openCheckpoint, release, waitFor } from '../steps/02-ipc.ts';
import { mapIds } from '../steps/05-user.ts';
import { close } from '../syscalls/files.ts';
import { exit } from '../syscalls/processes.ts';
import { kindsOf, type Who } from './needs.ts';
import { callsOf } from './rehearsal.ts';
import type { Failure } from './verdict.ts';

/** A trial takes milliseconds. */
const TIMEOUT_MS = 10_000;

/** Tries a step; gives the call that failed, or undefined if the step can run. */
export async function tryStep(step: number, who: Who): Promise<Failure | undefined> {
  const settings = { ...DEFAULTS, rootless: who === 'rootless' };
  const lab = new Lab({ settings, program: () => [exit(0)] });
  try {
    return failureOfEnd(await run(lab, step, who));
  } catch (error) {
    if (error instanceof CallFailure) return failureOf(error);
    throw error;
  } finally {
    await lab.end();
  }
}

async function run(lab: Lab, step: number, who: Who): Promise<End> {
  const kinds = kindsOf(step, who);
  const checkpoint = await openCheckpoint(lab);
  let child: Child;
  try {
    child = await lab.clone(
      [...waitFor(checkpoint), ...callsOf(step, who, lab), ...lab.program],
      kinds.reduce((flags, { flag }) => flags | flag, 0),
    );
    if (kinds.some(({ name }) => name === 'user')) await mapIds(lab, child.pid);
  } catch (error) {
    await lab.perform([close(checkpoint.readEnd), close(checkpoint.writeEnd)]);
    throw error;
  }
  await release(lab, checkpoint);
  const timer = setTimeout(() => void child.destroy(), TIMEOUT_MS);
  try {
    return await lab.wait(child);
  } finally {
    clearTimeout(timer);
  }
}

export function failureOf({ failed, errno }: CallFailure): Failure {
  const { name, needs, subject } = failed.call.info;
  return {
    call: name,
    errno: errno ?? String(failed.result),
    text: callText(failed.call, failed.result),
    ...(needs && { needs }),
    ...(subject && { subject }),
  };
}

/** A seccomp filter may kill instead of refusing. */
function failureOfEnd(end: End): Failure | undefined {
  if ('status' in end && end.status === 0) return undefined;
  const how = 'signal' in end ? `signal ${end.signal}` : `status ${end.status}`;
  return { call: 'exit_group', errno: how, text: `The child ended with ${how}.` };
}
