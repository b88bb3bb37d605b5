/**
 * Classroom 50's result.json, schema `classroom50/result/v1`: these fields and
 * no others. Its runner says in the environment whose work this is, and stamps
 * owner, kind of assignment and time again itself. Source: Classroom 50's wiki,
 * Advanced Autograding.
 */
import { UsageError } from '../../command-line/usage-error.ts';
import { unique } from '../harmless.ts';
import type { Report } from '../report.ts';

export type Identity = Readonly<
  Record<
    'classroom' | 'assignment' | 'assignment_type' | 'owner' | 'submission' | 'commit' | 'release' | 'review',
    string
  >
>;

/** How many bytes a test's name may have. */
const NAME_BYTES = 100;

/** @throws UsageError if the runner's variables are missing */
export function identityFrom(environment: NodeJS.ProcessEnv): Identity {
  const get = (...names: string[]): string => {
    const found = names.map((name) => environment[name]).find(Boolean);
    if (!found)
      throw new UsageError(`--classroom50 needs ${names.join(' or ')} in the environment; its runner sets it.`);
    return found;
  };
  const type = environment.ASSIGNMENT_TYPE || 'individual';
  return {
    classroom: get('CLASSROOM'),
    assignment: get('ASSIGNMENT'),
    assignment_type: type,
    owner: get('OWNER', 'USERNAME'),
    submission: get('SUBMISSION_TAG'),
    commit: get('COMMIT_URL'),
    release: get('RELEASE_URL'),
    review: get('REVIEW_URL', 'COMMIT_URL'),
  };
}

export function toClassroom50({ items, totals, begun }: Report, identity: Identity): string {
  const names = unique(items.map(({ name }) => shortened(name)));
  const result = {
    schema: 'classroom50/result/v1',
    ...identity,
    datetime: `${begun.toISOString().slice(0, 19)}Z`,
    score: totals.points,
    'max-score': totals.max,
    tests: items.map(({ status, points, max }, index) => ({
      'test-name': names[index],
      passed: status === 'passed',
      score: points,
      'max-score': max,
    })),
  };
  return `${JSON.stringify(result, null, 2)}\n`;
}

/** Room is left for a number that makes it unique. */
function shortened(name: string): string {
  let short = name;
  while (Buffer.byteLength(short) > NAME_BYTES - 6) short = [...short].slice(0, -1).join('');
  return short;
}
