/**
 * Makes one call of each kind, and prints all as the kit does, as JSON. Run by
 * test/kernel/executor-strace under strace, in namespaces of its own. What a
 * definition has as examples is made without being named here.
 */
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { attempt } from '../../src/executor/perform.ts';
import { callText } from '../../src/executor/text.ts';
import { getAttribute, setAttribute } from '../../src/syscalls/attributes.ts';
import { type Call, definitions, type Out } from '../../src/syscalls/call.ts';
import {
  awaitInput,
  closeOnExec,
  duplicateFrom,
  keepOnExec,
  openProcess,
  sealAgainstChange,
  takeDescriptor,
} from '../../src/syscalls/descriptors.ts';
import {
  chdir,
  chmod,
  chown,
  chroot,
  close,
  dup3,
  fchdir,
  lock,
  makeDevice,
  makeFifo,
  makeMemoryFile,
  mkdir,
  openat,
  passOn,
  pipe2,
  read,
  rmdir,
  share,
  symlink,
  write,
} from '../../src/syscalls/files.ts';
import * as flags from '../../src/syscalls/flags.ts';
import {
  dropBounding,
  dropGroups,
  installFilter,
  joinNewKeyring,
  noNewPrivileges,
  setGroup,
  setUser,
} from '../../src/syscalls/identity.ts';
import {
  attachMount,
  attachMountAt,
  attachMountHere,
  cloneMount,
  cloneTree,
  makeReadOnly,
  mapMountIds,
  mount,
  pivotRoot,
  separateTree,
  umount,
} from '../../src/syscalls/mounts.ts';
import { setdomainname, sethostname, setns, unshare } from '../../src/syscalls/namespaces.ts';
import { addVeth, askForAll, deleteLink, setAlias } from '../../src/syscalls/netlink.ts';
import {
  icmpSocket,
  interfaceAddress,
  interfaceIndex,
  interfaceNetmask,
  interfaceSocket,
  interfaceUp,
  netlinkSocket,
  portSocket,
  receiveAnswer,
  sendRequest,
  unixSocket,
} from '../../src/syscalls/network.ts';
import {
  becomeSubreaper,
  execve,
  getpid,
  kill,
  limitProcesses,
  setDumpable,
  setpgid,
  setsid,
  signalOnParentsDeath,
  signalProcess,
  wait4,
} from '../../src/syscalls/processes.ts';
import { quoted } from '../../src/syscalls/show.ts';
import { top } from './lab.ts';

for (const name of readdirSync(join(top, 'src/syscalls'))) await import(`../../src/syscalls/${name}`);

const lines: string[] = [];

function make(call: Call): number {
  const { result, outs } = attempt(call);
  lines.push(callText(call, result, { outs }));
  return result;
}

const text = (size: number): Out => ({ size, text: (bytes) => quoted(bytes.toString('utf8')) });
const { MS, O, MNT } = flags;
const folder = mkdtempSync(join(tmpdir(), 'lab-strace-'));
const inside = (name: string) => join(folder, name);

attempt(chdir('/the list begins'));
make(getpid());
make(sethostname('In Namespace'));
make(sethostname('ä "quoted" \\ name\twith\nall\x01\x012\x7f kinds'));
make(sethostname('x'.repeat(65)));
make(setdomainname('lab.example'));
make(unshare(flags.CLONE_NEWUTS | flags.CLONE_NEWIPC));
make(mkdir(inside('a'), 0o1755));
make(mkdir(inside('a')));
make(mkdir('/nowhere/at/all'));
make(symlink('/proc/self/fd', inside('link')));
make(chdir(folder));
make(chdir('/no such place'));
for (const flag of [O.O_RDONLY, O.O_PATH | O.O_DIRECTORY, O.O_RDONLY | O.O_NOFOLLOW])
  make(close(make(openat(folder, flag))));
const file = make(openat(inside('file'), O.O_RDWR | O.O_CREAT | O.O_EXCL | O.O_TRUNC | O.O_APPEND, 0o640));
make(write(file, 'two lines\nand "quotes", \\ and \x1b[0m ä\n'));
make(write(file, 'y'.repeat(300)));
make(write(-1, 'x'));
make(passOn(-1, text(4)));
make(close(file));
const again = make(openat('file', O.O_RDONLY, 0));
make(read(again, text(9)));
make(close(again));
make(dup3(again, again));
make(close(-1));
make(openat('/dev/full', O.O_WRONLY));
make(pipe2());
const here = make(openat('/', O.O_RDONLY | O.O_DIRECTORY));
make(fchdir(here));
make(openat('tmp', O.O_PATH, 0, here));
make(mount('none', '/', null, MS.MS_REC | MS.MS_PRIVATE));
make(mount('none', '/', null, MS.MS_REC | MS.MS_SLAVE));
make(mount('tmpfs', inside('a'), 'tmpfs', MS.MS_NOSUID | MS.MS_NODEV | MS.MS_NOEXEC, 'mode=755,size=64k'));
make(mount(null, inside('a'), null, MS.MS_REMOUNT | MS.MS_BIND | MS.MS_RDONLY));
make(mount('/dev/null', inside('file'), null, MS.MS_BIND));
make(mount('x', '/', 'no-such-type'));
make(makeReadOnly(inside('a')));
make(pivotRoot('/no such place', '/'));
make(umount(inside('file')));
make(umount(inside('file'), MNT.MNT_DETACH | MNT.MNT_FORCE));
const tree = make(cloneMount(here));
make(mapMountIds(tree, 9999));
make(separateTree(tree, false));
make(separateTree(make(cloneTree(folder)), true));
make(attachMountAt(tree, here));
make(chdir(inside('a')));
make(attachMountHere(tree));
make(attachMount(tree, inside('a')));
make(umount('/no such place', MNT.MNT_DETACH));
make(chdir('/'));
make(chroot('/'));
make(chroot('/no such place'));
make(setns(make(openat('/proc/self/ns/uts', O.O_RDONLY)), flags.CLONE_NEWUTS));
make(setns(-1, flags.CLONE_NEWNET));
make(dropGroups());
make(setGroup(0));
make(setUser(0));
make(close(make(unixSocket())));
make(close(make(icmpSocket())));
make(close(make(portSocket('tcp'))));
make(close(make(portSocket('udp'))));
const socket = make(interfaceSocket());
make(interfaceUp(socket, 'lo'));
make(interfaceUp(socket, 'nothing'));
make(interfaceAddress(socket, 'lo', '127.0.0.2'));
make(interfaceNetmask(socket, 'lo', '255.0.0.0'));
make(interfaceIndex(socket, 'lo'));
make(interfaceIndex(socket, 'nothing'));
const netlink = make(netlinkSocket());
for (const message of [
  addVeth({ name: 'one' }, { name: 'two', pid: 1 }),
  setAlias('nothing', 'mark'),
  deleteLink(99),
  askForAll('links'),
]) {
  make(sendRequest(netlink, message));
  make(receiveAnswer(netlink, { size: 256, text: () => '<answer>' }));
}
make(kill(0, 0));
make(kill(process.pid, 28));
make(setpgid(0, 0));
make(setsid());
make(wait4(-1, flags.W.WNOHANG | flags.W.WUNTRACED));
make(becomeSubreaper());
make(limitProcesses(4095));
make(joinNewKeyring());
make(makeFifo(inside('fifo')));
make(makeDevice(inside('null'), 1, 3));
make(chown(inside('fifo'), 1000, 1001));
const fifo = make(openat(inside('fifo'), O.O_RDWR | O.O_NONBLOCK));
make(write(fifo, '.'));
make(awaitInput(fifo));
make(duplicateFrom(fifo, 60));
make(keepOnExec(fifo));
make(closeOnExec(fifo));
make(lock(fifo));
make(share(fifo));
make(close(fifo));
make(close(60));
make(chmod(inside('fifo'), 0o2750));
make(setAttribute(folder, 'user.overlay.opaque', 'y'));
make(getAttribute(folder, 'user.overlay.opaque', text(1)));
const memory = make(makeMemoryFile('in memory'));
make(write(memory, 'text'));
make(sealAgainstChange(memory));
make(write(memory, 'text'));
make(close(memory));
const self = make(openProcess(process.pid));
make(close(make(takeDescriptor(self, 1))));
make(signalProcess(self, 28));
make(close(self));
make(setDumpable(true));
make(signalOnParentsDeath(15));
make(dropBounding('CAP_WAKE_ALARM'));
make(noNewPrivileges());
make(installFilter([{ code: 0x06, value: 0x7fff0000 }]));
for (const { examples } of definitions) for (const call of examples?.() ?? []) make(call);
make(execve('/no such program', ['a', 'b "c"'], ['A=1', 'B=2']));
make(rmdir(inside('nothing')));
make(umount(inside('a'), MNT.MNT_DETACH));
make(umount(inside('a'), MNT.MNT_DETACH));
make(rmdir(inside('a')));
attempt(chdir('/the list ends'));

rmSync(folder, { recursive: true });
console.log(JSON.stringify(lines));
