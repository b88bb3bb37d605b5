/** The examination as text, at most 80 columns wide. */
import { Chalk } from 'chalk';
import wrapAnsi from 'wrap-ansi';
import { colourLevel } from '../command-line/colour.ts';
import type { Policy } from '../network/firewall.ts';
import { describe } from './describe.ts';
import type { Diagnosis, Examination } from './examine.ts';
import { causesIn, type Finding, notesIn } from './findings.ts';
import type { Verdict } from './verdict.ts';

const COLUMN = 11;
const WIDTH = 80;
const chalk = new Chalk({ level: colourLevel(1) });

export function report({ facts, steps }: Examination, policy: Policy): string {
  const causes = causesIn(steps);
  const notes = notesIn(steps);
  return [
    ...table(steps),
    ...section('What stands in the way', causes.flatMap(causeLines)),
    ...section('What a step leaves out', notes.flatMap(noteLines)),
    ...section(
      'This machine',
      describe(facts, policy).flatMap(([label, text]) => wrap(text, label.padEnd(COLUMN), COLUMN)),
    ),
  ].join('\n');
}

function table(steps: readonly Diagnosis[]): string[] {
  const isAssumed = steps.some(({ asRoot, rootless }) => asRoot.assumed || rootless.assumed);
  return [
    chalk.bold(`${'step'.padEnd(14)}${'as root'.padEnd(COLUMN)}rootless`),
    ...steps.map(({ step, name, asRoot, rootless }) =>
      `${`${step} ${name}`.padEnd(14)}${cell(asRoot)}${cell(rootless)}`.trimEnd(),
    ),
    ...(isAssumed ? ['', ...wrap('"likely" is read off the settings: this user could not try it.', '', 0)] : []),
  ];
}

function cell(verdict: Verdict): string {
  const mark = verdict.ok ? '✓' : '✗';
  const text = (verdict.assumed ? `${mark} likely` : mark).padEnd(COLUMN);
  return verdict.ok ? chalk.green(text) : chalk.red(text);
}

function section(title: string, lines: readonly string[]): string[] {
  return lines.length === 0 ? [] : ['', chalk.bold(title), ...lines];
}

function causeLines({ where, text, remedy = '' }: Finding): string[] {
  return [...wrap(`${where}: ${text}`, `${chalk.red('✗')} `, 2), ...wrap(remedy, `  ${chalk.cyan('→')} `, 4)];
}

function noteLines({ where, text }: Finding): string[] {
  return wrap(`${where}: ${text}`, '• ', 2);
}

/** Breaks a text at its blanks. The first line begins with `lead`, the others with `indent` blanks. */
function wrap(text: string, lead: string, indent: number): string[] {
  const lines = wrapAnsi(text, WIDTH - indent).split('\n');
  return lines.map((line, index) => (index === 0 ? lead : ' '.repeat(indent)) + line);
}
