/** What the steps that a transcript's command runs are like, and whether it leaves the reader in a container's shell. */
import type { Step } from '../../lab/step.ts';
import { parseOptions } from '../../run/options.ts';
import { steps } from '../../steps/index.ts';

const STEP = /\bnpm run (?:-s |--silent )*step (\d+)\b/;
/** With one of these it is more than a command and its words. */
const SHELL_SYNTAX = /[|&;<>()`$\n]/;

/** Whether a command runs a step whose program comes from an image. */
export function usesImage(command: string): boolean {
  return [...command.matchAll(/\bstep (\d+)\b/g)].some(([, number]) => stepAt(number)?.has.has('image'));
}

export function startsStep(command: string): boolean {
  return STEP.test(command);
}

/** Whether it runs a step without a program of its own, so that a shell waits inside. */
export function opensShell(command: string): boolean {
  const [found, number] = STEP.exec(command) ?? [];
  const step = stepAt(number);
  if (found === undefined || step === undefined || step.opening === 'none' || SHELL_SYNTAX.test(command)) return false;
  const words = command
    .slice(command.indexOf(found) + found.length)
    .split(' ')
    .filter(Boolean);
  if (words[0] === '--') words.shift();
  try {
    const { command: program, pause } = parseOptions(words, step);
    return program.length === 0 && !pause;
  } catch {
    return false; // it is meant to fail
  }
}

function stepAt(number: string | undefined): Step | undefined {
  return steps.find((step) => String(step.number) === number);
}
