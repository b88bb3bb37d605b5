/** The steps, in their order. Importing a step runs nothing. */
import type { Step } from '../lab/step.ts';
import type { Feature } from '../settings/features.ts';
import * as clone from './00-clone.ts';
import * as uts from './01-uts.ts';
import * as ipc from './02-ipc.ts';
import * as pid from './03-pid.ts';
import * as mount from './04-mount.ts';
import * as user from './05-user.ts';
import * as net from './06-net.ts';
import * as cgroups from './07-cgroups.ts';
import * as chroot from './08-chroot.ts';
import * as pivot from './09-pivot.ts';
import * as overlay from './10-overlay.ts';
import * as bridge from './11-bridge.ts';
import * as confine from './12-confine.ts';
import * as views from './13-views.ts';

interface StepModule extends Pick<Step, 'title' | 'defaults' | 'opening' | 'run'> {
  readonly has: readonly Feature[];
}

const modules: Readonly<Record<string, StepModule>> = {
  clone,
  uts,
  ipc,
  pid,
  mount,
  user,
  net,
  cgroups,
  chroot,
  pivot,
  overlay,
  bridge,
  confine,
  views,
};

export const steps: readonly Step[] = Object.entries(modules).map(
  ([name, { title, has, defaults, opening, run }], number) => ({
    number,
    name,
    title,
    has: new Set(has),
    defaults,
    opening,
    run,
  }),
);
