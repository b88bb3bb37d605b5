/** The commands: each file of src/cli is one; lessons-check.ts is `npm run lessons:check`. */
const { readdirSync } = require('node:fs');
const { join } = require('node:path');

const commands = () =>
  readdirSync(join(__dirname, '../src/cli')).map((name) => name.replace('.ts', '').replace('-', ':'));

/** @param {string} command */
const nameOf = (command) => command.replace(':', '-');

/**
 * What a command starts with: itself, and what makes a status of what it throws.
 * @param {string} command
 */
const modulesOf = (command) => [`src/cli/${nameOf(command)}.ts`, 'src/command-line/command.ts'];

module.exports = { commands, nameOf, modulesOf };
