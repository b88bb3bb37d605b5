/** Profiles read from JSON, and what is said of those that are none; the default profile; a filter as text. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { compileFilter } from '../../src/seccomp/compile.ts';
import { ALLOWED, DEFAULT_PROFILE, REFUSED, WITH_CAPABILITY } from '../../src/seccomp/default-profile.ts';
import { disassemble } from '../../src/seccomp/disassemble.ts';
import { AUDIT_ARCH, callNames } from '../../src/seccomp/numbers.ts';
import { parseProfile, readProfile } from '../../src/seccomp/profile.ts';
import { CAP, type Capability } from '../../src/syscalls/flags.ts';
import { runFilter } from '../support/bpf.ts';

const SURROUNDINGS = { machine: 'x64', capabilities: [], kernel: '6.1.0' } as const;

test('a profile has all the fields that docker and config.json have', () => {
  const text = `{
    "defaultAction": "SCMP_ACT_ERRNO", "defaultErrnoRet": 38, "comment": "for a test", "listenerPath": "",
    "archMap": [{ "architecture": "SCMP_ARCH_X86_64", "subArchitectures": ["SCMP_ARCH_X86"] },
                { "architecture": "SCMP_ARCH_RISCV64", "subArchitectures": null }],
    "flags": ["SECCOMP_FILTER_FLAG_LOG"],
    "syscalls": [
      { "names": ["read", "riscv_flush_icache"], "action": "SCMP_ACT_ALLOW", "args": null, "comment": "" },
      { "name": "mount", "action": "SCMP_ACT_ERRNO", "errnoRet": 0,
        "args": [{ "index": 3, "value": 18446744073709551615, "valueTwo": 9007199254740993, "op": "SCMP_CMP_MASKED_EQ" }],
        "includes": { "caps": ["CAP_SYS_ADMIN"], "arches": ["amd64"], "minKernel": "4.8" }, "excludes": {} }
    ]
  }`;
  const profile = parseProfile(text, 'a.json');
  assert.is(profile.defaultErrnoRet, 38);
  assert.equal(profile.flags, ['SECCOMP_FILTER_FLAG_LOG']);
  assert.equal(
    profile.archMap?.map(({ subArchitectures }) => subArchitectures),
    [['SCMP_ARCH_X86'], []],
  );
  const [read, mount] = profile.syscalls;
  assert.equal(read?.names, ['read', 'riscv_flush_icache']);
  assert.is(read?.args, undefined);
  assert.equal(mount?.names, ['mount']);
  assert.equal(mount?.args, [{ index: 3, op: 'SCMP_CMP_MASKED_EQ', value: 2n ** 64n - 1n, valueTwo: 2n ** 53n + 1n }]);
  assert.equal(mount?.includes, { caps: ['CAP_SYS_ADMIN'], arches: ['amd64'], minKernel: '4.8' });
});

const RULE = { names: ['read'], action: 'SCMP_ACT_ALLOW' };
const rule = (change: object) => ({ defaultAction: 'SCMP_ACT_ALLOW', syscalls: [RULE, { ...RULE, ...change }] });
const argument = (change: object) => rule({ args: [{ index: 0, value: 1, op: 'SCMP_CMP_EQ', ...change }] });

const MISTAKES: readonly (readonly [unknown, string])[] = [
  [null, 'a.json: null is no object, { … }.'],
  [[], 'a.json: [] is no object, { … }.'],
  [
    {},
    'a.json: defaultAction: nothing is no action. It is one of: SCMP_ACT_KILL, SCMP_ACT_KILL_THREAD, SCMP_ACT_KILL_PROCESS, SCMP_ACT_TRAP, SCMP_ACT_ERRNO, SCMP_ACT_TRACE, SCMP_ACT_LOG, SCMP_ACT_ALLOW.',
  ],
  [
    { defaultAction: 'SCMP_ACT_ALOW' },
    'a.json: defaultAction: "SCMP_ACT_ALOW" is no action. Did you mean SCMP_ACT_ALLOW?',
  ],
  [
    { defaultAction: 'SCMP_ACT_NOTIFY' },
    'a.json: defaultAction: SCMP_ACT_NOTIFY asks another program, and the kit has none. Choose another action.',
  ],
  [
    { defaultAction: 'SCMP_ACT_ALLOW', syscals: [] },
    'a.json: the field "syscals" is not known. Did you mean syscalls?',
  ],
  [
    { defaultAction: 'SCMP_ACT_ALLOW', listenerPath: '/s' },
    'a.json: listenerPath names a program to ask, and the kit asks none. Take it out.',
  ],
  [{ defaultAction: 'SCMP_ACT_ALLOW', syscalls: {} }, 'a.json: syscalls: {} is no list.'],
  [
    { defaultAction: 'SCMP_ACT_ALLOW', defaultErrnoRet: 4096 },
    'a.json: defaultErrnoRet: 4096 is no whole number from 0 to 4095.',
  ],
  [{ defaultAction: 'SCMP_ACT_ALLOW', architectures: ['X86'] }, 'a.json: architectures[0]: "X86" is no architecture.'],
  [
    { defaultAction: 'SCMP_ACT_ALLOW', flags: ['SECCOMP_FILTER_FLAG_LOGS'] },
    'a.json: flags[0]: "SECCOMP_FILTER_FLAG_LOGS" is no flag. Did you mean SECCOMP_FILTER_FLAG_LOG?',
  ],
  [
    rule({ names: ['opnat'] }),
    'a.json: syscalls[1].names[0]: "opnat" is no system call that the kit knows. Did you mean openat? If it is newer than the kit, leave it out: what no rule names gets the default action.',
  ],
  [rule({ names: undefined }), 'a.json: syscalls[1].names: nothing is no list.'],
  [rule({ names: [7] }), 'a.json: syscalls[1].names[0]: 7 is no text.'],
  [
    rule({ arguments: [] }),
    'a.json: syscalls[1]: the field "arguments" is not known. Known are: names, name, action, errnoRet, args, includes, excludes, comment.',
  ],
  [rule({ errnoRet: -1 }), 'a.json: syscalls[1].errnoRet: -1 is no whole number from 0 to 4095.'],
  [
    rule({ includes: { caps: ['CAP_SYS_ADMN'] } }),
    'a.json: syscalls[1].includes.caps[0]: "CAP_SYS_ADMN" is no capability. Did you mean CAP_SYS_ADMIN?',
  ],
  [rule({ excludes: { minKernel: 5 } }), 'a.json: syscalls[1].excludes.minKernel: 5 is no text.'],
  [
    rule({ excludes: { minKernel: '5' } }),
    'a.json: syscalls[1].excludes.minKernel: "5" is no version of a kernel, such as "4.8".',
  ],
  [argument({ index: 6 }), 'a.json: syscalls[1].args[0].index: 6 is no whole number from 0 to 5.'],
  [
    argument({ value: 1.5 }),
    'a.json: syscalls[1].args[0].value: 1.5 is no whole number from 0 to 18446744073709551615.',
  ],
  [
    argument({ value: 2 ** 53 }),
    'a.json: syscalls[1].args[0].value: 9007199254740992 is no whole number from 0 to 18446744073709551615.',
  ],
  [
    argument({ value: '18446744073709551616' }),
    'a.json: syscalls[1].args[0].value: "18446744073709551616" is no whole number from 0 to 18446744073709551615.',
  ],
  [
    argument({ op: 'SCMP_CMP_EQUAL' }),
    'a.json: syscalls[1].args[0].op: "SCMP_CMP_EQUAL" is no operator. Did you mean SCMP_CMP_EQ?',
  ],
];

test('what is no profile gets one line that says where, what, and what to do', () => {
  for (const [value, message] of MISTAKES) {
    try {
      readProfile(value, 'a.json');
      assert.unreachable(message);
    } catch (error) {
      assert.is((error as Error).message, message);
    }
  }
  assert.throws(
    () => parseProfile('{"defaultAction": ', 'a.json'),
    /^UsageError: a.json is no JSON: |^a.json is no JSON: /,
  );
  assert.throws(() => parseProfile(' '.repeat(1024 * 1024 + 1), 'a.json'), 'a.json has more than 1024 KiB');
});

test('a profile that was written as a value is looked at, too, and is not changed by that', () => {
  const wrong = {
    defaultAction: 'SCMP_ACT_ALLOW',
    syscalls: [{ names: ['sokcet'], action: 'SCMP_ACT_ERRNO' }],
  } as const;
  assert.throws(
    () => compileFilter(wrong, SURROUNDINGS),
    'The profile: syscalls[0].names[0]: "sokcet" is no system call that the kit knows. Did you mean socket?',
  );
  const args = [{ index: 0, op: 'SCMP_CMP_EQ', value: -1n, valueTwo: 0n }] as const;
  const negative = { ...wrong, syscalls: [{ ...wrong.syscalls[0], names: ['read'], args }] };
  assert.throws(() => compileFilter(negative, SURROUNDINGS), 'The profile: syscalls[0].args[0].value: -1 is no whole');
  assert.equal(
    JSON.stringify(readProfile(DEFAULT_PROFILE, 'default'), asText),
    JSON.stringify(DEFAULT_PROFILE, asText),
  );
});

const asText = (_: string, value: unknown) => (typeof value === 'bigint' ? `${value}` : value);

test('in the default profile each call is allowed, behind a capability, or refused with a reason', () => {
  const groups = [...Object.values(ALLOWED), ...Object.values(REFUSED)].map((text) => text.trim().split(/\s+/));
  const special = ['clone', 'clone3', 'socket', 'personality'];
  const twice = groups.flat().filter((name, index, all) => all.indexOf(name) !== index);
  assert.equal(twice, []);
  const behind = WITH_CAPABILITY.flatMap(([, names]) => names.trim().split(/\s+/));
  assert.equal(
    groups.flat().filter((name) => behind.includes(name)),
    [],
  );
  const known = new Set([...groups.flat(), ...behind, ...special]);
  assert.equal(
    callNames().filter((name) => !known.has(name)),
    [],
  );
  assert.equal(
    [...known].filter((name) => !callNames().includes(name)),
    [],
  );
});

test('in the default profile nobody opens a socket to the machine below, whatever stands in the upper half', () => {
  const filter = compileFilter(DEFAULT_PROFILE, { ...SURROUNDINGS, capabilities: Object.keys(CAP) as Capability[] });
  const answer = (family: bigint) =>
    runFilter(filter, { architecture: AUDIT_ARCH['x86-64'], number: 41, args: [family] }).answer;
  assert.equal([answer(2n), answer(40n), answer((1n << 32n) + 40n)], [0x7fff0000, 0x50001, 0x50001]);
});

test('the default profile can be written as JSON, and read again', () => {
  const text = JSON.stringify(DEFAULT_PROFILE, (_, value) => (typeof value === 'bigint' ? Number(value) : value));
  const filter = (profile: typeof DEFAULT_PROFILE) => compileFilter(profile, SURROUNDINGS);
  assert.equal(filter(parseProfile(text, 'default')), filter(DEFAULT_PROFILE));
});

const TEXT = `
 0  load the architecture
 1  if == x86-64 go to 2, else to 24 (KILL_THREAD)
 2  load the number of the call
 3  if >= 0x40000000 (x32) go to 4, else to 5
 4  if == 0xffffffff go to 22 (ERRNO | EPERM), else to 24 (KILL_THREAD)
 5  if >= 56 (clone) go to 9, else to 6
 6  if >= 41 (socket) go to 8, else to 7
 7  if >= 1 (write) go to 22 (ERRNO | EPERM), else to 20 (ALLOW)
 8  if >= 42 (connect) go to 22 (ERRNO | EPERM), else to 12
 9  if >= 231 (exit_group) go to 11, else to 10
10  if >= 57 (fork) go to 22 (ERRNO | EPERM), else to 17
11  if >= 232 (epoll_wait) go to 23 (ERRNO | ENOSYS), else to 20 (ALLOW)
12  load argument 0 of socket, its upper half
13  if > 0 go to 21 (KILL_PROCESS), else to 14
14  if == 0 go to 15, else to 22 (ERRNO | EPERM)
15  load argument 0 of socket, its lower half
16  if >= 16 (AF_NETLINK) go to 21 (KILL_PROCESS), else to 22 (ERRNO | EPERM)
17  load argument 0 of clone, its lower half
18  keep of it CLONE_NEWUTS|CLONE_NEWIPC|CLONE_NEWPID|CLONE_NEWNS|CLONE_NEWUSER|CLONE_NEWNET|CLONE_NEWCGROUP
19  if == 0 go to 20 (ALLOW), else to 22 (ERRNO | EPERM)
20  answer SECCOMP_RET_ALLOW
21  answer SECCOMP_RET_KILL_PROCESS
22  answer SECCOMP_RET_ERRNO | EPERM
23  answer SECCOMP_RET_ERRNO | ENOSYS
24  answer SECCOMP_RET_KILL_THREAD`;

test('a filter as text', () => {
  const filter = compileFilter(
    readProfile(
      {
        defaultAction: 'SCMP_ACT_ERRNO',
        syscalls: [
          { names: ['read', 'exit_group'], action: 'SCMP_ACT_ALLOW' },
          {
            names: ['clone'],
            action: 'SCMP_ACT_ALLOW',
            args: [{ index: 0, value: 0x7e020000, op: 'SCMP_CMP_MASKED_EQ' }],
          },
          { names: ['socket'], action: 'SCMP_ACT_KILL_PROCESS', args: [{ index: 0, value: 16, op: 'SCMP_CMP_GE' }] },
        ],
      },
      'a.json',
    ),
    SURROUNDINGS,
  );
  assert.is(`\n${disassemble(filter).join('\n')}`, TEXT);
});

test.run();
