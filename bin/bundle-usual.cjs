/**
 * After `npm ci`: bundles the commands that learners run most, so that the first start of each is quick, too, and what
 * submissions are run with. `node bin/bundle-usual.cjs submission` makes that one alone.
 */
const { readdirSync } = require('node:fs');
const { join } = require('node:path');
const { top } = require('../native/kept.cjs');
const { BUNDLE, ENTRY, ROOMS } = require('../src/submission/sources.cjs');
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

async function bundleCommands() {
  for (const command of USUAL) await load(nameOf(command), modulesOf(command), { runs: false });
}

/** A submission may import any module that it sees. */
async function bundleSubmission() {
  const folders = ROOMS.flatMap((room) => [room, ...namesIn(room, (entry) => entry.isDirectory())]);
  const modules = folders.flatMap((folder) => namesIn(folder, (entry) => entry.name.endsWith('.ts')));
  const others = modules.filter((path) => path !== ENTRY);
  await load(BUNDLE, [ENTRY, ...others], { runs: false, folders });
}

/**
 * @param {string} folder
 * @param {(entry: import('node:fs').Dirent) => boolean} isWanted
 */
function namesIn(folder, isWanted) {
  const entries = readdirSync(join(top, folder), { withFileTypes: true });
  return entries.filter(isWanted).map(({ name }) => `${folder}/${name}`);
}

async function bundleUsual() {
  if (process.argv[2] !== BUNDLE) await bundleCommands();
  await bundleSubmission();
}

// What does not go here, the commands will say when they are run.
if (process.platform === 'linux') bundleUsual().catch(() => {});
