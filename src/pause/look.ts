/** What to look at from a second terminal, for each kind of call. */
import type { Call } from '../syscalls/call.ts';
import { pathWrittenBy } from '../syscalls/files.ts';

const COMMANDS: Readonly<Record<string, (pid: number) => string>> = {
  clone: (pid) => `lsns -p ${pid}`,
  sethostname: (pid) => `nsenter -t ${pid} -u hostname`,
  mount: (pid) => `cat /proc/${pid}/mountinfo`,
  move_mount: (pid) => `cat /proc/${pid}/mountinfo`,
  chroot: (pid) => `ls -l /proc/${pid}/root`,
  chdir: (pid) => `ls -l /proc/${pid}/cwd`,
  fchdir: (pid) => `ls -l /proc/${pid}/cwd`,
  setresuid: (pid) => `grep Uid /proc/${pid}/status`,
  setresgid: (pid) => `grep Gid /proc/${pid}/status`,
  setgroups: (pid) => `grep Groups /proc/${pid}/status`,
  sendto: (pid) => `ip link; nsenter -t ${pid} -n ip link`,
  ioctl: (pid) => `nsenter -t ${pid} -n ip address`,
  read: (pid) => `cat /proc/${pid}/wchan`,
  pipe2: () => `ls -l /proc/${process.pid}/fd`,
  mkdirat: () => 'cat /proc/mounts',
};

/** A command that shows what a call is about; `pid` is the child's, seen from outside. */
export function lookAt(call: Call, pid: number | undefined): string {
  const path =
    pathWrittenBy(call) ??
    (typeof call.args[1] === 'string' && /^\/(proc|sys)\//.test(call.args[1]) ? call.args[1] : undefined);
  if (call.info.name === 'mkdirat' && path) return `ls -d ${path}`;
  if (path) return `cat ${path}`;
  if (pid === undefined) return COMMANDS.pipe2?.(0) ?? '';
  return (COMMANDS[call.info.name] ?? ((child) => `cat /proc/${child}/status; lsns -p ${child}`))(pid);
}
