/** A seat, and how far its learner is, as the one line that a teacher reads from behind the chair. */
import { Chalk, type ColorSupportLevel } from 'chalk';
import { rangeList, stepList } from '../doctor/findings.ts';
import type { Problem } from '../doctor/verdict.ts';
import type { ExerciseProgress, Progress } from '../practice/progress-file.ts';
import type { Seat, State } from './machine-check.ts';

/** How far a learner is with the exercises. */
export interface Standing {
  readonly passed: number;
  readonly of: number;
  /** The exercise that they opened, or passed, last. */
  readonly at?: string;
}

export interface Surroundings {
  /** Without its `v`: `22.1.0`. */
  readonly node: string;
  readonly cgroups: string;
  /** Undefined if the progress file cannot be read. */
  readonly standing: Standing | undefined;
}

const COLOURS: Readonly<Record<State, 'green' | 'yellow' | 'red'>> = {
  READY: 'green',
  PARTLY: 'yellow',
  'NOT READY': 'red',
};

export function seatLine(seat: Seat, around: Surroundings, level: ColorSupportLevel): string {
  const chalk = new Chalk({ level });
  const { state, problem } = seat;
  const mark = chalk.bold[COLOURS[state]](state);
  if (state === 'NOT READY') return `${mark}: ${problemText(problem)}`;
  const facts = [stepsText(seat), `node ${minor(around.node)}`, `cgroup ${around.cgroups}`, exercisesText(around)];
  const detail = problem ? `${problem.cause === undefined ? ' ' : ' · '}${problemText(problem)}` : '';
  return `${mark}  ${facts.join(' · ')}${detail}`;
}

function stepsText({ who, whole, parts, closed }: Seat): string {
  return [
    `${stepList(whole)} ${who === 'root' ? 'as root' : 'rootless'}`,
    ...(parts.length > 0 ? [`${rangeList(parts)} in part`] : []),
    ...(closed.length > 0 ? [`not ${rangeList(closed)}`] : []),
  ].join(', ');
}

function exercisesText({ standing }: Surroundings): string {
  if (!standing) return 'exercises ?';
  const { passed, of, at } = standing;
  return `exercises ${passed}/${of}${at === undefined ? '' : `, at ${at}`}`;
}

/** `20.20.2` is `20.20`. */
function minor(version: string): string {
  return version.split('.').slice(0, 2).join('.');
}

function problemText({ cause, remedy }: Partial<Problem> = {}): string {
  return [
    ...(cause === undefined ? [] : [brief(cause)]),
    ...(remedy === undefined ? [] : [`→ ${firstOf(remedy)}`]),
  ].join(' ');
}

/** The first sentence, without what is in brackets. */
function brief(text: string): string {
  const [first = ''] = withoutBrackets(text).split(/\.(?= |$)/);
  return first;
}

/** Some remedies have a second way, for those who read the whole report. */
function firstOf(remedy: string): string {
  return withoutBrackets(remedy).split('; ')[0] ?? remedy;
}

function withoutBrackets(text: string): string {
  return text.replace(/ \((?:[^()]|\([^()]*\))*\)/g, '');
}

/** `ids` are those of all exercises; what was passed of others does not count. */
export function standingOf({ exercises }: Progress, ids: readonly string[]): Standing {
  const touched = ids
    .map((id) => ({ id, time: lastTime(exercises[id]) }))
    .filter(({ time }) => time !== '')
    .sort((a, b) => (a.time < b.time ? -1 : 1));
  const at = touched.at(-1)?.id;
  return {
    passed: ids.filter((id) => exercises[id]?.passed !== undefined).length,
    of: ids.length,
    ...(at === undefined ? {} : { at }),
  };
}

function lastTime({ started = '', opened = '', passed = '' }: ExerciseProgress = {}): string {
  return [started, opened, passed].sort().at(-1) ?? '';
}
