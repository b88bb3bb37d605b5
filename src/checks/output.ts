/** How a submission has ended and what it has printed, for those who look for its mistake. */
import type { Sandbox, Stop } from '../sandbox/sandbox.ts';
import { BEGUN, TRACE } from '../submission/assignment.ts';

const STOPS: Readonly<Record<Stop, string>> = {
  time: 'no end before time was up',
  output: 'output without end',
  calls: 'calls without end',
};
const MOST_LINES = 100;
const MOST_CHARACTERS = 400;

/** How it ended, in words, and what it said last. */
export function endInWords(sandbox: Sandbox): string {
  const { outcome, stopped } = sandbox;
  if (stopped) return STOPS[stopped];
  if (!outcome || 'stopped' in outcome) return 'it still runs';
  const said = lastWords(sandbox);
  const how = 'status' in outcome ? `exit status ${outcome.status}` : `death by signal ${outcome.signal}`;
  return said ? `${how}: ${said}` : how;
}

/** The last that it said, which is its error if it has one. */
function lastWords({ stderr }: Sandbox): string {
  const own = stderr.text.split('\n').filter((line) => line && !isKits(line));
  return own.slice(0, 4).join(' ').replace(/\s+/g, ' ').slice(0, 300);
}

/** All lines, without the trace. */
export function printedLines({ stdout, stderr }: Sandbox): string[] {
  const isOwn = (line: string) => line.trim() !== '' && !isKits(line);
  return clipped([stdout, stderr].flatMap(({ text }) => text.split('\n')).filter(isOwn));
}

/** The system calls that it made, as far as they are known. */
export function traceLines({ stderr }: Sandbox): string[] {
  const lines = stderr.text.split('\n').filter((line) => line.startsWith(TRACE));
  return clipped(lines.map((line) => line.slice(TRACE.length)));
}

/** As much as anybody would read. */
function clipped(lines: readonly string[]): string[] {
  return lines.slice(-MOST_LINES).map((line) => line.slice(0, MOST_CHARACTERS));
}

function isKits(line: string): boolean {
  return line.startsWith(TRACE) || line.startsWith(BEGUN);
}
