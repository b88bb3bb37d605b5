/** Reads a console block: commands, where each is typed, and what it is expected to print. */
import { consoleLines } from '../../markdown/console.ts';
import type { Fence } from '../../markdown/fences.ts';
import type { FindingOnLine } from '../finding.ts';
import { startsStep } from './opening.ts';

/** The first terminal, the container that was started there, or a second terminal. */
export type Place = 'host' | 'inside' | 'second';

export interface Command {
  readonly place: Place;
  /** Its lines, joined by line feeds. */
  readonly text: string;
  readonly expected: readonly string[];
  /** Counted from 1. */
  readonly line: number;
}

export const NEEDS = ['root', 'user', 'v1', 'v2', 'network'] as const;
export type NeedName = (typeof NEEDS)[number];

/** An ordinary user's prompt: not that of the root shell beside it. */
const USER_PROMPT = 'user$';

export interface Transcript {
  /** The line of the fence. */
  readonly line: number;
  /** What the block needs; always either root or user. */
  readonly needs: readonly NeedName[];
  readonly commands: readonly Command[];
  readonly problems: readonly FindingOnLine[];
}

export function parseTranscript(fence: Pick<Fence, 'words' | 'content' | 'line'>): Transcript {
  const problems: FindingOnLine[] = [];
  const commands: Command[] = [];
  for (const [index, { text, typed }] of consoleLines(fence.content).entries()) {
    const line = fence.line + 1 + index;
    const last = commands.at(-1);
    if (typed && !typed.goesOn) {
      commands.push({ place: placeOf(typed.prompt), text: typed.command, expected: [], line });
    } else if (!last) {
      problems.push({ line, message: 'A console block begins with a command: $ …' });
      break;
    } else if (typed) {
      commands[commands.length - 1] = { ...last, text: `${last.text}\n${typed.command}` };
    } else {
      commands[commands.length - 1] = { ...last, expected: [...last.expected, text] };
    }
  }
  const needs = needsOf(fence, problems);
  problems.push(...homeless(commands), ...promptProblems(fence, needs));
  return { line: fence.line, needs, commands: commands.map(trimmed), problems };
}

function placeOf(prompt: string): Place {
  if (prompt === '$' || prompt === USER_PROMPT) return 'host';
  return prompt.startsWith('container') ? 'inside' : 'second';
}

/** Blank lines before the next command are only for the eye. */
function trimmed(command: Command): Command {
  const last = command.expected.findLastIndex((line) => line.trim() !== '');
  return { ...command, expected: command.expected.slice(0, last + 1) };
}

function needsOf({ words, line }: Pick<Fence, 'words' | 'line'>, problems: FindingOnLine[]): NeedName[] {
  const known = NEEDS.filter((name) => words.includes(name));
  for (const word of words) {
    if (!known.some((name) => name === word)) {
      problems.push({ line, message: `${word} is no need of a console block. Needs: ${NEEDS.join(', ')}.` });
    }
  }
  for (const [one, other] of [
    ['root', 'user'],
    ['v1', 'v2'],
  ] as const) {
    if (known.includes(one) && known.includes(other)) {
      problems.push({ line, message: `No machine has ${one} and ${other} at once: make two blocks.` });
    }
  }
  return known.includes('root') || known.includes('user') ? known : ['root', ...known];
}

/** A prompt that belongs to somebody else. */
function promptProblems(
  { content, line }: Pick<Fence, 'content' | 'line'>,
  needs: readonly NeedName[],
): FindingOnLine[] {
  const [own, others] = needs.includes('user') ? [USER_PROMPT, '$'] : ['$', USER_PROMPT];
  return consoleLines(content).flatMap(({ typed }, index) =>
    typed?.prompt === others
      ? [
          {
            line: line + 1 + index,
            message: `The prompt of this block is ${own}: ${USER_PROMPT} is for console user alone.`,
          },
        ]
      : [],
  );
}

/** Commands for a container that no step has started. */
function homeless(commands: readonly Command[]): FindingOnLine[] {
  const first = commands.findIndex(({ place, text }) => place === 'host' && startsStep(text));
  return commands
    .filter(({ place }, index) => place === 'inside' && (first < 0 || index < first))
    .map(({ line }) => ({ line, message: 'No container runs here: start one above with $ npm run -s step …' }));
}
