/** What `npm run test:vm -- --selection` runs where instructions are emulated: what a kernel of another kind decides. */

/** Words of test/run.ts, the weightiest first. */
export const SELECTION = [
  ...['kernel/cgroup-v2', 'unit/cgroups', 'kernel/07', 'kernel/05', 'kernel/08', 'kernel/06'],
  ...['kernel/rootless', 'kernel/0'],
];
