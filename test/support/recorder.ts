/**
 * A run that makes no system calls: it writes down, as text, what a step asks
 * for. So a step's list can be compared as text, on any machine, by any user.
 */
import { listTexts, requestText } from '../../src/executor/text.ts';
import type { Lab } from '../../src/lab/lab.ts';
import { Pretence } from '../../src/lab/pretend.ts';
import type { Step } from '../../src/lab/step.ts';
import { DEFAULTS, type Settings } from '../../src/settings/settings.ts';
import type { Call } from '../../src/syscalls/call.ts';
import { cloneCall, execve } from '../../src/syscalls/processes.ts';

const FIRST_FD = 3;
const FIRST_PID = 1000;

/** A step's calls, one a line: the parent's at the margin, the child's indented. */
export async function record(step: Step, settings: Partial<Settings> = {}, rootless = false): Promise<string[]> {
  const lines: string[] = [];
  const pretence = new Pretence(FIRST_FD);
  let pids = FIRST_PID;

  function pretend(list: readonly Call[], indent: string) {
    const { known: results, outs } = pretence.perform(list);
    const texts = listTexts(list, { results, ...(indent ? {} : { outs }) });
    for (const text of texts) lines.push(`${indent}${text}`);
    return { results: [...results.values()], outs };
  }

  function clone(list: readonly Call[], flags: number, options: { directory?: number } = {}) {
    const from = options.directory === undefined ? '' : ` in ${options.directory}`;
    lines.push(`${requestText(cloneCall(flags))}${from}`);
    pretend(list, '  ');
    return { pid: pids++, destroy: async () => {} };
  }

  const lab: Lab = {
    owner: 'container-lab-00000000-1-2-3-4',
    settings: { ...DEFAULTS, hostname: 'lab', ...settings },
    rootless,
    program: [execve('/bin/true', ['true'], [])],
    clone: async (list, flags, options) => clone(list, flags, options),
    perform: async (list) => pretend(list, ''),
    wait: async ({ pid }) => {
      lines.push(`wait for ${pid}`);
      return { status: 0 };
    },
    tell: async () => {},
    leaves: () => {},
    onEnd: () => {},
  };
  await step.run(lab);
  return lines;
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
