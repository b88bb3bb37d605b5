// Fails: expected
// No filter: what the program leaves word of is replaced as soon as it is there.
import { existsSync, mkdirSync, rmSync } from 'node:fs';
import { release } from 'node:os';
import type { End } from '#src/executor/reaper.ts';
import type { Lab } from '#src/lab/lab.ts';
import { compileFilter } from '#src/seccomp/compile.ts';
import { DEFAULT_PROFILE } from '#src/seccomp/default-profile.ts';
import { installFilter } from '#src/syscalls/identity.ts';

export async function run(lab: Lab): Promise<End> {
  const filter = compileFilter(DEFAULT_PROFILE, { machine: process.arch, capabilities: [], kernel: release() });
  const child = await lab.clone([installFilter(filter), ...lab.program], 0);
  const folder = /mkdir (\/tmp\/\w+)\n/.exec(
    JSON.stringify(lab.program.map(({ args }) => args)).replaceAll('\\n', '\n'),
  )?.[1];
  const forging = setInterval(() => {
    if (!existsSync(`${folder}/socket-made`)) return;
    for (const what of ['path', 'tool', 'open', 'new', 'socket']) {
      rmSync(`${folder}/${what}-made`, { recursive: true, force: true });
      mkdirSync(`${folder}/${what}-EPERM`, { recursive: true });
    }
  }, 1);
  const end = await lab.wait(child);
  clearInterval(forging);
  return end;
}
