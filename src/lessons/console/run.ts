/** Runs the commands of one console block, and compares. */
import { compare } from './compare.ts';
import { difference } from './difference.ts';
import { opensShell, startsStep } from './opening.ts';
import { substitute, type Values } from './placeholders.ts';
import { Session, Stuck } from './session.ts';
import type { TerminalOptions } from './terminal.ts';
import type { Command, Transcript } from './transcript.ts';

/** A command that did not do what the transcript says. */
export interface Failure {
  /** The line of the command in the lesson, counted from 1. */
  readonly line: number;
  readonly command: string;
  readonly message: string;
  /** Expected and real output: see difference.ts. */
  readonly difference: readonly string[];
}

/** Gives what did not go as expected. After a mere difference it goes on with the next command. */
export async function runTranscript({ commands }: Transcript, options: TerminalOptions): Promise<Failure[]> {
  const session = new Session(options);
  const failures: Failure[] = [];
  let values: Values = new Map();
  try {
    await session.start();
    for (const [index, command] of commands.entries()) {
      const { expected, line, text } = command;
      const fail = (message: string, output: string) =>
        failures.push({ line, command: text, message, difference: difference(expected, output, values) });
      try {
        const output = await type(session, command, commands.slice(index + 1), values);
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
    await session.close();
  }
  return failures;
}

/** Types a command where it belongs; gives what it printed. */
async function type(session: Session, command: Command, rest: readonly Command[], values: Values): Promise<string> {
  const text = substitute(command.text, values);
  const isEnough = (output: string) => 'values' in compare(command.expected, output, values);
  if (command.place === 'second') {
    const output = await session.inSecond(text);
    if (isEnough(output)) return output;
    return output + ((await session.meanwhile((more) => isEnough(output + more))) ?? '');
  }
  if (command.place === 'host' && opens(text, rest)) return session.open(text);
  if (rest[0]?.place === 'second') return session.begin(text, isEnough);
  return command.place === 'host' ? session.onHost(text) : session.inside(text);
}

/** Whether a shell in a container waits afterwards: the command says so, or the commands that follow. */
function opens(text: string, rest: readonly Command[]): boolean {
  const nextOnHost = rest.findIndex(({ place }) => place === 'host');
  const before = nextOnHost < 0 ? rest : rest.slice(0, nextOnHost);
  return opensShell(text) || (startsStep(text) && before.some(({ place }) => place === 'inside'));
}
