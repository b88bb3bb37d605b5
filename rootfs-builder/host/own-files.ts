/** The files of an image that are its own, not copies. */
import { readFileSync } from 'node:fs';
import { makeDirectory, writeText } from './copy.ts';

const STICKY = 0o1777;

const PROMPT = `# Only where somebody types: a script has no prompt.
[ -n "$PS1" ] && PS1='\\u@\\h:\\w\\$ '
`;

interface Nature {
  /** What stands in os-release before the name of this machine's system. */
  readonly origin?: string;
  readonly shell?: string;
}

/** Writes /etc and makes the directories that programs and mounts expect. */
export function writeOwnFiles(image: string, { origin = 'copied from', shell = '/bin/bash' }: Nature = {}): void {
  for (const path of ['/dev', '/etc', '/home', '/mnt', '/proc', '/root', '/run', '/sys', '/usr', '/var']) {
    makeDirectory(image, path);
  }
  for (const path of ['/tmp', '/var/tmp']) makeDirectory(image, path, STICKY);

  writeText(image, '/etc/os-release', osRelease(hostName(), origin));
  writeText(
    image,
    '/etc/passwd',
    `root:x:0:0:root:/root:${shell}\nnobody:x:65534:65534:nobody:/nonexistent:/bin/false\n`,
  );
  writeText(image, '/etc/group', 'root:x:0:\nnogroup:x:65534:\n');
  writeText(image, '/etc/hosts', '127.0.0.1 localhost\n::1 localhost\n');
  writeText(image, '/etc/nsswitch.conf', 'passwd: files\ngroup: files\nhosts: files\n');
  writeText(image, '/etc/profile', `export PATH=/usr/sbin:/usr/bin:/sbin:/bin\n${PROMPT}`);
  writeText(image, '/root/.bashrc', PROMPT);
}

/** An os-release that says what the image is. Source: os-release(5). */
export function osRelease(host: string, origin = 'copied from'): string {
  const name = `Container lab (${origin} ${host})`.replace(/["$`\\]/g, '\\$&');
  return `NAME="${name}"\nPRETTY_NAME="${name}"\nID=container-lab\n`;
}

function hostName(): string {
  for (const path of ['/etc/os-release', '/usr/lib/os-release']) {
    try {
      const name = /^PRETTY_NAME=(["']?)(.*)\1$/m.exec(readFileSync(path, 'utf8'))?.[2];
      if (name) return name.replace(/\\(.)/g, '$1');
    } catch {
      // The next one; a system may do without.
    }
  }
  return 'an unnamed Linux';
}
