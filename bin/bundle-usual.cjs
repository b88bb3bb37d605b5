/** After `npm ci`: bundles the commands that learners run most, so that the first start of each is quick, too. */
const { modulesOf, nameOf } = require('./commands.cjs');
const { load } = require('./load.cjs');

const USUAL = [
  'step',
  'doctor',
  'lesson',
  'exercise',
  'watch',
  'progress',
  'calls',
  'grade',
  'clean',
  'workshop:check',
];

async function bundleUsual() {
  for (const command of USUAL) await load(nameOf(command), modulesOf(command), { runs: false });
}

// What does not go here, the commands will say when they are run.
if (process.platform === 'linux') bundleUsual().catch(() => {});
