/** Lives in a cgroup whose path is longer than any call takes, and looks where it is. */
import { spawnSync } from 'node:child_process';

export async function run(): Promise<{ status: number }> {
  spawnSync('perl', ['-e', SCRIPT], { stdio: 'inherit' });
  return { status: 0 };
}

const SCRIPT = `
for my $top (glob("/sys/fs/cgroup/*"), "/sys/fs/cgroup") {
  next unless -w "$top/cgroup.procs" && chdir($top);
  for (1..30) {
    mkdir("x" x 200) or last;
    chdir("x" x 200) or last;
  }
  for my $pid (getppid(), $$) {
    open(my $h, ">", "cgroup.procs") and syswrite($h, "$pid\\n");
  }
}
sleep 2;
`;
