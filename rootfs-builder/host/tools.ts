/** Which programs of this machine go into the image, and where they are. */
import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { join } from 'node:path';

const REQUIRED = words(`
  bash sh cat chmod cp date echo env false head hostname id kill ln ls mkdir mv ps pwd rm rmdir
  sleep tail test touch true uname wc whoami`);

const WELCOME = words(`
  [ basename chown cksum cmp comm cut dd df diff dirname du expr fold groups install join link mkfifo mknod
  mktemp nice nl nohup nproc od paste printenv printf readlink realpath seq sha256sum shuf sort split stat
  stdbuf stty sync tac tee timeout tr truncate tty uniq unlink yes
  chroot capsh flock getent findmnt fallocate ionice ipcmk ipcrm ipcs lsns mount mountpoint more nsenter
  pivot_root prlimit renice setpriv setsid taskset umount unshare
  free pgrep pidwait pkill pmap sysctl top uptime vmstat watch
  ip ping ss awk mawk gawk grep sed find xargs less tar gzip clear tput reset`);

// Not $PATH: everybody's image is to be the same, without what a user has put in front.
// First /bin, for it may be a folder of its own, and steps run /bin/bash.
const DIRECTORIES = ['/bin', '/usr/bin', '/sbin', '/usr/sbin'];

const ELF = '\x7fELF';
const READABLE_BY_ALL = 0o004;

/** The paths of the programs to copy. Throws if one is missing that no image can do without. */
export function findTools(): { required: string[]; welcome: string[] } {
  const absent = REQUIRED.filter((name) => findTool(name) === undefined);
  if (absent.length > 0) {
    const packages = 'On Debian and Ubuntu: apt-get install bash coreutils hostname procps';
    throw new Error(`Not found in ${DIRECTORIES.join(', ')}: ${absent.join(', ')}. ${packages}`);
  }
  const findAll = (names: string[]) => names.map(findTool).filter((path) => path !== undefined);
  return { required: findAll(REQUIRED), welcome: findAll(WELCOME) };
}

/** The path of a program of this machine that every user may read; undefined if there is none. */
export function findTool(name: string): string | undefined {
  return DIRECTORIES.map((directory) => join(directory, name)).find(isProgram);
}

// A script would need its interpreter too. What only root may read must not end in a user's image.
function isProgram(path: string): boolean {
  let file: number | undefined;
  try {
    file = openSync(path, 'r');
    const magic = Buffer.alloc(ELF.length);
    readSync(file, magic, 0, magic.length, 0);
    return magic.toString('latin1') === ELF && (fstatSync(file).mode & READABLE_BY_ALL) !== 0;
  } catch {
    return false;
  } finally {
    if (file !== undefined) closeSync(file);
  }
}

function words(text: string): string[] {
  return text.trim().split(/\s+/);
}
