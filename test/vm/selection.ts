/** What `npm run test:vm -- --selection` runs where instructions are emulated: what a kernel of another kind decides. */

const CGROUPS = ['kernel/cgroup-v2', 'unit/cgroups'];
/** Words of test/run.ts for an ordinary user. */
export const FOR_USER = ['kernel/rootless', 'kernel/cgroup-v2'];
/** And for root, the weightiest first. */
export const FOR_ROOT = [
  ...CGROUPS,
  'kernel/13',
  'kernel/07',
  'kernel/12',
  'kernel/10',
  'kernel/11',
  'kernel/09',
  'kernel/05',
  'kernel/08',
  'kernel/06',
  'kernel/0',
];
