/** Which commands of a transcript leave the reader in a container's shell. */
import { parseOptions } from '../../run/options.ts';

const STEP = /\bnpm run (?:-s |--silent )*step (\d+)\b/;
/** With one of these it is more than a command and its words. */
const SHELL_SYNTAX = /[|&;<>()`$\n]/;

export function startsStep(command: string): boolean {
  return STEP.test(command);
}

/** Whether it runs a step without a program of its own, so that a shell waits inside. */
export function opensShell(command: string): boolean {
  const [found, number] = STEP.exec(command) ?? [];
  if (found === undefined || number === '0' || SHELL_SYNTAX.test(command)) return false;
  const words = command
    .slice(command.indexOf(found) + found.length)
    .split(' ')
    .filter(Boolean);
  if (words[0] === '--') words.shift();
  try {
    const { command: program, pause } = parseOptions(words, Number(number));
    return program.length === 0 && !pause;
  } catch {
    return false; // it is meant to fail
  }
}
