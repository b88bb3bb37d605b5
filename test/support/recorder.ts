/** A step's list as text, so that it can be compared on any machine, by any user. */
import { Plan } from '../../src/lab/plan.ts';
import type { Step } from '../../src/lab/step.ts';
import { DEFAULTS, type Settings } from '../../src/settings/settings.ts';
import { execve } from '../../src/syscalls/processes.ts';

/** A step's calls, one a line: the parent's at the margin, the child's indented. */
export async function record(
  step: Step,
  settings: Partial<Settings> = {},
  rootless = false,
): Promise<readonly string[]> {
  const plan = new Plan({
    owner: 'container-lab-00000000-1-2-3-4',
    settings: { ...DEFAULTS, hostname: 'lab', ...settings },
    rootless,
    program: [execve('/bin/true', ['true'], [])],
  });
  await step.run(plan);
  return plan.lines;
}

/** Makes this process look like a user's, to whom asks for its ids; gives the way back. */
export function pretendToBe(uid: number, environment: Record<string, string> = {}): () => void {
  const { geteuid, getegid } = process;
  const { SUDO_UID, SUDO_GID } = process.env;
  process.geteuid = () => uid;
  process.getegid = () => uid;
  delete process.env.SUDO_UID;
  delete process.env.SUDO_GID;
  Object.assign(process.env, environment);
  return () => {
    process.geteuid = geteuid;
    process.getegid = getegid;
    for (const name of ['SUDO_UID', 'SUDO_GID']) delete process.env[name];
    Object.assign(process.env, { ...(SUDO_UID && { SUDO_UID }), ...(SUDO_GID && { SUDO_GID }) });
  };
}
