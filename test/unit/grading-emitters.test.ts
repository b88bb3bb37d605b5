/** Every format against what those who read it demand; and all of them say the same. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { UsageError } from '../../src/command-line/usage-error.ts';
import { identityFrom, toClassroom50 } from '../../src/grading/emitters/classroom50.ts';
import { toCtrf } from '../../src/grading/emitters/ctrf.ts';
import { toGradescope } from '../../src/grading/emitters/gradescope.ts';
import { toJson } from '../../src/grading/emitters/json.ts';
import { toJunit } from '../../src/grading/emitters/junit.ts';
import { toTap } from '../../src/grading/emitters/tap.ts';
import { toText } from '../../src/grading/emitters/text.ts';
import { allJudged, allPassed, makeReport, type Report } from '../../src/grading/report.ts';
import { failed, HOSTILE, made, mixed } from '../support/grading.ts';
import { parseXml } from '../support/xml.ts';

const IDENTITY = {
  CLASSROOM: 'containers',
  ASSIGNMENT: 'uts',
  USERNAME: 'student-01',
  SUBMISSION_TAG: 'submit/2026-01-02T03-04-05Z-abc1234',
  COMMIT_URL: 'https://example.org/commit/abc',
  RELEASE_URL: 'https://example.org/releases/tag/x',
};
const classroom50 = (report: Report) => toClassroom50(report, identityFrom(IDENTITY));
const begun = new Date('2026-01-02T03:04:05.678Z');
const empty = makeReport([], { begun, seconds: 0 });
const all = { toJson, toTap, toJunit, toGradescope, classroom50, toCtrf, toText };

/** What a reader of each format would count. */
function counts(report: Report): Record<string, { tests: number; passed: number; points?: number; max?: number }> {
  const json = JSON.parse(toJson(report));
  const gradescope = JSON.parse(toGradescope(report));
  const classroom = JSON.parse(classroom50(report));
  const ctrf = JSON.parse(toCtrf(report)).results;
  const tap = toTap(report).split('\n');
  const suite = parseXml(toJunit(report)).children[0];
  const sum = (list: Record<string, number>[], key: string) => list.reduce((total, one) => total + (one[key] ?? 0), 0);
  const total = suite?.attributes ?? {};
  const points = /^# (\d+) of (\d+) points$/m.exec(tap.join('\n'));
  const human = /(\d+) of (\d+) passed.*; (\d+) of (\d+) points/.exec(toText(report)) ?? [];
  return {
    json: { tests: json.items.length, passed: json.passed, points: json.points, max: json.max },
    gradescope: {
      tests: gradescope.tests.length,
      passed: gradescope.tests.filter(({ status }: { status: string }) => status === 'passed').length,
      points: sum(gradescope.tests, 'score'),
      max: sum(gradescope.tests, 'max_score'),
    },
    classroom: {
      tests: classroom.tests.length,
      passed: classroom.tests.filter(({ passed }: { passed: boolean }) => passed).length,
      points: classroom.score,
      max: classroom['max-score'],
    },
    ctrf: {
      tests: ctrf.summary.tests,
      passed: ctrf.summary.passed,
      points: ctrf.summary.extra.points,
      max: ctrf.summary.extra.max,
    },
    tap: {
      tests: tap.filter((line) => /^(not )?ok \d/.test(line)).length,
      passed: tap.filter((line) => /^ok \d/.test(line)).length,
      points: Number(points?.[1]),
      max: Number(points?.[2]),
    },
    junit: {
      tests: Number(total.tests),
      passed: Number(total.tests) - Number(total.failures) - Number(total.errors) - Number(total.skipped),
    },
    human: { tests: Number(human[2]), passed: Number(human[1]), points: Number(human[3]), max: Number(human[4]) },
  };
}

test('all formats agree on the totals', () => {
  const cases: [Report, { tests: number; passed: number; points: number; max: number }][] = [
    [mixed(), { tests: 6, passed: 3, points: 30, max: 60 }],
    [makeReport([made()], { begun, seconds: 1 }), { tests: 1, passed: 1, points: 10, max: 10 }],
    [makeReport([failed('x')], { begun, seconds: 1 }), { tests: 1, passed: 0, points: 0, max: 10 }],
    [empty, { tests: 1, passed: 0, points: 0, max: 1 }],
  ];
  for (const [report, { tests, passed, points, max }] of cases) {
    for (const [format, found] of Object.entries(counts(report))) {
      const expected = format === 'junit' ? { tests, passed } : { tests, passed, points, max };
      assert.equal(found, expected, format);
    }
  }
});

test('only a report in which all have passed is a pass, and nothing is none', () => {
  assert.is(allPassed(makeReport([made()], { begun, seconds: 1 })), true);
  assert.is(allPassed(empty), false);
  for (const status of ['failed', 'not run', 'error'] as const) {
    const report = makeReport([made(), made({ status })], { begun, seconds: 1 });
    assert.is(allPassed(report), false, status);
    assert.is(allJudged(report), status === 'failed', status);
    assert.match(toText(report), status === 'error' ? 'the grader failed' : status);
  }
});

test('no format lets hostile text through', () => {
  for (const [name, emit] of Object.entries(all)) {
    const text = emit(mixed());
    // biome-ignore lint/suspicious/noControlCharactersInRegex: these must not be there
    assert.not.match(text, /[\x00-\x09\x0b-\x1f\x7f-\x9f\u202e\u2028\ud800-\udfff]/, name);
    assert.not.match(text, /^\s*::/m, name);
    assert.not.match(text, /##\w*\[/, name);
  }
});

test('fields are capped', () => {
  for (const [name, emit] of Object.entries(all)) {
    const text = emit(makeReport([failed('\u{1f600}'.repeat(1_000_000))], { begun, seconds: 1 }));
    assert.ok(text.length < 30_000, `${name}: ${text.length}`);
    assert.not.match(text, /[\ud800-\udbff](?![\udc00-\udfff])/, name);
  }
});

test('JUnit: well-formed, with the attributes that readers need, and names that are unique with their class', () => {
  const root = parseXml(toJunit(mixed()));
  const [suite] = root.children;
  assert.equal([root.name, suite?.name], ['testsuites', 'testsuite']);
  for (const element of [root, suite]) {
    for (const name of ['name', 'tests', 'failures', 'errors', 'skipped', 'time'])
      assert.ok(element?.attributes[name], name);
  }
  const { tests, failures, errors, skipped, time } = suite?.attributes ?? {};
  assert.equal([tests, failures, errors, skipped, time], ['6', '1', '2', '0', '3.211']);
  const cases = suite?.children ?? [];
  for (const { name, attributes } of cases) {
    assert.is(name, 'testcase');
    assert.ok(attributes.name && attributes.classname);
    assert.match(attributes.time ?? '', /^\d+\.\d{3}$/);
  }
  assert.is(new Set(cases.map(({ attributes }) => `${attributes.classname}\0${attributes.name}`)).size, 6);
  assert.equal(
    cases.map(({ children }) => children.map(({ name }) => name).join()),
    ['', '', '', 'failure', 'error', 'error'],
  );
});

test('Gradescope: only fields that it knows, whole points, nothing hidden', () => {
  const top = ['execution_time', 'output', 'visibility', 'stdout_visibility', 'tests'];
  const each = [
    'name',
    'number',
    'score',
    'max_score',
    'status',
    'output',
    'output_format',
    'visibility',
    'extra_data',
  ];
  for (const report of [mixed(), empty]) {
    const result = JSON.parse(toGradescope(report));
    assert.equal(Object.keys(result), top);
    assert.ok(Number.isInteger(result.execution_time));
    for (const one of result.tests) {
      assert.equal(Object.keys(one), each);
      assert.ok(Number.isInteger(one.score) && Number.isInteger(one.max_score));
      assert.ok(['passed', 'failed'].includes(one.status));
      assert.equal([one.output_format, one.visibility], ['text', 'visible']);
    }
  }
  const { tests } = JSON.parse(toGradescope(mixed()));
  assert.match(tests[4].name, /\(not run\)$/);
  assert.match(tests[4].output, 'does not count as passed');
});

test('Classroom 50: exactly the fields of its schema', () => {
  const result = JSON.parse(classroom50(mixed()));
  assert.equal(Object.keys(result).sort(), [
    ...['assignment', 'assignment_type', 'classroom', 'commit', 'datetime', 'max-score', 'owner', 'release'],
    ...['review', 'schema', 'score', 'submission', 'tests'],
  ]);
  assert.is(result.schema, 'classroom50/result/v1');
  assert.is(result.datetime, '2026-01-02T03:04:05Z');
  assert.equal(
    [result.assignment_type, result.owner, result.review],
    ['individual', 'student-01', IDENTITY.COMMIT_URL],
  );
  for (const one of result.tests) {
    assert.equal(Object.keys(one), ['test-name', 'passed', 'score', 'max-score']);
    assert.ok(Buffer.byteLength(one['test-name']) <= 100);
  }
  const names = result.tests.map((one: Record<string, string>) => one['test-name']);
  assert.is(new Set(names).size, names.length);
});

test('Classroom 50: without what its runner says there is no result', () => {
  for (const name of Object.keys(IDENTITY)) {
    assert.throws(
      () => identityFrom({ ...IDENTITY, [name]: '' }),
      (error: unknown) => error instanceof UsageError,
      name,
    );
  }
});

test('TAP 14: version, plan, test points in order, diagnostics in YAML', () => {
  const lines = toTap(mixed()).trimEnd().split('\n');
  assert.equal(lines.slice(0, 2), ['TAP version 14', '1..6']);
  let number = 0;
  let inside = false;
  for (const line of lines.slice(2)) {
    if (inside) {
      if (line === '  ...') inside = false;
      else assert.match(line, /^ {2}\w+: ("(?:[^"\\]|\\.)*"|\d+)$/);
    } else if (line === '  ---') inside = true;
    else if (!line.startsWith('# ')) {
      const [, counted, description = ''] = /^(?:not )?ok (\d+) - (.*)$/.exec(line) ?? [];
      assert.is(Number(counted), ++number, line);
      assert.not.match(description.replace(/\\[\\#]/g, ''), '#', 'no directive');
    }
  }
  assert.is(number, 6);
});

test('CTRF: what its schema requires', () => {
  const { reportFormat, specVersion, results } = JSON.parse(toCtrf(mixed()));
  assert.is(reportFormat, 'CTRF');
  assert.match(specVersion, /^\d+\.\d+\.\d+$/);
  const { summary, tests } = results;
  for (const key of ['tests', 'passed', 'failed', 'skipped', 'pending', 'other', 'start', 'stop'])
    assert.ok(Number.isInteger(summary[key]), key);
  assert.is(summary.passed + summary.failed + summary.skipped + summary.pending + summary.other, summary.tests);
  for (const one of tests) {
    assert.ok(one.name && Number.isInteger(one.duration));
    assert.ok(['passed', 'failed', 'other'].includes(one.status));
  }
});

test('a text with a forged report stays in its field', () => {
  const { items } = makeReport([failed(HOSTILE)], { begun, seconds: 1 });
  assert.match(toText({ ...mixed(), items }), /\n {15}ok 1 - forged/);
});

test.run();
