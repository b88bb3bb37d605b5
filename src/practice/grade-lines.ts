/** A grade as lines for a terminal. All that a submission said is made harmless first. */
import wrapAnsi from 'wrap-ansi';
import { FIRST_WORDS } from '../checks/draw.ts';
import type { CheckResult } from '../checks/expectation.ts';
import type { Grade } from '../grading/grade.ts';
import { harmless, harmlessLine } from '../grading/harmless.ts';
import type { View } from '../markdown/terminal/render.ts';

const MOST_CALLS = 20;
const MOST_PRINTED = 10;
const LINE = 150;
/** In a stack of calls: those above the learner's file are always the same. */
const FRAME_OF_THE_KIT = /^\s+at .*(\(node:|\/kit\/(?:src|bin|node_modules)\/)/;
const INDENT = '    ';
const LABEL = 10;

const VERDICTS: Readonly<Record<Grade['status'], string>> = {
  passed: 'passed',
  failed: 'not yet',
  'not run': 'cannot be checked here',
  error: 'the checks themselves failed',
};

/** What matters most comes last: it is what can be seen without scrolling back. */
export function gradeLines(grade: Grade, view: View): string[] {
  return [
    headline(grade, view),
    ...printedLines(grade, view),
    ...(grade.status === 'failed' ? callLines(grade, view) : []),
    '',
    ...grade.checks.flatMap((check, at) => [
      ...(beginsAnew(grade.checks, at) ? [view.style.faint('  Once more, with other values:')] : []),
      ...checkLines(check, view),
    ]),
    ...explanation(grade, view),
  ];
}

function headline({ id, title, status, seconds }: Grade, { style }: View): string {
  const [mark, paint] = status === 'passed' ? ['✓', style.good] : [status === 'not run' ? '-' : '✗', style.bad];
  return `${paint(`${mark} ${id}  ${title}: ${VERDICTS[status]}`)} ${style.faint(`(${seconds.toFixed(1)} s)`)}`;
}

/** Whether the checks begin from the first once more: some exercises are run several times. */
function beginsAnew(checks: readonly CheckResult[], at: number): boolean {
  return at > 0 && checks[at]?.name === checks[0]?.name;
}

function checkLines({ name, passed, expected, observed, command }: CheckResult, view: View): string[] {
  const { style } = view;
  if (passed) return [`  ${style.good('✓')} ${harmlessLine(name)}`];
  return [
    `  ${style.bad('✗')} ${style.strong(harmlessLine(name))}`,
    ...labelled('expected', expected, view, style.good),
    ...labelled('observed', local(observed), view, style.bad),
    ...(command === undefined ? [] : labelled('seen with', command, view, style.typed)),
  ];
}

/** What no expectation says. */
function explanation({ status, message, checks }: Grade, view: View): string[] {
  if (message === undefined || checks.at(-1)?.passed === false) return [];
  const advice = status === 'error' ? ['', `${INDENT}This is a fault of the kit, and not yours.`] : [];
  return [...wrapped(harmless(local(message)), INDENT, view), ...advice];
}

/** `lab.program` is the grader's own script here, and nothing to read. */
function withoutScript(line: string): string {
  const at = line.indexOf(`["sh", "-c", "${FIRST_WORDS}`);
  return at < 0 ? line : `${line.slice(0, at)}… lab.program …)`;
}

function callLines({ trace }: Grade, view: View): string[] {
  return section('The calls:', trace.map(withoutScript), MOST_CALLS, view);
}

function printedLines({ printed = [] }: Grade, view: View): string[] {
  const own = printed.filter((line) => !FRAME_OF_THE_KIT.test(line));
  return section('It printed:', own.map(local), MOST_PRINTED, view);
}

/** The last of some lines. */
function section(title: string, lines: readonly string[], most: number, view: View): string[] {
  if (lines.length === 0) return [];
  const missing = lines.length - most;
  const shown = lines.slice(-most).flatMap((line) => wrapped(harmless(line, LINE), INDENT, view));
  return ['', `  ${title}`, ...(missing > 0 ? [view.style.faint(`${INDENT}… ${missing} more before`)] : []), ...shown];
}

function labelled(label: string, text: string, view: View, paint: (line: string) => string): string[] {
  const [first = '', ...rest] = wrapped(harmless(text), ' '.repeat(INDENT.length + LABEL), view).map((line) =>
    line.slice(INDENT.length + LABEL),
  );
  const gap = ' '.repeat(INDENT.length + LABEL);
  return [`${INDENT}${view.style.faint(label.padEnd(LABEL))}${paint(first)}`, ...rest.map((line) => gap + paint(line))];
}

/** What is indented stays so; where a line is broken, the blank goes. */
function wrapped(text: string, indent: string, { width }: View): string[] {
  const room = Math.max(20, width - indent.length);
  const pieces = (line: string) => wrapAnsi(line, room, { hard: true, trim: false }).split('\n');
  return text
    .split('\n')
    .flatMap((line) => pieces(line).map((piece, index) => (index === 0 ? piece : piece.trimStart())))
    .map((line) => `${indent}${line}`);
}

/** The learner's file, as it is called outside of the sandbox. */
function local(text: string): string {
  return text.replaceAll('/kit/', '');
}
