/** What the kit prints of a call, compared with what strace(1) prints of the same call. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { resultText } from '../../src/executor/text.ts';
import { close, openat, write } from '../../src/syscalls/files.ts';
import { CLONE_NEWIPC, CLONE_NEWUTS, O_CREAT, O_WRONLY } from '../../src/syscalls/flags.ts';
import { sethostname } from '../../src/syscalls/namespaces.ts';
import { execve, getpid } from '../../src/syscalls/processes.ts';
import { Driver } from '../support/driver.ts';
import { compilerMissing } from '../support/headers.ts';
import { loader, read, top } from '../support/lab.ts';
import { type Need, root, testWith } from '../support/needs.ts';

const TIMEOUT_MS = 60_000;

/** strace is there, and may trace: a container's seccomp filter can forbid it. */
const strace: Need = () => {
  const { status } = spawnSync('strace', ['-o', '/dev/null', 'true'], { timeout: TIMEOUT_MS });
  return status === 0 ? undefined : 'needs strace, and the right to use it';
};

const folder = mkdtempSync(join(tmpdir(), 'lab-strace-out-'));
test.after(() => rmSync(folder, { recursive: true, force: true }));

const names = [...read(join(top, 'native/calls.c')).matchAll(/^\tCALL\((\w+)\)/gm)].map(([, name]) => name);

/** Runs a command under strace, in namespaces of its own; gives its output, and strace's lines with their pid. */
function traced(command: readonly string[], trace = names.join(',')) {
  const file = join(folder, 'trace');
  const { status, stdout, stderr } = spawnSync(
    'unshare',
    ['-m', '-u', '-n', '-i', 'strace', '-f', '-s', '256', '-o', file, '-e', `trace=${trace}`, ...command],
    { cwd: top, encoding: 'utf8', timeout: TIMEOUT_MS },
  );
  assert.is(status, 0, stderr);
  return { stdout, lines: wholeCalls(readFileSync(file, 'utf8')) };
}

/** strace cuts a call in two where another process's line comes between: puts the halves together. */
function wholeCalls(output: string): { pid: number; text: string }[] {
  const begun = new Map<string, { pid: number; text: string }>();
  return output.split('\n').flatMap((line) => {
    const [, pid, text = ''] = /^(\d+)\s+(.*)$/.exec(line) ?? [];
    if (!pid || /^(---|\+\+\+)/.test(text)) return [];
    const [, rest] = /^<\.\.\. \w+ resumed>(.*)$/.exec(text) ?? [];
    const call = begun.get(pid);
    if (rest !== undefined && call) {
      call.text += rest;
      begun.delete(pid);
      return [];
    }
    const made = { pid: Number(pid), text: text.replace(/ ?<unfinished \.\.\.>$/, '') };
    if (made.text !== text) begun.set(pid, made);
    return [made];
  });
}

type Traced = ReturnType<typeof traced>;

/** What both say in the same words: flags sorted, and strace's ways to say "as usual" left out. */
function normalised(text: string): string {
  return (
    text
      .replace(/\s+= /, ' = ')
      .replace(/\b[A-Z][A-Z0-9_]+(?:\|[A-Z][A-Z0-9_]+)+/g, (set) => set.split('|').sort().join('|'))
      .replace(/\b0x[0-9a-f]+ (\/\* \d+ vars \*\/)/, '[$1]')
      .replace(/(\bSOCK_\w+(?:\|\w+)*), (?:IPPROTO_IP|NETLINK_ROUTE)\)/, '$1, 0)')
      .replace(', sin_port=htons(0)', '')
      .replace(/inet_addr\("([\d.]+)"\)/, '$1')
      .replace(/ attr_clr=0,| propagation=(?:0|MS_PRIVATE)( \/\*[^*]*\*\/)?,/g, '')
      // wait(2) and waitid(2) have two names for one flag.
      .replace('WSTOPPED', 'WUNTRACED')
      // Of no child there is no status, and the last one of Node's may be gone or not.
      .replace(/^wait4\(-1, (?:0x[0-9a-f]+|\[.*?\]), (.*) = .*$/, 'wait4(-1, …, $1')
      // A filter, or a program, it shows as an address, what a poll has found behind the result.
      .replace(/(filter|insns)=(?:0x[0-9a-f]+|NULL|\[\/\*.*?\*\/\])/, '$1=…')
      .replace(/^(ppoll\(.* = \d+) \(.*\)$/, '$1')
      // Too long a name strace shows as an address; of a failed question, it shows no answer.
      .replace(/^sethostname\((?:0x[0-9a-f]+|"x{65}"), /, 'sethostname(…, ')
      .replace(/(ifr_name="nothing"), ifr_ifindex=0/, '$1')
  );
}

/** Node wakes its other threads, now and then, from the one that makes the calls. */
const isNodes = (text: string) => /^(getpid\(\)|write\(\d+, "\\1(\\0){7}", 8\)) /.test(text);

/** Of a netlink message strace shows all, the kit what matters: everything around it is compared. */
function withoutMessage(text: string): string {
  return text.replace(
    /^(sendto|recvfrom)\((-?\d+), .*, (\d+, (?:0|MSG_DONTWAIT), NULL, (?:0|NULL)\) = )/,
    '$1($2, …, $3',
  );
}

testWith(test, [root, strace], 'every call reads as strace prints it', () => {
  const find = ({ lines }: Traced) => lines.find(({ text }) => text.startsWith('chdir("/the list begins")'));
  const command = [process.execPath, '--import', loader, 'test/support/strace-calls.ts'];
  // Seen once in thirty: a file of strace's without the beginning. Then there is nothing to compare with.
  let run = traced(command);
  for (let again = 0; again < 2 && !find(run); again++) run = traced(command);
  const { stdout, lines } = run;
  const begin = find(run);
  const made = lines.filter(({ pid }) => pid === begin?.pid).map(({ text }) => text);
  assert.ok(begin, `no beginning among ${lines.length} lines, the last: ${lines.at(-1)?.text}`);
  const ours = JSON.parse(stdout) as string[];
  const theirs = made.slice(
    made.findIndex((text) => text.startsWith('chdir("/the list begins")')) + 1,
    made.findIndex((text) => text.startsWith('chdir("/the list ends")')),
  );
  assert.equal(
    ours.filter((text) => !isNodes(text)).map((text) => withoutMessage(normalised(text))),
    theirs.filter((text) => !isNodes(text)).map((text) => withoutMessage(normalised(text))),
  );
  console.log(`${ours.length} calls compared`);

  // Of each kind of message, strace finds in the bytes what the kit says of them.
  const messages = (all: string[]) => all.filter((text) => text.startsWith('sendto('));
  messages(ours).forEach((text, index) => {
    const decoded = messages(theirs)[index] ?? '';
    // NLMSG_??? is an old strace's word for a request to make a link.
    if (decoded.includes('NLMSG_???')) {
      console.log(`not compared: this strace is too old to read the message of ${text}`);
      return;
    }
    for (const [word] of text.matchAll(/RTM_\w+|IFLA_(?:IFALIAS|IFNAME|NET_NS_PID)|"\w+"|ifi_index=\d+/g)) {
      assert.ok(decoded.includes(word), `${word} in ${decoded}`);
    }
  });
});

testWith(test, [root, strace], 'every call of the table, but those that no list can make here, is among them', () => {
  const helper = read(join(top, 'test/support/strace-calls.ts'));
  // call.ts has what changes calls, and no calls.
  const sources = readdirSync(join(top, 'src/syscalls'))
    .filter((name) => name !== 'call.ts')
    .map((name) => read(join(top, 'src/syscalls', name)))
    .join('\n');
  const examples = [...sources.matchAll(/^ {2}examples: \(\) => \[.*?\],\n/gms)].join('\n');
  const constructors = [...sources.matchAll(/^export function (\w+)\([^)]*\): Call \{/gm)].map(([, name]) => name);
  // clone is made by the executor; exit, handOver and waitForSignal never come back; ensureDirectory is a mkdir.
  const elsewhere = ['cloneCall', 'exit', 'handOver', 'waitForSignal', 'ensureDirectory'];
  const made = `${helper}\n${examples}`;
  assert.equal(
    constructors.filter((name) => !elsewhere.includes(name ?? '') && !new RegExp(`\\b${name}\\(`).test(made)),
    [],
    'give its definition an example, or make it in test/support/strace-calls.ts',
  );
  assert.ok(constructors.length > 60, 'the constructors were found');
});

testWith(test, [strace, compilerMissing], 'a write that comes back with EINTR is made again', () => {
  const driver = new Driver();
  try {
    const file = openat(join(folder, 'written'), O_WRONLY | O_CREAT, 0o600);
    const path = driver.pack([file, write(file, 'all of it'), close(file)]);
    // Of the driver's own writes, which print, the list's are the first.
    const inject = [
      '-f',
      '-o',
      join(folder, 'injected'),
      '-e',
      'trace=write',
      '-e',
      'inject=write:error=EINTR:when=1..3',
    ];
    const words = [...inject, ...driver.command('perform', path)];
    const { stdout, stderr } = spawnSync('strace', words, { encoding: 'utf8', timeout: TIMEOUT_MS });
    assert.is(read(join(folder, 'injected')).match(/= -1 EINTR .*INJECTED/g)?.length, 3, stderr);
    assert.match(stdout, 'result 1 9');
    assert.is(read(join(folder, 'written')), 'all of it');
  } finally {
    driver.remove();
  }
});

testWith(
  test,
  [root, strace, compilerMissing],
  'in a child: the list, in order, and nothing else that could be seen',
  () => {
    const driver = new Driver();
    try {
      const list = [getpid(), sethostname('inside'), execve('/bin/true', ['true'], ['A=1', 'B=2'])];
      const flags = String(CLONE_NEWUTS | CLONE_NEWIPC);
      // Without the calls that write events, which the sanitizers' test follows.
      const { stdout, lines } = traced(
        driver.command('spawn', driver.pack(list), flags, '0', '0', '1'),
        'getpid,sethostname,execve,clone',
      );
      const clone = lines.find(({ text }) => /clone\(.*CLONE_NEWUTS/.test(text));
      const child = Number(/= (\d+)$/.exec(clone?.text ?? '')?.[1] ?? lines.find(({ pid }) => pid !== clone?.pid)?.pid);
      assert.match(clone?.text ?? '', /CLONE_VM\|.*CLONE_NEWUTS\|CLONE_NEWIPC.*SIGCHLD/);
      assert.equal(
        lines
          .filter(({ pid }) => pid === child)
          .map(({ text }) => normalised(text).replace(/^(getpid\(\) = )\d+/, '$1N')),
        [
          'getpid() = N',
          `sethostname("inside", 6) ${resultText(0)}`,
          'execve("/bin/true", ["true"], [/* 2 vars */]) = 0',
        ],
      );
      assert.match(stdout, 'status 0');
    } finally {
      driver.remove();
    }
  },
);

test.run();
