#!/usr/bin/env node
/** Starts a command of the kit: `node bin/lab.cjs step 4` runs src/cli/step.ts. */
require('./linux-only.cjs');

const { commands, modulesOf, nameOf } = require('./commands.cjs');

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
try {
  process.cwd();
} catch {
  fail('The folder that you are in is gone. Go to another first, such as your home: cd', 1);
}
if (!commands().includes(command)) {
  fail(`There is no command ${command}. Commands: ${commands().join(', ')}`, 2);
}

// At its first look at process.stdout or process.stderr (tsx looks, and so does
// every socket that Node closes) Node makes a pipe there non-blocking, and with
// it the container's, which is the same: output would be lost. So look now, and
// undo it.
for (const stream of [process.stdout, process.stderr]) stream._handle?.setBlocking?.(true);

const { load } = require('./load.cjs');

async function start() {
  const [main, exit] = modulesOf(command);
  let moduleAt;
  try {
    moduleAt = await load(nameOf(command), [main, exit]);
    moduleAt(exit);
  } catch (error) {
    const { loadProblem } = require('../native/load-problem.cjs');
    const line = loadProblem(error);
    if (line === undefined) throw error;
    fail(line, 1);
  }
  await moduleAt(exit).exitWith(() => moduleAt(main).main(words));
}

start();
