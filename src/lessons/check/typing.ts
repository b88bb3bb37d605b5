/** Whoever types needs time: what is to be caught alive has to live until it is used for the last time. */
import type { Page } from '../../catalogue/lessons.ts';
import { fences } from '../../markdown/fences.ts';
import { inlineTokens, parse } from '../../markdown/parse.ts';
import { opensShell } from '../console/opening.ts';
import { type Command, parseTranscript } from '../console/transcript.ts';
import type { Finding } from '../finding.ts';

/** Characters a second of somebody who copies a command letter by letter. */
const SPEED = 2;
/** To read what was printed, and to find the next command, in seconds. */
const READING = 15;
const TEN_MINUTES = 600;
const UNITS: Readonly<Record<string, number>> = { '': 1, s: 1, m: 60, h: 3600, d: 86_400 };
const LIFE = /\b(?:sleep|timeout|-lt) (\d+(?:\.\d+)?)([smhd]?)(?![\w.])/g;

export function checkTyping({ path, text }: Page): Finding[] {
  const tokens = parse(text);
  const transcripts = fences(tokens)
    .filter(({ language }) => language === 'console')
    .flatMap((fence) => shortLives(parseTranscript(fence).commands));
  const suggested = inlineTokens(tokens)
    .filter(
      ({ token }) => token.type === 'code_inline' && token.content.endsWith('&') && lifeOf(token.content) < TEN_MINUTES,
    )
    .map(({ token, line }) => ({ line, message: `${token.content}: ${ADVICE}` }));
  return [...transcripts, ...suggested].map((finding) => ({ path, ...finding }));
}

const ADVICE = 'Nobody types that fast. Let it live for ten minutes, sleep 600, and end it with a line of its own.';

/** Seconds that somebody needs to type these commands. */
export function typingTime(commands: readonly Pick<Command, 'text'>[]): number {
  return commands.reduce((sum, { text }) => sum + text.length / SPEED + READING, 0);
}

function shortLives(commands: readonly Command[]): { line: number; message: string }[] {
  return commands.flatMap((command, at) => {
    const rest = commands.slice(at + 1);
    const last = isInBackground(command) ? lastUse(command, rest) : goesOn(command, rest) ? lastInSecond(rest) : -1;
    if (last < 0) return [];
    const [life, needed] = [lifeOf(command.text), Math.ceil(typingTime(rest.slice(0, last + 1)))];
    if (life >= needed) return [];
    const message = `This lives for ${life} s and is used for ${needed} s by somebody who types. ${ADVICE}`;
    return [{ line: command.line, message }];
  });
}

/** The longest of what it waits for, in seconds; for ever if that is not said. */
function lifeOf(text: string): number {
  const lives = [...text.matchAll(LIFE)].map(([, number, unit = '']) => Number(number) * (UNITS[unit] ?? 1));
  return lives.length === 0 ? Number.POSITIVE_INFINITY : Math.max(...lives);
}

function isInBackground({ text }: Command): boolean {
  return /&(?: \w+=\$!)?$/.test(text.trim());
}

/** Whether it runs in the first terminal while commands are typed into the second. */
function goesOn({ place, text }: Command, [next]: readonly Command[]): boolean {
  return place !== 'second' && next?.place === 'second' && !opensShell(text) && lifeOf(text) < Number.POSITIVE_INFINITY;
}

/** Where a process is named for the last time: by `$!`, by a variable, by its number, or by its command line. */
function lastUse({ text, expected }: Command, rest: readonly Command[]): number {
  const [, variable] = /& (\w+)=\$!$/.exec(text.trim()) ?? [];
  const [sleep] = /\bsleep \d+/.exec(text) ?? [];
  const numbers = expected.join('\n').match(/⟨pid\d*⟩/g) ?? [];
  const names = ['$!', ...numbers, ...(variable ? [`$${variable}`] : []), ...(sleep ? [sleep] : [])];
  return rest.findLastIndex((later) => !isInBackground(later) && names.some((name) => later.text.includes(name)));
}

function lastInSecond(rest: readonly Command[]): number {
  const end = rest.findIndex(({ place }) => place !== 'second');
  return (end < 0 ? rest.length : end) - 1;
}
