/** What `npm run test:vm -- --selection` runs where instructions are emulated: what a kernel of another kind decides. */

/** Words of test/run.ts for any user, the weightiest first. */
export const FOR_ALL = ['kernel/cgroup-v2', 'unit/cgroups', 'kernel/rootless'];
/** And what needs root. */
export const FOR_ROOT = [...FOR_ALL, 'kernel/07', 'kernel/05', 'kernel/08', 'kernel/06', 'kernel/0', 'kernel/1'];
