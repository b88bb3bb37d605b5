/** What mmdebstrap says of its progress: one `I:` line at the start of each phase. */
import type { Progress } from '../progress.ts';

const PHASES: readonly (readonly [start: string, done: number, title: string])[] = [
  ['running apt-get update', 0.02, 'Downloading the list of packages'],
  ['downloading packages', 0.15, 'Downloading packages'],
  ['extracting archives', 0.35, 'Extracting the first packages'],
  ['installing essential', 0.45, 'Installing what is required'],
  ['installing remaining', 0.75, 'Installing the rest'],
  ['cleaning package lists', 0.97, 'Cleaning up'],
];

/** Gives a listener: it passes progress on, and gives the message of an error. */
export function mmdebstrapPhases(progress: Progress): (line: string) => string | undefined {
  return (line) => {
    const phase = PHASES.find(([start]) => line.startsWith(`I: ${start}`));
    if (phase) progress(phase[1], phase[2]);
    return line.startsWith('E: ') ? line.slice(3) : undefined;
  };
}
