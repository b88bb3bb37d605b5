/**
 * The same profile given to libseccomp, with which docker's and podman's runtimes
 * make their filters: for each call the two filters answer alike.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { compilerWords } from '../../native/build.mjs';
import { answerOf, compileFilter } from '../../src/seccomp/compile.ts';
import { type Architecture, AUDIT_ARCH, CALLS, NATIVE } from '../../src/seccomp/numbers.ts';
import type { Profile, Rule } from '../../src/seccomp/profile.ts';
import type { FilterInstruction } from '../../src/syscalls/identity.ts';
import { runFilter } from '../support/bpf.ts';
import { compilerMissing } from '../support/headers.ts';
import { callsFor, drawFrom, drawProfile, ENOSYS } from '../support/profiles.ts';

/** It needs the library alone, without its headers. Of each profile it prints the filter's bytes. */
const SOURCE = `
#define _GNU_SOURCE
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

struct scmp_arg_cmp { unsigned int arg; int op; uint64_t datum_a, datum_b; };
void *seccomp_init(uint32_t);
void seccomp_release(void *);
int seccomp_arch_add(void *, uint32_t);
int seccomp_syscall_resolve_name(const char *);
int seccomp_rule_add_array(void *, uint32_t, int, unsigned int, const struct scmp_arg_cmp *);
int seccomp_export_bpf(void *, int);

static int rule(void *filter)
{
	struct scmp_arg_cmp args[6];
	unsigned int action, count;
	char name[64];
	int number, result;

	if (scanf("%u %63s %u", &action, name, &count) != 3)
		return 1;
	for (unsigned int i = 0; i < count; i++)
		if (scanf("%u %d %" SCNu64 " %" SCNu64, &args[i].arg, &args[i].op, &args[i].datum_a, &args[i].datum_b) != 4)
			return 1;
	number = seccomp_syscall_resolve_name(name);
	if (number == -1)
		return 0;
	result = seccomp_rule_add_array(filter, action, number, count, args);
	/* A rule that says what is said anyway: runc leaves it out. */
	if (result == 0 || result == -EACCES || result == -EEXIST)
		return 0;
	fprintf(stderr, "%s: %s\\n", name, strerror(-result));
	return 1;
}

static int export_filter(void *filter)
{
	int fd = memfd_create("filter", 0);
	unsigned char byte;

	if (seccomp_export_bpf(filter, fd) != 0 || lseek(fd, 0, SEEK_SET) != 0)
		return 1;
	while (read(fd, &byte, 1) == 1)
		printf("%02x", byte);
	printf("\\n");
	close(fd);
	seccomp_release(filter);
	return 0;
}

int main(void)
{
	void *filter = NULL;
	unsigned int value;
	char word[16];
	int failed = 0;

	while (!failed && scanf("%15s", word) == 1) {
		if (strcmp(word, "default") == 0)
			failed = scanf("%u", &value) != 1 || (filter = seccomp_init(value)) == NULL;
		else if (strcmp(word, "arch") == 0)
			failed = scanf("%u", &value) != 1 || seccomp_arch_add(filter, value) != 0;
		else if (strcmp(word, "rule") == 0)
			failed = rule(filter);
		else
			failed = export_filter(filter);
	}
	return failed;
}
`;

const folder = mkdtempSync(join(tmpdir(), 'libseccomp-'));
const program = join(folder, 'program');

/** Whether there is a library to compare with: any program that knows of containers brings it. */
function librarySays(): string | undefined {
  if (compilerMissing()) return compilerMissing();
  const [compiler = '', ...first] = compilerWords();
  writeFileSync(`${program}.c`, SOURCE);
  const { status } = spawnSync(compiler, [...first, `${program}.c`, '-o', program, '-l:libseccomp.so.2']);
  return status === 0 ? undefined : 'needs libseccomp.so.2 (Debian: libseccomp2)';
}

const missing = librarySays();

/** The number of an operator in libseccomp's header. */
const OPERATOR = {
  SCMP_CMP_NE: 1,
  SCMP_CMP_LT: 2,
  SCMP_CMP_LE: 3,
  SCMP_CMP_EQ: 4,
  SCMP_CMP_GE: 5,
  SCMP_CMP_GT: 6,
  SCMP_CMP_MASKED_EQ: 7,
} as const;

/** What the program above is told of a profile, as runc tells it to the library. */
function words({ defaultAction, defaultErrnoRet, architectures = [], syscalls }: Profile): string {
  const rules = syscalls.flatMap(({ names, action, errnoRet, args = [] }) => {
    const isTwice = new Set(args.map(({ index }) => index)).size < args.length;
    const alternatives = isTwice ? args.map((one) => [one]) : [args];
    return alternatives.flatMap((tests) => {
      const text = tests.map(({ index, op, value, valueTwo }) => `${index} ${OPERATOR[op]} ${value} ${valueTwo}`);
      return names.map((name) => `rule ${answerOf(action, errnoRet)} ${name} ${tests.length} ${text.join(' ')}`);
    });
  });
  const others = architectures.includes('SCMP_ARCH_X86') ? [`arch ${AUDIT_ARCH.i386}`] : [];
  return [`default ${answerOf(defaultAction, defaultErrnoRet)}`, ...others, ...rules, 'export'].join('\n');
}

function filterOf(line: string): FilterInstruction[] {
  const bytes = Buffer.from(line, 'hex');
  return Array.from({ length: bytes.length / 8 }, (_, index) => ({
    code: bytes.readUInt16LE(index * 8),
    jumpTrue: bytes.readUInt8(index * 8 + 2),
    jumpFalse: bytes.readUInt8(index * 8 + 3),
    value: bytes.readUInt32LE(index * 8 + 4),
  }));
}

function filtersOfLibrary(profiles: readonly Profile[]): FilterInstruction[][] {
  const { status, stdout, stderr } = spawnSync(program, { input: profiles.map(words).join('\n'), encoding: 'utf8' });
  assert.is(status, 0, stderr);
  return stdout.trim().split('\n').map(filterOf);
}

const native = NATIVE[process.arch] ?? 'x86-64';

/** What is put into one call with others there, socketcall(2) and ipc(2), the library also looks for in those. */
const MULTIPLEXED = /^(accept|bind|connect|get(peername|sock)|listen|recv|send|setsockopt|shutdown|socket|msg|sem|shm)/;

/**
 * The same profile without what the library answers in ways of its own: two actions
 * for one call, what is on a condition, which docker decides before, and several
 * rules that order one argument: there libseccomp 2.5.4 lets the upper half of one
 * decide for another. Of `read` with its second argument <= 0x100000000 or
 * < 0x7fffffff it forgets 0xffffffff, say.
 */
function comparable(profile: Profile): Profile {
  const actions = new Map<string, number>();
  const tested = new Set<string>();
  const is386 = profile.architectures !== undefined;
  const syscalls = profile.syscalls.map((rule): Rule => {
    const answer = answerOf(rule.action, rule.errnoRet);
    const names = [...new Set(rule.names)].filter((name) => {
      if (is386 && MULTIPLEXED.test(name)) return false;
      if (rule.args && tested.has(name)) return false;
      if (rule.args) tested.add(name);
      const known = actions.get(name) ?? answer;
      actions.set(name, known);
      return known === answer;
    });
    const isOrdered = rule.args?.some(({ op }) => !['SCMP_CMP_EQ', 'SCMP_CMP_MASKED_EQ'].includes(op));
    // An argument has 32 bits there.
    const word = (value: bigint) => (is386 ? BigInt.asUintN(32, value) : value);
    const args = rule.args
      ?.filter(({ index }, at, all) => !isOrdered || all.findIndex((other) => other.index === index) === at)
      .map((one) => ({ ...one, value: word(one.value), valueTwo: word(one.valueTwo) }));
    const { includes, excludes, ...rest } = rule;
    return { ...rest, names, ...(args && { args }) };
  });
  return { ...profile, syscalls: syscalls.filter(({ names }) => names.length > 0) };
}

/** Old libraries know no newer calls. */
const NAMES = CALLS[native].names.filter((name) => (CALLS[native].numberOf(name) ?? 0) <= 334);

// A library for another machine than this is not to be had everywhere.
if (missing) console.log(`skipped: no comparison with libseccomp: ${missing}`);

(missing ? test.skip : test)(
  'libseccomp answers alike: 60 profiles drawn at random, each call and the corners of its arguments',
  () => {
    const drawn = Array.from({ length: 60 }, (_, seed) => comparable(drawProfile(drawFrom(seed), NAMES)));
    const filters = filtersOfLibrary(drawn);
    const surroundings = { machine: process.arch, capabilities: [], kernel: '6.1' };
    let made = 0;
    for (const [seed, profile] of drawn.entries()) {
      const own = compileFilter(profile, surroundings);
      const is386 = native === 'x86-64' && profile.architectures !== undefined;
      for (const architecture of Object.keys(AUDIT_ARCH) as Architecture[]) {
        for (const call of callsFor(profile, architecture, drawFrom(seed))) {
          // The kernel gives no more than 32 bits of an argument there.
          if (is386 && call.args?.some((word) => word >= 1n << 32n)) continue;
          const answer = runFilter(own, call).answer;
          // For what is newer than the profile runc puts instructions of its own before the library's.
          if (answer === ENOSYS) continue;
          made += 1;
          const theirs = runFilter(filters[seed] ?? [], call).answer;
          if (answer === theirs) continue;
          const args = call.args?.map((word) => `0x${word.toString(16)}`);
          assert.is(answer, theirs, `seed ${seed}: ${architecture} ${call.number} (${args})\n${words(profile)}`);
        }
      }
    }
    assert.ok(made > 50_000, String(made));
  },
);

test.after(() => rmSync(folder, { recursive: true }));

test.run();
