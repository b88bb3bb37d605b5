/** From a profile to a filter: run for every call, and compared with what the profile says, and with libseccomp. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { assemble, type Line } from '../../src/seccomp/bpf.ts';
import { compileFilter, type Surroundings } from '../../src/seccomp/compile.ts';
import { DEFAULT_PROFILE } from '../../src/seccomp/default-profile.ts';
import { type Architecture, AUDIT_ARCH, CALLS } from '../../src/seccomp/numbers.ts';
import type { Profile } from '../../src/seccomp/profile.ts';
import type { Capability } from '../../src/syscalls/flags.ts';
import { runFilter } from '../support/bpf.ts';
import { callsFor, drawFrom, drawProfile, evaluator } from '../support/profiles.ts';

const ARCHITECTURES = Object.keys(AUDIT_ARCH) as Architecture[];
const MACHINES = ['x64', 'arm64'] as const;
const NAMES = ARCHITECTURES.flatMap((architecture) => CALLS[architecture].names);

function surroundings(machine: string, capabilities: readonly Capability[] = [], kernel = '5.15.0'): Surroundings {
  return { machine, capabilities, kernel };
}

/** Runs the filter of a profile for all that it may be mistaken about. Returns how many calls that were. */
function compareAll(profile: Profile, around: Surroundings, seed: number): number {
  const filter = compileFilter(profile, around);
  const ask = evaluator(profile, around);
  let made = 0;
  for (const architecture of ARCHITECTURES) {
    for (const call of callsFor(profile, architecture, drawFrom(seed))) {
      made += 1;
      const [is, ought] = [runFilter(filter, call).answer, ask(call)];
      if (is === ought) continue;
      const args = call.args?.map((word) => `0x${word.toString(16)}`);
      assert.is(is, ought, `seed ${seed}, ${around.machine}: ${architecture} ${call.number} (${args})`);
    }
  }
  return made;
}

test('whatever the profile says, the filter says: 50 drawn at random, each call and the corners of its arguments', () => {
  let made = 0;
  for (let seed = 1; seed <= 50; seed++) {
    const draw = drawFrom(seed);
    const capabilities: Capability[] = draw(2) === 0 ? ['CAP_SYS_ADMIN'] : [];
    const machine = MACHINES[seed % 2] ?? 'x64';
    made += compareAll(drawProfile(draw, NAMES), surroundings(machine, capabilities), seed);
  }
  assert.ok(made > 100_000, String(made));
});

test('the default profile, with capabilities and without', () => {
  const sets: Capability[][] = [[], ['CAP_SYS_ADMIN'], ['CAP_SYS_ADMIN', 'CAP_SYS_TIME', 'CAP_BPF', 'CAP_SYS_PTRACE']];
  for (const machine of MACHINES) {
    for (const capabilities of sets) compareAll(DEFAULT_PROFILE, surroundings(machine, capabilities), 1);
    compareAll(DEFAULT_PROFILE, surroundings(machine, [], '4.7.9-old'), 1);
  }
});

test('a common call costs few instructions, however many calls there are', () => {
  for (const machine of MACHINES) {
    const filter = compileFilter(DEFAULT_PROFILE, surroundings(machine));
    const architecture = machine === 'x64' ? 'x86-64' : 'arm64';
    for (const name of CALLS[architecture].names.filter((call) => !['socket', 'clone', 'personality'].includes(call))) {
      const number = CALLS[architecture].numberOf(name) ?? -1;
      const { steps } = runFilter(filter, { architecture: AUDIT_ARCH[architecture], number });
      assert.ok(steps <= 13, `${machine} ${name}: ${steps}`);
    }
  }
});

const X64 = AUDIT_ARCH['x86-64'];
const ALLOW = 0x7fff0000;
const EPERM = 0x50001;

function profileOf(...syscalls: Profile['syscalls']): Profile {
  return { defaultAction: 'SCMP_ACT_ERRNO', syscalls };
}

test('the first rule that fits counts; two tests of one argument are alternatives', () => {
  const test = (value: bigint) => ({ index: 1, op: 'SCMP_CMP_EQ', value, valueTwo: 0n }) as const;
  const filter = compileFilter(
    profileOf(
      { names: ['write'], action: 'SCMP_ACT_KILL_PROCESS', args: [test(7n)] },
      { names: ['write', 'read'], action: 'SCMP_ACT_ALLOW' },
      { names: ['read'], action: 'SCMP_ACT_TRAP' },
      { names: ['close'], action: 'SCMP_ACT_ALLOW', args: [test(1n), test(2n)] },
    ),
    surroundings('x64'),
  );
  const answer = (number: number, ...args: bigint[]) => runFilter(filter, { architecture: X64, number, args }).answer;
  assert.equal([answer(1, 0n, 7n), answer(1, 7n), answer(0)], [0x80000000, ALLOW, ALLOW]);
  assert.equal([answer(3, 0n, 1n), answer(3, 0n, 2n), answer(3, 0n, 3n)], [ALLOW, ALLOW, EPERM]);
});

test('a call newer than the profile fails with ENOSYS, unless the profile lets through what it does not name', () => {
  const rule = { names: ['openat2'], action: 'SCMP_ACT_ALLOW' } as const;
  const answer = (profile: Profile, number: number) =>
    runFilter(compileFilter(profile, surroundings('x64')), { architecture: X64, number }).answer;
  assert.equal([answer(profileOf(rule), 436), answer(profileOf(rule), 438)], [EPERM, 0x50026]);
  const conditional = { ...rule, includes: { caps: ['CAP_BPF'] } } as const;
  assert.equal([answer(profileOf(conditional), 437), answer(profileOf(conditional), 438)], [EPERM, 0x50026]);
  for (const [defaultAction, given] of [
    ['SCMP_ACT_ALLOW', ALLOW],
    ['SCMP_ACT_LOG', 0x7ffc0000],
  ] as const) {
    assert.is(answer({ defaultAction, syscalls: [rule] }, 438), given);
  }
  assert.is(answer({ defaultAction: 'SCMP_ACT_KILL_PROCESS', syscalls: [rule] }, 438), 0x50026);
});

test('a profile for more than the kernel takes, or for a machine without numbers, is refused', () => {
  const names = CALLS['x86-64'].names;
  const args = Array.from(
    { length: 4 },
    (_, index) => ({ index, op: 'SCMP_CMP_GT', value: 1n, valueTwo: 0n }) as const,
  );
  assert.throws(
    () => compileFilter(profileOf({ names, action: 'SCMP_ACT_ALLOW', args }), surroundings('x64')),
    /makes a filter of \d+ instructions, and the kernel takes 4096: compare fewer arguments/,
  );
  // Longer than any jump of one byte, and short enough.
  compareAll(profileOf({ names, action: 'SCMP_ACT_ALLOW', args: args.slice(0, 1) }), surroundings('x64'), 1);
  assert.throws(() => compileFilter(profileOf(), surroundings('riscv64')), /calls of riscv64 are not known/);
});

test('jumps of any distance arrive, also two that are far at once', () => {
  for (const distance of [1, 100, 250, 251, 252, 253, 254, 255, 256, 257, 300, 1000]) {
    for (const other of [1, 253, 254, 255, 256]) {
      const between = (count: number) => Array.from({ length: count }, (): Line => ({ load: 0 }));
      const lines: Line[] = [
        { load: 0 },
        { if: '==', value: 5, yes: 'five', no: 'other' },
        ...between(distance),
        { label: 'five' },
        { give: 55 },
        ...between(other),
        { label: 'other' },
        { give: 66 },
      ];
      const answer = (number: number) => runFilter(assemble(lines), { architecture: 0, number }).answer;
      assert.equal([answer(5), answer(6)], [55, 66], `${distance}, ${other}`);
    }
  }
  assert.throws(() => assemble([{ label: 'above' }, { load: 0 }, { go: 'above' }]), /has the label/);
});

test.run();
