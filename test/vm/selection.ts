/** What `npm run test:vm -- --selection` runs where instructions are emulated: what a kernel of another kind decides. */

/** Words of test/run.ts. The rest has to do with the host's files and terminals, and takes as long again and longer. */
export const SELECTION = ['unit/cgroups', 'kernel/cgroup-v2', 'kernel/0', 'kernel/rootless'];
