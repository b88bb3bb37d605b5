/** Has thousands of mounts with long names, and runs the program among them: what is said of them has 20 MB. */
import { mkdirSync } from 'node:fs';
import type { Lab } from '#src/lab/lab.ts';
import { makePrivate } from '#src/steps/04-mount.ts';
import { CLONE_NEWNS, MS_BIND } from '#src/syscalls/flags.ts';
import { mount } from '#src/syscalls/mounts.ts';

export async function run(lab: Lab): Promise<{ status: number }> {
  const place = `/tmp/${Array.from({ length: 12 }, () => 'x'.repeat(250)).join('/')}`;
  mkdirSync(place, { recursive: true });
  const mounts = Array.from({ length: 7000 }, () => mount(place, place, null, MS_BIND));
  const child = await lab.clone([...makePrivate(), ...mounts, ...lab.program], CLONE_NEWNS);
  await lab.wait(child);
  return { status: 0 };
}
