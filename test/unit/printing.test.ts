/** How calls, results and failures are put into words. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { CallFailure } from '../../src/executor/failure.ts';
import { callText, listTexts, requestText, resultText } from '../../src/executor/text.ts';
import { atLeast, type Call, defineCall, type Out } from '../../src/syscalls/call.ts';
import { awaitInput, sendDescriptor } from '../../src/syscalls/descriptors.ts';
import { errnoName, errnoNumber } from '../../src/syscalls/errno.ts';
import { chdir, close, mkdir, openat, read, rmdir, write } from '../../src/syscalls/files.ts';
import {
  CLONE,
  CLONE_NEWNS,
  CLONE_NEWPID,
  CLONE_NEWUTS,
  MS,
  O_CREAT,
  O_DIRECTORY,
  O_PATH,
  O_RDONLY,
  O_RDWR,
  O_WRONLY,
} from '../../src/syscalls/flags.ts';
import { mapMountIds, mount, umount } from '../../src/syscalls/mounts.ts';
import { sethostname, setns } from '../../src/syscalls/namespaces.ts';
import { netlinkSocket } from '../../src/syscalls/network.ts';
import {
  becomeSubreaper,
  cloneCall,
  execve,
  handOver,
  kill,
  wait4,
  waitStatusText,
} from '../../src/syscalls/processes.ts';
import { flagText, quoted } from '../../src/syscalls/show.ts';

const failureText = (call: Call, result: number, index = 1, total = 3) =>
  new CallFailure({ side: 'child', call, index, total, result }).message;

test('quoting: what has a letter of its own, what is octal', () => {
  const cases: [string, string][] = [
    ['plain text', '"plain text"'],
    ['a"b\\c', '"a\\"b\\\\c"'],
    ['line\n\ttab\r', '"line\\n\\ttab\\r"'],
    ['\x00\x1b\x7f', '"\\0\\33\\177"'],
    ['\v\f', '"\\v\\f"'],
    ['ä€😀', '"\\303\\244\\342\\202\\254\\360\\237\\230\\200"'],
    ['', '""'],
  ];
  for (const [text, expected] of cases) assert.is(quoted(text), expected);
});

test('quoting: an octal escape before a digit has three digits, or the digit would belong to it', () => {
  assert.is(quoted('\x011'), '"\\0011"');
  assert.is(quoted('\x1b[0m'), '"\\33[0m"');
});

test('quoting: 256 bytes are shown, the rest is dots', () => {
  assert.is(quoted('x'.repeat(256)), `"${'x'.repeat(256)}"`);
  assert.is(quoted('x'.repeat(257)), `"${'x'.repeat(256)}"...`);
});

test('flags: by name, in the order of the set, and what has no name in hexadecimal', () => {
  const cases: [number, Readonly<Record<string, number>>, string][] = [
    [CLONE_NEWPID | CLONE_NEWUTS | CLONE_NEWNS, CLONE, 'CLONE_NEWUTS|CLONE_NEWPID|CLONE_NEWNS'],
    [MS.MS_REC | MS.MS_PRIVATE, MS, 'MS_REC|MS_PRIVATE'],
    [MS.MS_BIND | (1 << 30), MS, 'MS_BIND|0x40000000'],
    [1 << 31, MS, '0x80000000'],
    [0x40, {}, '0x40'],
    [0, MS, '0'],
    [0, { NONE: 0, A: 1 }, 'NONE'],
    [3, { A: 1, B: 2, BOTH: 3 }, 'BOTH'],
  ];
  for (const [value, names, expected] of cases) assert.is(flagText(value, names), expected);
});

test('openat: reading is said, although no bit says so', () => {
  const cases: [Call, string][] = [
    [openat('/x', O_RDONLY), 'openat(AT_FDCWD, "/x", O_RDONLY|O_CLOEXEC)'],
    [openat('/x', O_WRONLY), 'openat(AT_FDCWD, "/x", O_WRONLY|O_CLOEXEC)'],
    [openat('/x', O_RDWR | O_CREAT, 0o644), 'openat(AT_FDCWD, "/x", O_RDWR|O_CREAT|O_CLOEXEC, 0644)'],
    [openat('/x', O_PATH | O_DIRECTORY), 'openat(AT_FDCWD, "/x", O_RDONLY|O_DIRECTORY|O_CLOEXEC|O_PATH)'],
    [openat('x', O_RDONLY, 0, 7), 'openat(7, "x", O_RDONLY|O_CLOEXEC)'],
  ];
  for (const [call, expected] of cases) assert.is(requestText(call), expected);
});

test('requests: each kind of argument', () => {
  const cases: [Call, string][] = [
    [execve('/bin/x', ['x', 'a b'], ['A=1', 'B=2']), 'execve("/bin/x", ["x", "a b"], [/* 2 vars */])'],
    [cloneCall(CLONE_NEWUTS), 'clone(CLONE_NEWUTS)'],
    [cloneCall(0), 'clone(0)'],
    [mount('none', '/', null, MS.MS_REC | MS.MS_SLAVE), 'mount("none", "/", NULL, MS_REC|MS_SLAVE, NULL)'],
    [umount('/x', 2), 'umount2("/x", MNT_DETACH)'],
    [mkdir('/x', 0o1777), 'mkdirat(AT_FDCWD, "/x", 01777)'],
    [rmdir('/x'), 'unlinkat(AT_FDCWD, "/x", AT_REMOVEDIR)'],
    [setns(5, CLONE_NEWNS), 'setns(5, CLONE_NEWNS)'],
    [kill(-7, 9), 'kill(-7, SIGKILL)'],
    [becomeSubreaper(), 'prctl(PR_SET_CHILD_SUBREAPER, 1)'],
    [
      mapMountIds(4, 6),
      'mount_setattr(4, "", AT_EMPTY_PATH, {attr_set=MOUNT_ATTR_IDMAP, propagation=MS_PRIVATE, userns_fd=6}, 32)',
    ],
    [write(1, 'é'), 'write(1, "\\303\\251", 2)'],
    [read(3, { size: 8, text: String }), 'read(3, <8 bytes>, 8)'],
    [defineCall({ name: 'getpid', source: '', purpose: '', show: [] })(1, 'x'), 'getpid(1, "x")'],
  ];
  for (const [call, expected] of cases) assert.is(requestText(call), expected);
});

test('a whole list, with what the processes that it clones will do', () => {
  const file = openat('/x', O_RDONLY);
  const nested = [cloneCall(0, [close(file)]), kill(1, 15)];
  assert.equal(listTexts([file, cloneCall(CLONE_NEWUTS, nested), close(file)], { results: new Map([[file, 5]]) }), [
    'openat(AT_FDCWD, "/x", O_RDONLY|O_CLOEXEC)',
    'clone(CLONE_NEWUTS)',
    '    clone(0)',
    '        close(5)',
    '    kill(1, SIGTERM)',
    'close(5)',
  ]);
});

test('a structure: its parts as arguments are printed', () => {
  const file = openat('/x', O_RDONLY);
  assert.is(requestText(awaitInput(file)), 'ppoll([{fd=</x>, events=POLLIN}], 1, NULL, NULL, 8)');
  const known = { results: new Map([[file, 5]]) };
  assert.is(requestText(awaitInput(file), known), 'ppoll([{fd=5, events=POLLIN}], 1, NULL, NULL, 8)');
  assert.is(
    requestText(sendDescriptor(3, file, 'a "b"'), known),
    'sendmsg(3, {msg_name=NULL, msg_namelen=0, msg_iov=[{iov_base="a \\"b\\"", iov_len=5}], msg_iovlen=1, ' +
      'msg_control=[{cmsg_len=20, cmsg_level=SOL_SOCKET, cmsg_type=SCM_RIGHTS, cmsg_data=[5]}], msg_controllen=24, ' +
      'msg_flags=0}, 0)',
  );
  assert.is(requestText(handOver()), 'execveat(</walker>, "", ["walker"], [/* 0 vars */], AT_EMPTY_PATH)');
});

test('a result of an earlier call: by the file that it opens, or its name, until it is known', () => {
  const file = openat('/x', O_RDONLY);
  assert.is(requestText(close(file)), 'close(</x>)');
  assert.is(requestText(close(netlinkSocket())), 'close(<socket>)');
  assert.is(requestText(close(file), { results: new Map([[file, 5]]) }), 'close(5)');
});

test('an out-argument: as the kernel filled it', () => {
  const out: Out = { size: 3, text: (bytes) => `<${bytes.toString('hex')}>` };
  assert.is(requestText(read(0, out), { outs: new Map([[out, Buffer.from([1, 2, 3])]]) }), 'read(0, <010203>, 3)');
});

test('wait statuses, as strace prints them', () => {
  assert.is(waitStatusText(0), '[{WIFEXITED(s) && WEXITSTATUS(s) == 0}]');
  assert.is(waitStatusText(0x300), '[{WIFEXITED(s) && WEXITSTATUS(s) == 3}]');
  assert.is(waitStatusText(9), '[{WIFSIGNALED(s) && WTERMSIG(s) == SIGKILL}]');
  assert.is(waitStatusText(0x8b), '[{WIFSIGNALED(s) && WTERMSIG(s) == SIGSEGV && WCOREDUMP(s)}]');
  assert.is(waitStatusText(0x137f), '[{WIFSTOPPED(s) && WSTOPSIG(s) == SIGSTOP}]');
  assert.is(waitStatusText(6), '[{WIFSIGNALED(s) && WTERMSIG(s) == SIGABRT}]');
  assert.is(waitStatusText(40), '[{WIFSIGNALED(s) && WTERMSIG(s) == 40}]');
  const call = wait4(7, 1);
  const [out] = call.args.slice(1) as [Out];
  assert.is(
    callText(call, 7, { outs: new Map([[out, Buffer.alloc(4)]]) }),
    'wait4(7, [{WIFEXITED(s) && WEXITSTATUS(s) == 0}], WNOHANG, NULL) = 7',
  );
});

test('results: numbers, and errors by name and in words', () => {
  assert.is(resultText(0), '= 0');
  assert.is(resultText(4711), '= 4711');
  assert.is(resultText(-1), '= -1 EPERM (Operation not permitted)');
  assert.is(resultText(-errnoNumber('EEXIST')), '= -1 EEXIST (File exists)');
  assert.is(resultText(-9999), '= -1 errno 9999 (Unknown error 9999)');
});

test('names of errors: as in the header of the kernel, where a number has two', () => {
  assert.is(errnoName(errnoNumber('EWOULDBLOCK')), 'EAGAIN');
  assert.is(errnoName(errnoNumber('ENOTSUP')), 'EOPNOTSUPP');
  assert.is(errnoName(errnoNumber('EACCES')), 'EACCES');
  assert.is(errnoName(0), 'errno 0');
});

test("a failure: the call's place, the kernel's words, and what to do", () => {
  assert.is(
    failureText(sethostname('In Namespace'), -1),
    'child call 2 of 3 failed:\n' +
      '  sethostname("In Namespace", 12) = -1 EPERM (Operation not permitted)\n' +
      '  Naming a host needs CAP_SYS_ADMIN in its UTS namespace. Run with sudo, or add --rootless.',
  );
});

test('a failure without advice: the manual page', () => {
  assert.is(
    failureText(close(-1), -errnoNumber('EBADF'), 0, 1),
    'child call 1 of 1 failed:\n  close(-1) = -1 EBADF (Bad file descriptor)\n  See close(2), ERRORS.',
  );
});

test('a failure by too little: what that means; or nothing, if nothing is known', () => {
  const out: Out = { size: 1, text: String };
  assert.is(
    failureText(atLeast(1, 'The parent ended before it let the child go.', read(3, out)), 0),
    'child call 2 of 3 failed:\n  read(3, <1 bytes>, 1) = 0\n  The parent ended before it let the child go.',
  );
  assert.is(failureText({ ...read(3, out), least: 1 }, 0).split('\n').length, 2);
});

test('a failure knows its errno, and has none where the kernel reported none', () => {
  const failed = { side: 'parent', call: chdir('/x'), index: 0, total: 1 } as const;
  assert.is(new CallFailure({ ...failed, result: -2 }).errno, 'ENOENT');
  assert.is(new CallFailure({ ...failed, result: 0 }).errno, undefined);
});

test.run();
