/** After `npm ci`: makes the bundles of all commands, so that the first start of each is quick, too. */
const { commands, modulesOf, nameOf } = require('./commands.cjs');
const { load } = require('./load.cjs');

async function bundleAll() {
  for (const command of commands()) await load(nameOf(command), modulesOf(command));
}

// What does not go here, the commands will say when they are run.
if (process.platform === 'linux') bundleAll().catch(() => {});
