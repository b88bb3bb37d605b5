/** The line of `npm run workshop:check`. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { Diagnosis } from '../../src/doctor/examine.ts';
import { type Facts, readFacts } from '../../src/doctor/facts.ts';
import { assumed, broken, fine, type Verdict } from '../../src/doctor/verdict.ts';
import type { Progress } from '../../src/practice/progress-file.ts';
import { steps as allSteps } from '../../src/steps/index.ts';
import { seatOf, withSudo } from '../../src/workshop/machine-check.ts';
import { seatLine, standingOf } from '../../src/workshop/machine-line.ts';
import { lab } from '../support/lab.ts';

const test = suite('the check of a seat');

const problem = {
  cause: 'AppArmor restricts this here, as it has since 23.10 (a setting (of its own) is 1). It is a pity.',
  remedy: 'sudo sysctl -w a.b=0 (holds until the next boot); or run the steps with sudo',
};
const around = { node: '22.1.0', cgroups: 'v2', standing: { passed: 3, of: 21, at: '1b' } };
const open = () => fine();

function factsOf(uid: number, noNewPrivs = false): Facts {
  const facts = readFacts();
  return { ...facts, uid, rights: { ...facts.rights, noNewPrivs } };
}

function lineFor(facts: Facts, asRoot: (step: number) => Verdict, rootless: (step: number) => Verdict): string {
  const steps = allSteps.map(
    ({ number, name }): Diagnosis => ({ step: number, name, asRoot: asRoot(number), rootless: rootless(number) }),
  );
  return seatLine(seatOf({ facts, steps }, 'sudo npm run workshop:check'), around, 0);
}

test('READY: every step runs in full', () => {
  const line = lineFor(factsOf(0), open, () => broken(problem));
  assert.is(line, 'READY  steps 0–13 as root · node 22.1 · cgroup v2 · exercises 3/21, at 1b');
});

test('PARTLY: an ordinary user is told how to ask again with sudo', () => {
  const rootless = (step: number) => (step < 6 ? fine() : fine(['No veth pair.']));
  assert.is(
    lineFor(factsOf(1000), () => assumed(fine()), rootless),
    'PARTLY  steps 0–5 rootless, 6–13 in part · node 22.1 · cgroup v2 · exercises 3/21, at 1b → sudo npm run workshop:check',
  );
  const nothing = (step: number) => (step === 0 ? fine() : broken(problem));
  assert.match(
    lineFor(factsOf(1000), () => assumed(fine()), nothing),
    /^PARTLY {2}step 0 rootless, not 1–13 · .*check$/,
  );
});

test('PARTLY: some steps do not run, and why', () => {
  const line = lineFor(factsOf(0), (step) => (step === 7 ? broken(problem) : fine()), open);
  assert.match(line, /^PARTLY {2}steps 0–6, 8–13 as root, not 7 · /);
  assert.ok(line.endsWith(' · AppArmor restricts this here, as it has since 23.10 → sudo sysctl -w a.b=0'), line);
});

test('PARTLY: what is left out is said where sudo has no effect', () => {
  const line = lineFor(factsOf(1000, true), open, (step) =>
    step < 6 ? fine() : fine(['No veth pair. Inside, lo is up.']),
  );
  assert.ok(line.endsWith(' · No veth pair'), line);
});

test('NOT READY: the cause, and the one command', () => {
  const nothing = (step: number) => (step === 0 ? fine() : broken(problem));
  const line = 'NOT READY: AppArmor restricts this here, as it has since 23.10 → sudo sysctl -w a.b=0';
  assert.is(lineFor(factsOf(0), nothing, open), line);
  assert.is(lineFor(factsOf(1000, true), open, nothing), line);
  assert.is(lineFor(factsOf(1000), nothing, nothing), line);
});

test('colours come with a level, and with nothing else', () => {
  const steps = [{ step: 0, name: 'clone', asRoot: fine(), rootless: fine() }];
  const seat = seatOf({ facts: factsOf(0), steps }, '');
  assert.ok(seatLine(seat, around, 1).startsWith('\x1b[1m\x1b[32mREADY\x1b['));
  assert.match(seatLine(seat, { ...around, standing: undefined }, 0), / · exercises \?$/);
  assert.match(seatLine(seat, { ...around, standing: { passed: 0, of: 21 } }, 0), / · exercises 0\/21$/);
});

test('where a learner is: what was passed of the exercises that there are, and the one touched last', () => {
  const ids = ['0a', '0b', '1a'];
  const standing = (exercises: Progress['exercises']) => standingOf({ version: 1, lessons: {}, exercises }, ids);
  assert.equal(standing({}), { passed: 0, of: 3 });
  assert.equal(standing({ '0a': { opened: '2025-01-03', passed: '2025-01-01' }, '0b': { passed: '2025-01-02' } }), {
    passed: 2,
    of: 3,
    at: '0a',
  });
  assert.equal(standing({ '0b': { started: '2025-01-01' }, gone: { passed: '2026-01-01' } }), {
    passed: 0,
    of: 3,
    at: '0b',
  });
});

test("sudo is handed PATH where npm is not in sudo's own folders", () => {
  assert.is(withSudo('x', '/usr/bin/node'), 'sudo npm run x');
  assert.is(withSudo('x', '/usr/local/bin/node'), 'sudo npm run x');
  assert.is(withSudo('x', '/home/me/.nvm/versions/node/v22.1.0/bin/node'), 'sudo env "PATH=$PATH" npm run x');
});

test('it is one line on standard output, whatever the machine', () => {
  const { status, stdout, stderr } = lab(['workshop:check'], {
    env: { XDG_STATE_HOME: '/nonexistent', NO_COLOR: '1' },
  });
  assert.match(stdout, /^(?:READY {2}|PARTLY {2}|NOT READY: ).+\n$/);
  assert.is(stderr, '');
  assert.is(status, stdout.startsWith('NOT READY') ? 1 : 0);
  assert.is(lab(['workshop:check', 'x']).status, 2);
});

test.run();
