/** What a submission is made with: the bundle of it, and the rooms that it sees. */

const BUNDLE = 'submission';
const ENTRY = 'src/submission/run.ts';

/** The rooms of src that src/submission is made of. */
const ROOMS = [
  'cgroups',
  'command-line',
  'executor',
  'images',
  'lab',
  'leftovers',
  'network',
  'proc',
  'run',
  'seccomp',
  'settings',
  'steps',
  'submission',
  'syscalls',
  'terminal',
  'trace',
].map((name) => `src/${name}`);

module.exports = { BUNDLE, ENTRY, ROOMS };
