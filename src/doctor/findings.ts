/** Gathers equal findings of several steps into one. */
import type { Diagnosis } from './examine.ts';
import type { Who } from './needs.ts';
import type { Verdict } from './verdict.ts';

export interface Finding {
  /** `steps 1–8 as root; steps 5–8 rootless`. */
  readonly where: string;
  readonly text: string;
  readonly remedy?: string;
}

const COLUMNS: readonly (readonly [Who, string, keyof Pick<Diagnosis, 'asRoot' | 'rootless'>])[] = [
  ['root', 'as root', 'asRoot'],
  ['rootless', 'rootless', 'rootless'],
];

/** Why steps cannot run, each cause once. */
export function causesIn(steps: readonly Diagnosis[]): Finding[] {
  return gather(steps, (verdict) => (verdict.ok ? [] : [{ text: verdict.cause, remedy: verdict.remedy }]));
}

/** What steps leave out, each note once. */
export function notesIn(steps: readonly Diagnosis[]): Finding[] {
  return gather(steps, (verdict) => (verdict.ok ? verdict.notes.map((text) => ({ text })) : []));
}

type Told = Omit<Finding, 'where'>;

function gather(steps: readonly Diagnosis[], tell: (verdict: Verdict) => Told[]): Finding[] {
  const found = new Map<string, Told & { readonly cases: Record<Who, number[]> }>();
  for (const diagnosis of steps) {
    for (const [who, , column] of COLUMNS) {
      for (const told of tell(diagnosis[column])) {
        const key = JSON.stringify(told);
        const entry = found.get(key) ?? { ...told, cases: { root: [], rootless: [] } };
        entry.cases[who].push(diagnosis.step);
        found.set(key, entry);
      }
    }
  }
  return [...found.values()].map(({ cases, ...told }) => ({ ...told, where: places(cases) }));
}

function places(cases: Record<Who, number[]>): string {
  if (String(cases.root) === String(cases.rootless)) return `${stepList(cases.root)}, as root and rootless`;
  return COLUMNS.filter(([who]) => cases[who].length > 0)
    .map(([who, title]) => `${stepList(cases[who])} ${title}`)
    .join('; ');
}

/** `step 4`, `steps 1–3, 5`. */
export function stepList(steps: readonly number[]): string {
  return `${steps.length === 1 ? 'step' : 'steps'} ${rangeList(steps)}`;
}

/** `1–3, 5`. */
export function rangeList(steps: readonly number[]): string {
  const ranges: [number, number][] = [];
  for (const step of steps) {
    const last = ranges.at(-1);
    if (last && last[1] === step - 1) last[1] = step;
    else ranges.push([step, step]);
  }
  return ranges.map(([first, last]) => (first === last ? String(first) : `${first}–${last}`)).join(', ');
}
