/**
 * Slips: what a learner types who knows what to do, and gets it wrong in a word.
 * Each is a change of a solution, and a part of the message that it must get.
 */
import type { Change } from '../../src/catalogue/wrong-solutions.ts';

export interface Slip {
  readonly exercise: string;
  readonly what: string;
  readonly changes: readonly Change[];
  readonly message: string;
  /** A piece of the line that the message must name; without it, the first line that is changed. */
  readonly at?: string;
}

const RUN = 'export async function run(';

export const SLIPS: readonly Slip[] = [
  {
    exercise: '0a',
    what: 'a forgotten await before a clone',
    changes: [['const first = await lab', 'const first = lab']],
    message: 'lab.wait: a promise is given where a child belongs. Is an `await` missing before lab.clone?',
    at: 'lab.wait(first)',
  },
  {
    exercise: '0a',
    what: 'a number returned',
    changes: [
      ['return { status: ends', 'return ends'],
      [', 0) };', ', 0);'],
    ],
    message: 'As an end that is { status: ',
    at: RUN,
  },
  {
    exercise: '0a',
    what: 'a forgotten await before two waits',
    changes: [['[await lab.wait(first), await lab.wait(second)]', '[lab.wait(first), lab.wait(second)]']],
    message: 'run has given back { status: NaN }. A status is a whole number from 0 to 255.',
    at: RUN,
  },
  {
    exercise: '0b',
    what: 'a misremembered field',
    changes: [["'status' in end ? end.status : 128 + end.signal", 'end.code']],
    message: 'run has given back { status: NaN }.',
    at: RUN,
  },
  {
    exercise: '0b',
    what: 'waiting for a number',
    changes: [['lab.wait(child)', 'lab.wait(child.pid)']],
    message: 'is given where a child belongs. It takes the child, and not its number.',
  },
  {
    exercise: '1a',
    what: 'a setting that there is not',
    changes: [['lab.settings.hostname', 'lab.settings.hostName']],
    message:
      'lab.settings has no hostName. It has hostname, users, resources, root, layers, mounts, network, devices, rights, process.',
  },
  {
    exercise: '1a',
    what: 'a mistyped name of what is given',
    changes: [['setdomainname(given.domain)', 'setdomainname(given.domian)']],
    message: 'given has no domian. It has domain.',
  },
  {
    exercise: '1a',
    what: 'no flags',
    changes: [['    CLONE_NEWUTS,\n', '']],
    message: 'lab.clone: undefined is given where the flags belong',
    at: 'await lab.clone(',
  },
  {
    exercise: '1a',
    what: 'flags as a text',
    changes: [['    CLONE_NEWUTS,\n', "    'CLONE_NEWUTS',\n"]],
    message: 'lab.clone: "CLONE_NEWUTS" is given where the flags belong, CLONE_NEWUTS | CLONE_NEWPID, or 0 for none.',
    at: 'await lab.clone(',
  },
  {
    exercise: '1a',
    what: 'a list in a list',
    changes: [['...lab.program', 'lab.program']],
    message: 'lab.clone: entry 3 of the list is a list, and no call. Put `...` before it.',
    at: 'await lab.clone(',
  },
  {
    exercise: '1a',
    what: 'a call that is not imported',
    changes: [['import { setdomainname, sethostname }', 'import { sethostname }']],
    message: 'setdomainname is not defined. Is it imported? npm run calls -- setdomainname',
    at: 'setdomainname(given.domain)',
  },
  {
    exercise: '1a',
    what: 'a missing export',
    changes: [['export async function run(', 'async function run(']],
    message: 'The file exports no function `run`. Write `export` before it.',
  },
  {
    exercise: '1a',
    what: 'a missing bracket',
    changes: [['...lab.program],', '...lab.program,']],
    message: 'Syntax error: Unexpected ")"',
    at: '  );',
  },
  {
    exercise: '1a',
    what: 'a container without a program',
    changes: [[', ...lab.program]', ']']],
    message: 'No child has become a program: `...lab.program` belongs at the end of a list that is cloned.',
    at: 'await lab.clone(',
  },
  {
    exercise: '1a',
    what: 'a forgotten return',
    changes: [['return lab.wait(container)', 'await lab.wait(container)']],
    message: 'run has given back nothing. Is a `return` missing before lab.wait(…)?',
    at: RUN,
  },
  {
    exercise: '1b',
    what: 'a number for a text',
    changes: [['sethostname(name)', 'sethostname(5)']],
    message: 'sethostname: 5 is given where a text belongs. See: npm run calls -- sethostname',
  },
  {
    exercise: '1b',
    what: 'a forgotten return in a function of their own',
    changes: [['return lab.clone(', 'await lab.clone(']],
    message: 'lab.wait: undefined is given where a child belongs.',
    at: 'lab.wait(first)',
  },
  {
    exercise: '1b',
    what: 'two ends given back',
    changes: [['const [end] = await Promise', 'return Promise']],
    message: 'run has given back a list. It must give back one end, such as the first of them.',
    at: RUN,
  },
  {
    exercise: '2a',
    what: 'a forgotten await before a checkpoint',
    changes: [['const ready = await openCheckpoint', 'const ready = openCheckpoint']],
    message: 'close: undefined is given where a descriptor, its number or the call that opens it, belongs.',
    at: 'close(ready.readEnd)',
  },
  {
    exercise: '2a',
    what: 'a list of a helper in a list',
    changes: [['...waitFor(go)', 'waitFor(go)']],
    message: 'lab.clone: entry 5 of the list is a list, and no call. Put `...` before it.',
    at: 'await lab.clone(',
  },
  {
    exercise: '2a',
    what: "a child's call in the parent's list",
    changes: [['lab.perform(waitFor(ready))', 'lab.perform([...waitFor(ready), ...lab.program])']],
    message: "lab.perform: execve would end this process, the parent. It belongs at the end of a child's list",
  },
  {
    exercise: '2a',
    what: 'a number for an answer',
    changes: [["{ size: length, text: (bytes) => quoted(bytes.toString('latin1')) }", 'length']],
    message: 'is given where room for an answer, { size, text }, belongs.',
  },
  {
    exercise: '2b',
    what: 'a call for a list',
    changes: [["[close(readEnd), write(writeEnd, '.'), close(writeEnd)]", "write(writeEnd, '.')"]],
    message: 'lab.perform: the call write is given where a list of calls belongs. Put it into brackets: [ … ].',
  },
  {
    exercise: '2c',
    what: 'a result that is used before its call',
    changes: [['[namespace, setns(', '[setns(']],
    message: 'setns uses the result of openat before that call is made: put it earlier in the same list.',
  },
  {
    exercise: '2c',
    what: 'a forgotten await, and its number in a path',
    changes: [['const container = await lab', 'const container = lab']],
    message:
      'openat: the text "/proc/undefined/ns/ipc" has undefined in it. Is a name mistyped, or an `await` missing?',
    at: '/ns/ipc',
  },
  {
    exercise: '3a',
    what: 'a list among words',
    changes: [["'init', ...given", "'init', given"]],
    message: 'execve: a list is given where a list of texts alone belongs.',
  },
  {
    exercise: '3a',
    what: 'no environment',
    changes: [['], environment)', '])']],
    message: 'execve: undefined is given where a list of texts alone belongs.',
  },
  {
    exercise: '3b',
    what: 'a call after the program',
    changes: [
      ['sethostname(lab.settings.hostname), ...lab.program', '...lab.program, sethostname(lab.settings.hostname)'],
    ],
    message: 'lab.clone: execve is call 2 of 3, and nothing after it is ever made. It belongs at the end.',
    at: 'await lab.clone(',
  },
  {
    exercise: '3b',
    what: 'a flag that there is not',
    changes: [
      ['import { CLONE_NEWPID,', 'import { CLONE_NEWPIDS,'],
      ['    CLONE_NEWPID,\n', '    CLONE_NEWPIDS | CLONE_NEWUTS,\n'],
    ],
    message: "'#src/syscalls/flags.ts' exports no CLONE_NEWPIDS. It has CLONE_NEWPID.",
  },
  {
    exercise: '3b',
    what: 'a member of the lab that there is not',
    changes: [['lab.wait(container)', 'lab.waitFor(container)']],
    message:
      'lab has no waitFor. It has owner, rootless, program, settings, perform, clone, wait, tell, leaves, onEnd.',
  },
  {
    exercise: '4a',
    what: "flags in another argument's place",
    changes: [['mount(source, shelf, null, MS_BIND)', 'mount(source, shelf, MS_BIND)']],
    message: 'mount: 4096 is given where a text or null belongs.',
  },
  {
    exercise: '4a',
    what: 'flags that are no flags',
    changes: [['mount(source, shelf, null, MS_BIND)', "mount(source, shelf, null, 'MS_BIND')"]],
    message: 'mount: "MS_BIND" is given where a set of flags, joined by |, belongs.',
  },
  {
    exercise: '4a',
    what: 'a file that there is not',
    changes: [["'#src/syscalls/mounts.ts'", "'#src/syscalls/mount.ts'"]],
    message: "There is no '#src/syscalls/mount.ts'. It has mounts.ts.",
  },
  {
    exercise: '4b',
    what: "the parent's part in the child's list",
    changes: [['...waitFor(checkpoint)', '...release(lab, checkpoint)']],
    message: 'What has `...` before it must be a list; a promise wants `await` first.',
  },
  {
    exercise: '4b',
    what: 'a helper that is not called',
    changes: [['...makePrivate()', 'makePrivate']],
    message: 'is the function makePrivate, and no call. Call it: makePrivate(…).',
    at: 'await lab.clone(',
  },
  {
    exercise: '5a',
    what: 'a map that is written twice',
    changes: [['/gid_map`, mapText(given.gids)', '/uid_map`, mapText(given.uids)']],
    message: 'A uid_map or gid_map is written once',
  },
  {
    exercise: '5a',
    what: 'a list for a text',
    changes: [['mapText(given.uids)', 'given.uids']],
    message: 'write: a list is given where a text belongs.',
  },
  {
    exercise: '5b',
    what: 'a range that is in no list',
    changes: [['[{ inside: given.uid, outside: 0, count: 1 }]', '{ inside: given.uid, outside: 0, count: 1 }']],
    message: 'ranges.map is not a function. Is a name mistyped, or an `await` missing?',
  },
  {
    exercise: '5b',
    what: 'a call that fails, and nobody waits for it',
    changes: [
      ['await lab.perform([', 'lab.perform(['],
      ["'deny'", "'none'"],
    ],
    message: 'The kernel does not accept this value.',
    at: '/setgroups',
  },
  {
    exercise: '6a',
    what: 'a message for a list',
    changes: [
      ['request(addVeth(', 'addVeth('],
      ['second.pid })));', 'second.pid }));'],
    ],
    message: 'lab.perform: a message, which request(…) makes calls of, is given where a list of calls belongs.',
  },
  {
    exercise: '6a',
    what: 'a child for its number',
    changes: [['pid: container.pid', 'pid: container']],
    message: 'The pid beside a name is a whole number, and an object is given.',
    at: 'addVeth({',
  },
  {
    exercise: '6b',
    what: 'a number of bits for a netmask',
    changes: [["interfaceNetmask(socket, 'eth0', netmask)", "interfaceNetmask(socket, 'eth0', 30)"]],
    message: '30 is no IPv4 address, such as 169.254.1.2, or 255.255.255.252 as a netmask.',
  },
  {
    exercise: '6b',
    what: 'a socket that is in no list',
    changes: [["    socket,\n    interfaceUp(socket, 'lo')", "    interfaceUp(socket, 'lo')"]],
    message: 'ioctl uses the result of socket before that call is made: put it earlier in the same list.',
    at: 'await lab.clone(',
  },
  {
    exercise: '7a',
    what: 'a text for a number',
    changes: [['cpus: given.percent / 100', "cpus: '20%'"]],
    message: 'cpus is 20%; it must be a number from 0.01.',
  },
  {
    exercise: '7a',
    what: 'a limit that there is not',
    changes: [['{ cpus: ', '{ cpu: ']],
    message: 'There is no limit cpu. Limits: memory, cpus, ',
  },
  {
    exercise: '7b',
    what: 'a promise for a function',
    changes: [['lab.onEnd(() => group.remove())', 'lab.onEnd(group.remove())']],
    message: 'lab.onEnd: a promise is given where a function, such as () => group.remove(), belongs.',
  },
  {
    exercise: '7b',
    what: 'a child for its number in a text',
    changes: [['group.join(container.pid)', 'group.join(container)']],
    message: 'write: the text "[object Object]" has [object Object] in it.',
  },
  {
    exercise: '7c',
    what: 'one name for two cgroups',
    changes: [['newOwnerName());', 'lab.owner);']],
    message: 'EEXIST (File exists)',
  },
  {
    exercise: '8a',
    what: 'a path that is left out',
    changes: [["chroot('tmp')", 'chroot()']],
    message: 'chroot: undefined is given where a text belongs.',
  },
  {
    exercise: '8b',
    what: 'a flag that has not got its name',
    changes: [["umount('.', MNT.MNT_DETACH)", "umount('.', MNT.DETACH)"]],
    message: 'with MNT_DETACH it is detached all the same',
  },
  {
    exercise: '8c',
    what: 'a child given back',
    changes: [['return lab.wait(container)', 'return container']],
    message: 'run has given back a child. It must give back its end: return lab.wait(…);',
    at: RUN,
  },
  {
    exercise: '8c',
    what: 'a forgotten await, and an end made up',
    changes: [
      ['const container = await lab.clone(', 'lab.clone('],
      ['return lab.wait(container)', 'return { status: 0 }'],
    ],
    message: 'lab.clone is not done, and run has come back: is an `await` missing before it?',
    at: '  lab.clone(',
  },
  {
    exercise: '9a',
    what: 'a descriptor whose call is not in the list',
    changes: [['[namespace, umount', '[umount']],
    message: 'setns uses the result of openat before that call is made: put it earlier in the same list.',
    at: 'const container = await lab.clone(',
  },
  {
    exercise: '9a',
    what: 'a path for a descriptor',
    changes: [['setns(namespace, ', "setns('/proc/self/ns/mnt', "]],
    message: 'setns: "/proc/self/ns/mnt" is given where a descriptor, its number or the call that opens it, belongs.',
  },
  {
    exercise: '9b',
    what: 'a list in a list',
    changes: [["...mountVolume('mnt')", "mountVolume('mnt')"]],
    message: 'lab.clone: entry 6 of the list is a list, and no call. Put `...` before it.',
    at: 'const container = await lab.clone(',
  },
  {
    exercise: '9b',
    what: 'a child given back',
    changes: [['return lab.wait(container)', 'return container']],
    message: 'run has given back a child. It must give back its end: return lab.wait(…);',
    at: RUN,
  },
  {
    exercise: '10a',
    what: 'a list for a call',
    changes: [['...hide(hidden)', 'hide(hidden)']],
    message: 'lab.clone: entry 7 of the list is a list, and no call. Put `...` before it.',
    at: 'const container = await lab.clone(',
  },
  {
    exercise: '10a',
    what: 'a name of what is given that it does not have',
    changes: [['run(lab: Lab, { hidden }: Given)', 'run(lab: Lab, { hiden: hidden }: Given)']],
    message: 'given has no hiden. It has hidden.',
  },
  {
    exercise: '10b',
    what: 'a value that is no text',
    changes: [["'user.overlay.opaque', 'y'", "'user.overlay.opaque', true"]],
    message: 'setxattr: true is given where a text belongs.',
  },
  {
    exercise: '10b',
    what: 'a child given back',
    changes: [['return lab.wait(container)', 'return container']],
    message: 'run has given back a child. It must give back its end: return lab.wait(…);',
    at: RUN,
  },
  {
    exercise: '12a',
    what: 'a mistyped call in a rule',
    changes: [["names: ['socket']", "names: ['sokcet']"]],
    message: '"sokcet" is no system call that the kit knows. Did you mean socket?',
    at: 'const filter = compileFilter(',
  },
  {
    exercise: '12a',
    what: 'a profile for a filter',
    changes: [['[installFilter(filter), ...lab.program]', '[installFilter(profile), ...lab.program]']],
    message: 'installFilter: an object is given where a list of instructions belongs.',
    at: 'const child = await lab.clone(',
  },
  {
    exercise: '12b',
    what: 'a list in a list',
    changes: [['...giveUp(kept)', 'giveUp(kept)']],
    message: 'lab.clone: entry 1 of the list is a list, and no call. Put `...` before it.',
    at: 'const container = await lab.clone(',
  },
  {
    exercise: '12b',
    what: 'the end of a child that nobody waited for',
    changes: [['return lab.wait(container)', 'return container']],
    message: 'run has given back a child. It must give back its end: return lab.wait(…);',
    at: RUN,
  },
];
