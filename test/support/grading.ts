/** Grades made up for tests, with texts that hostile submissions could bring. */
import type { Grade } from '../../src/grading/grade.ts';
import { makeReport, type Report } from '../../src/grading/report.ts';

export const HOSTILE =
  'line\n::error::owned\n  ::set-output name=x::y\n##[command]z\n##vso[task.complete]\x1b[2J\x00\r\u202e\u2028\ud800<&>"\'\n]]> # SKIP\nok 1 - forged\n...';

export function made(part: Partial<Grade> = {}): Grade {
  return {
    id: '1a',
    title: 'A domain name, too',
    status: 'passed',
    points: part.status === undefined || part.status === 'passed' ? 10 : 0,
    max: 10,
    checks: [{ name: 'the host name inside', passed: true, expected: 'x', observed: 'x' }],
    trace: ['parent 1 clone(CLONE_NEWUTS) = 19'],
    seconds: 0.6,
    ...part,
  };
}

export function failed(text: string): Grade {
  const check = { name: `check ${text}`, passed: false, expected: text, observed: text, command: `cat ${text}` };
  return made({ id: '2b', title: 'Failed', status: 'failed', checks: [check], message: text, trace: [text] });
}

/** One of each status, the same exercise twice, and hostile text wherever it can be. */
export function mixed(): Report {
  const grades = [
    made(),
    { ...made(), source: HOSTILE },
    made(),
    { ...failed(HOSTILE), source: HOSTILE },
    made({ id: '3a', status: 'not run', checks: [], message: 'It needs a cgroup.' }),
    made({ id: '4a', status: 'error', checks: [], message: `The grader failed: ${HOSTILE}` }),
  ];
  return makeReport(grades, { notes: [HOSTILE], begun: new Date('2026-01-02T03:04:05.678Z'), seconds: 3.2109 });
}
