/** The numbers of the system calls, compared with the C headers of this machine: none wrong, none forgotten. */
import { spawnSync } from 'node:child_process';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { compilerWords } from '../../native/build.mjs';
import { type Architecture, AUDIT_ARCH, CALLS, callNames, isCallName, NATIVE } from '../../src/seccomp/numbers.ts';
import { compareWithHeaders, compilerMissing } from '../support/headers.ts';
import { testWith } from '../support/needs.ts';

const native = NATIVE[process.arch] ?? 'x86-64';
/** The header that each is in: an x86-64 has those of 32 bits beside its own. */
const HEADERS: readonly (readonly [Architecture, string])[] =
  native === 'x86-64'
    ? [
        ['x86-64', 'asm/unistd_64.h'],
        ['i386', 'asm/unistd_32.h'],
      ]
    : [['arm64', 'asm/unistd.h']];

/** Since Linux 5.1 old headers can lack a call; two for probes were put into a gap, two are left out by some. */
const isYoung = (name: string, number: number) => number >= 424 || name === 'uretprobe' || name === 'uprobe';

for (const [architecture, header] of HEADERS) {
  testWith(test, [compilerMissing], `the calls of ${architecture}: as in <${header}>`, () => {
    const { names, numberOf } = CALLS[architecture];
    const macros = Object.fromEntries(names.map((name) => [`__NR_${name}`, numberOf(name) ?? -1]));
    const { different, missing } = compareWithHeaders([header], macros);
    assert.equal(different, []);
    const old = missing.filter((macro) => !isYoung(macro.slice('__NR_'.length), macros[macro] ?? 0));
    assert.equal(old, []);
  });

  testWith(test, [compilerMissing], `no call of <${header}> is forgotten`, () => {
    const [compiler = '', ...first] = compilerWords();
    const input = `#include <${header}>\n`;
    const { stdout } = spawnSync(compiler, [...first, '-E', '-dM', '-x', 'c', '-'], { input, encoding: 'utf8' });
    // A number of their own have these two that are no calls.
    const defined = [...stdout.matchAll(/^#define __NR_(\w+) /gm)]
      .map(([, name = '']) => name)
      .filter((name) => !['syscalls', 'arch_specific_syscall'].includes(name));
    assert.ok(defined.length > 280, String(defined.length));
    const forgotten = defined.filter((name) => CALLS[architecture].numberOf(name) === undefined);
    // Newer than Linux 6.18 may be what these headers have beyond the last.
    const last = Math.max(...CALLS[architecture].names.map((name) => CALLS[architecture].numberOf(name) ?? 0));
    const numbers = Object.fromEntries(forgotten.map((name) => [`__NR_${name} <= ${last}`, 0]));
    assert.equal(compareWithHeaders([header], {}, numbers).different, []);
  });
}

testWith(test, [compilerMissing], 'how a filter is told the architecture', () => {
  const names = { 'x86-64': 'X86_64', arm64: 'AARCH64', i386: 'I386' } as const;
  const macros = Object.entries(AUDIT_ARCH).map(([name, value]) => [
    `AUDIT_ARCH_${names[name as Architecture]}`,
    value,
  ]);
  assert.equal(compareWithHeaders(['linux/audit.h'], Object.fromEntries(macros)), { different: [], missing: [] });
});

test('a name stands for one number, and back', () => {
  for (const { names, numberOf, nameOf } of Object.values(CALLS)) {
    const numbers = names.map((name) => numberOf(name) ?? -1);
    assert.is(new Set(numbers).size, names.length);
    assert.equal(numbers.map(nameOf), names);
  }
  // From 424 on all have the same; memfd_secret and map_shadow_stack are everywhere by now.
  for (let number = 424; number < 470; number++) {
    assert.is(new Set(Object.values(CALLS).map(({ nameOf }) => nameOf(number))).size, 1, String(number));
  }
  assert.ok(isCallName('riscv_flush_icache') && !callNames().includes('riscv_flush_icache'));
  assert.not.ok(isCallName('opnat'));
});

test.run();
