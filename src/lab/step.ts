/** What a step is to those who run it, list it or explain it. */
import type { End } from '../executor/reaper.ts';
import type { Feature } from '../settings/features.ts';
import type { Settings } from '../settings/settings.ts';
import type { Lab } from './lab.ts';

export interface Step {
  /** Its place among the steps: for their order, and for people. What it can do is said by `has`. */
  readonly number: number;
  readonly name: string;
  readonly title: string;
  /** What its container has of its own. */
  readonly has: ReadonlySet<Feature>;
  /** Settings that this step has unless others are asked for. */
  readonly defaults?: (() => Partial<Settings>) | undefined;
  /** The script for sh(1) with which a shell inside begins; its first argument is the shell. `none`: no shell at all. */
  readonly opening?: (() => string) | 'none' | undefined;
  readonly run: (lab: Lab) => Promise<End>;
}

/** Whether it makes a container: without that, it is a child and nothing more. */
export function isolates({ has }: Pick<Step, 'has'>): boolean {
  return has.size > 0;
}
