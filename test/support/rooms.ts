/**
 * The rooms of the code, in their order: each imports only rooms that stand
 * above it here. test/unit/rooms compares every import with it.
 */
export const ROOMS = [
  'native',
  'src/syscalls',
  'src/proc',
  'src/command-line',
  'src/seccomp',
  'src/executor',
  'src/leftovers',
  'src/settings',
  'src/lab',
  'src/terminal',
  'src/trace',
  'src/pause',
  'src/network',
  'src/cgroups',
  'src/images',
  'rootfs-builder',
  'src/layers',
  'src/steps',
  'src/run',
  'src/doctor',
  'src/sandbox',
  'src/submission',
  'src/checks',
  'src/catalogue',
  'src/grading',
  'src/markdown',
  'src/practice',
  'src/lessons',
  'src/workshop',
  'src/vm',
  'bench',
  'src/cli',
  'bin',
  'exercises',
] as const;

export type Room = (typeof ROOMS)[number];
