/**
 * Starts a command of the kit: `node bin/lab.cjs step 4` runs src/cli/step.ts.
 *
 * The sources are TypeScript modules. tsx can load them as ES modules or as
 * CommonJS; this way saves the worker thread that Node's ES module hooks need,
 * and with it a tenth of a second at every start.
 */
require('./linux-only.cjs');

const { readdirSync } = require('node:fs');
const { join } = require('node:path');

// Each file is a command: lessons-check.ts is `npm run lessons:check`.
const commands = readdirSync(join(__dirname, '../src/cli')).map((name) => name.replace('.ts', '').replace('-', ':'));

const [command = '', ...words] = process.argv.slice(2);

function fail(message, status) {
  // `npm run workshop:check` is read from afar: its answer has one form, and one place.
  if (command === 'workshop:check') console.log(`NOT READY: ${message}`);
  else console.error(message);
  process.exit(status);
}

if (Number(process.versions.node.split('.')[0]) < 20) {
  fail(`Node.js 20 or newer is needed; this is ${process.version}.`, 1);
}
if (!commands.includes(command)) {
  fail(`There is no command ${command}. Commands: ${commands.join(', ')}`, 2);
}

// At its first look at process.stdout or process.stderr (tsx looks, and so does
// every socket that Node closes) Node makes a pipe there non-blocking, and with
// it the container's, which is the same: output would be lost. So look now, and
// undo it.
for (const stream of [process.stdout, process.stderr]) stream._handle?.setBlocking?.(true);

try {
  require('tsx/cjs');
} catch (error) {
  if (error.code !== 'MODULE_NOT_FOUND') throw error;
  fail('The packages that the kit needs are not installed. Run: npm ci', 1);
}

const { exitWith } = require('../src/command-line/command.ts');

exitWith(() => require(`../src/cli/${command.replace(':', '-')}.ts`).main(words));
