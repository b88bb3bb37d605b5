/** The steps, in their order. Importing a step runs nothing. */
import type { End } from '../executor/reaper.ts';
import type { Lab } from '../lab/lab.ts';
import * as clone from './00-clone.ts';
import * as uts from './01-uts.ts';
import * as ipc from './02-ipc.ts';
import * as pid from './03-pid.ts';
import * as mount from './04-mount.ts';
import * as user from './05-user.ts';
import * as net from './06-net.ts';
import * as cgroups from './07-cgroups.ts';
import * as chroot from './08-chroot.ts';

export interface Step {
  readonly number: number;
  readonly name: string;
  readonly title: string;
  readonly run: (lab: Lab) => Promise<End>;
}

const modules = { clone, uts, ipc, pid, mount, user, net, cgroups, chroot };

export const steps: readonly Step[] = Object.entries(modules).map(([name, { title, run }], number) => ({
  number,
  name,
  title,
  run,
}));
