/** Runs the commands of one console block, and compares. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { TerminalOptions } from './bash-terminal.ts';
import { compare, difference } from './compare.ts';
import { opensShell, startsStep } from './opening.ts';
import { substitute, type Values } from './placeholders.ts';
import type { Command, Transcript } from './transcript.ts';
import { Stuck, Typist } from './typist.ts';

export interface Pace {
  /** In how many characters a second commands are typed; by default they are there at once. */
  readonly speed?: number | undefined;
  /** How many times longer than usual is waited for what they print. */
  readonly patience?: number | undefined;
}

/** A command that did not do what the transcript says. */
export interface Mismatch {
  /** The line of the command in the lesson, counted from 1. */
  readonly line: number;
  readonly command: string;
  readonly message: string;
  /** Expected and real output, as `difference` shows them. */
  readonly difference: readonly string[];
}

/** Returns what did not go as expected. After a mere difference it goes on with the next command. */
export async function runTranscript(
  { commands }: Transcript,
  options: TerminalOptions,
  { speed = Number.POSITIVE_INFINITY, patience = 1 }: Pace = {},
): Promise<Mismatch[]> {
  const typist = new Typist({ ...options, patience });
  const mismatches: Mismatch[] = [];
  let values: Values = new Map();
  try {
    await typist.start();
    for (const [index, command] of commands.entries()) {
      const { expected, line, text } = command;
      const fail = (message: string, output: string) =>
        mismatches.push({ line, command: text, message, difference: difference(expected, output, values) });
      await sleep((text.length / speed) * 1000);
      try {
        const output = await type(typist, command, commands.slice(index + 1), values);
        const result = compare(expected, output, values);
        if ('values' in result) values = result.values;
        else fail(result.problem, output);
      } catch (error) {
        if (!(error instanceof Error)) throw error;
        fail(error.message, error instanceof Stuck ? error.output : '');
        break;
      }
    }
  } finally {
    await typist.close();
  }
  return mismatches;
}

/** Types a command where it belongs; returns what it printed. */
async function type(typist: Typist, command: Command, rest: readonly Command[], values: Values): Promise<string> {
  const text = substitute(command.text, values);
  const isEnough = (output: string) => 'values' in compare(command.expected, output, values);
  if (command.place === 'second') {
    const output = await typist.inSecond(text);
    if (isEnough(output)) return output;
    return output + ((await typist.meanwhile((more) => isEnough(output + more))) ?? '');
  }
  if (command.place === 'host' && opens(text, rest)) return typist.open(text);
  if (rest[0]?.place === 'second') return typist.begin(text, isEnough);
  return command.place === 'host' ? typist.onHost(text) : typist.inside(text);
}

/** Whether a shell in a container waits afterwards: the command says so, or the commands that follow. */
function opens(text: string, rest: readonly Command[]): boolean {
  const nextOnHost = rest.findIndex(({ place }) => place === 'host');
  const before = nextOnHost < 0 ? rest : rest.slice(0, nextOnHost);
  return opensShell(text) || (startsStep(text) && before.some(({ place }) => place === 'inside'));
}

/** The place, the command, and expected (-) and real (+) output. */
export function mismatchText(path: string, { line, command, message, difference: lines }: Mismatch): string {
  const head = `${path}:${line}: ${command === '' ? '' : `${command.split('\n')[0]}\n  `}${message}`;
  const legend = lines.length > 0 ? ['    - expected, + got'] : [];
  return [head, ...legend, ...lines.map((text) => `    ${text}`)].join('\n');
}
