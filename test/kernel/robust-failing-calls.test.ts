/** Every call of every step fails in turn: the right words, the right status, and nothing left. */
import { readdirSync } from 'node:fs';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { ensureImage } from '../../rootfs-builder/images.ts';
import { CallFailure } from '../../src/executor/failure.ts';
import type { RunOptions } from '../../src/lab/run.ts';
import { newOwnerName, OWNER_VARIABLE } from '../../src/leftovers/owner.ts';
import { failureStatus, runStep, type StepRun } from '../../src/run/run-step.ts';
import type { Mounts } from '../../src/settings/mounts.ts';
import { DEFAULTS, type Settings } from '../../src/settings/settings.ts';
import { steps } from '../../src/steps/index.ts';
import type { Call } from '../../src/syscalls/call.ts';
import { close } from '../../src/syscalls/files.ts';
import { execve } from '../../src/syscalls/processes.ts';
import { top } from '../support/lab.ts';
import { children, hostView, leftoversOf, linksOf, NONE, unmarkedLinks } from '../support/leftovers.ts';
import { root, testWith } from '../support/needs.ts';
import { parentCalls } from '../support/parent-calls.ts';
import { numbersOf } from '../support/steps.ts';

const self = new Set([process.pid]);
const program = (owner: string, path = '/bin/true') => [execve(path, ['true'], [`${OWNER_VARIABLE}=${owner}`])];

const MOUNTS: Mounts = [
  { type: 'tmpfs', destination: '/tmp' },
  { type: 'bind', source: top, destination: '/mnt', readonly: true },
];

/** Runs a step in this process; gives its status, or what it threw. */
async function run(
  number: number,
  options: Partial<StepRun> = {},
  settings: Partial<Settings> = {},
): Promise<number | Error> {
  const step = steps[number];
  if (!step) throw new Error(`no step ${number}`);
  const full = step.has.has('mounts');
  const image = step.has.has('image') ? { root: { path: await ensureImage('host'), readonly: full } } : {};
  const owner = newOwnerName();
  try {
    return await runStep({
      step,
      owner,
      settings: { ...DEFAULTS, ...image, ...(full && { mounts: MOUNTS }), ...settings },
      program: program(owner),
      ...options,
    });
  } catch (error) {
    return error as Error;
  }
}

const fds = () => readdirSync('/proc/self/fd').length;

/** Nothing of a run may be left, be it on the host or in this process. */
function nothingIsLeft(what: string): void {
  assert.equal(children(), [], `${what}: children`);
  assert.equal(linksOf(self), [], `${what}: links`);
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT', 'SIGCHLD']) {
    assert.is(process.listenerCount(signal), 0, `${what}: ${signal}`);
  }
}

/** How many calls the child of a step makes. */
async function lengthOf(number: number): Promise<number> {
  let length = 0;
  const count: RunOptions['revise'] = (list) => {
    length = list.length;
    return list;
  };
  assert.is(await run(number, { revise: count }), 0);
  return length;
}

const inserted = (list: readonly Call[], at: number, call: Call) => [...list.slice(0, at), call, ...list.slice(at)];

for (const number of numbersOf('uts')) {
  testWith(test, [root], `step ${number}: each call of the child fails in turn`, async () => {
    const before = hostView();
    const length = await lengthOf(number);
    for (let at = 0; at < length; at++) {
      const error = await run(number, { revise: (list) => inserted(list, at, close(-1)) });
      assert.instance(error, CallFailure, `call ${at + 1}`);
      assert.is(
        (error as CallFailure).message,
        `child call ${at + 1} of ${length + 1} failed:\n` +
          '  close(-1) = -1 EBADF (Bad file descriptor)\n' +
          '  See close(2), ERRORS.',
      );
      assert.is(failureStatus(error), 125);
      nothingIsLeft(`call ${at + 1}`);
    }
    assert.equal(leftoversOf(self), NONE);
    assert.is(hostView(), before);
    console.log(`step ${number}: ${length} places`);
  });

  testWith(test, [root], `step ${number}: a program that is not there is 127, one that cannot run is 126`, async () => {
    for (const [path, errno, status] of [
      ['/no/such/program', 'ENOENT', 127],
      ['/etc/passwd', 'EACCES', 126],
      ['/', 'EACCES', 126],
    ] as const) {
      const error = await run(number, { program: program('a test', path) });
      assert.instance(error, CallFailure);
      assert.equal([(error as CallFailure).errno, failureStatus(error)], [errno, status]);
      assert.match((error as Error).message, `execve("${path}", ["true"], [/* 1 vars */]) = -1 ${errno}`);
      nothingIsLeft(path);
    }
  });
}

class Injected extends Error {}

/** Lets the parent stumble before or after its call number `at`. */
function stumble(at: number, moment: 'before' | 'after') {
  let stumbled = false; // cleaning up makes calls, too
  return {
    observer: parentCalls((when, index, name) => {
      if (stumbled || when !== moment || index !== at) return;
      stumbled = true;
      throw new Injected(`${when} ${name}, call ${index + 1}`);
    }),
  };
}

/** How many calls the parent makes. */
async function parentLength(number: number): Promise<number> {
  let total = 0;
  const observer = parentCalls((_, index) => {
    total = index + 1;
  });
  assert.is(await run(number, { observer }, LIMITS), 0);
  return total;
}

const LIMITS = { resources: { pids: 100 } };

for (const number of numbersOf('uts')) {
  testWith(test, [root], `step ${number}: the parent stumbles at each of its calls in turn`, async () => {
    const before = hostView();
    const unmarked = unmarkedLinks();
    const total = await parentLength(number);
    for (const when of ['before', 'after'] as const) {
      for (let at = 0; at < total; at++) {
        const error = await run(number, stumble(at, when), LIMITS);
        // The last calls are those of the clean-up itself.
        const cause = error instanceof AggregateError ? error.errors[0] : error;
        assert.instance(cause, Injected, `${when} call ${at + 1}`);
        nothingIsLeft(`${when} call ${at + 1}`);
        assert.equal(unmarkedLinks(), unmarked, `${when} call ${at + 1}: a link that is not marked yet`);
      }
    }
    assert.equal(leftoversOf(self), NONE);
    assert.is(hostView(), before);
    console.log(`step ${number}: ${total} places`);
  });
}

testWith(test, [root], 'what the kernel itself refuses: the words, the advice, and nothing left', async () => {
  const cases: [number, Partial<Settings>, RegExp][] = [
    [
      1,
      { hostname: 'x'.repeat(65) },
      /^child call 1 of 2 failed:\n {2}sethostname\("x{65}", 65\) = -1 EINVAL \(Invalid argument\)\n {2}A host name has at most 64 bytes\.$/,
    ],
    [
      5,
      { users: { uidMappings: [{ inside: 5, outside: 100_000, count: 1 }] } },
      /^child call \d+ of \d+ failed:\n {2}setresuid\(0, 0, 0\) = -1 EINVAL .*\n {2}This id has no line in the user namespace’s map\.$/,
    ],
    [
      5,
      {
        users: {
          uidMappings: [
            { inside: 0, outside: 0, count: 1 },
            { inside: 0, outside: 5, count: 1 },
          ],
        },
      },
      /^parent call \d+ of \d+ failed:\n {2}write\(<\/proc\/\d+\/uid_map>, "0 0 1\\n0 5 1\\n", \d+\) = -1 EINVAL .*\n {2}The kernel does not accept this value\.$/,
    ],
    [8, { root: { path: '/proc/nowhere' } }, /ENOENT/],
  ];
  const before = hostView();
  for (const [number, settings, words] of cases) {
    const error = await run(number, {}, settings);
    assert.instance(error, Error, words.source);
    assert.match((error as Error).message, words);
    assert.is(failureStatus(error), 125);
    nothingIsLeft(words.source);
  }
  assert.equal(leftoversOf(self), NONE);
  assert.is(hostView(), before);
});

/** The checkpoint's two ends stay open where a run fails before the release; its process ends then. */
const CHECKPOINT = 2;

testWith(test, [root], 'a run that fails leaves no descriptor open, but the checkpoint', async () => {
  await run(8);
  for (const number of [2, 6, 8, 9]) {
    const count = fds();
    await run(number, { revise: (list) => inserted(list, list.length - 1, close(-1)) });
    assert.is(fds(), count, `step ${number}, the last call of the child`);
    await run(number, stumble(3, 'before'), LIMITS);
    assert.ok(fds() <= count + CHECKPOINT, `step ${number}, the parent's fourth call`);
  }
});

test.run();
