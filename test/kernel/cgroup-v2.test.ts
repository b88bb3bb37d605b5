/**
 * Step 7 on pure cgroup v2, each limit proven by the kernel's own counters, and
 * the figures printed: as root, and for an ordinary user in a cgroup that
 * systemd has delegated. `npm run vm` makes such a machine.
 */
import { spawnSync } from 'node:child_process';
import { chmodSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { kernelTest, temporaryDirectory } from '../support/kernel-test.ts';
import { read, top } from '../support/lab.ts';
import { type Need, program } from '../support/needs.ts';
import { patience } from '../support/patience.ts';

const test = suite('cgroup v2');
const TIMEOUT_MS = 45_000;
const isRoot = process.geteuid?.() === 0;

/** No machine has v1 and v2, so this is no failure even where all tests must run. */
const isPure =
  !/ - cgroup /.test(read('/proc/self/mountinfo')) && read('/sys/fs/cgroup/cgroup.controllers').includes('memory');

const session: Need = () =>
  isRoot || process.env.XDG_RUNTIME_DIR ? undefined : 'needs a session of systemd, which delegates cgroups';

const launch = [process.execPath, join(top, 'bin/lab.cjs'), 'step', '7', ...(isRoot ? [] : ['--rootless'])];
const delegated = isRoot ? [] : ['systemd-run', '--user', '--scope', '--quiet', '-p', 'Delegate=yes', '--'];

/** Runs a shell's script with step 7 as "$@"; gives all that it said, and its status. */
function shell(script: string, environment: Record<string, string> = {}) {
  const [name = '', ...words] = [...delegated, 'sh', '-c', script, 'sh', ...launch];
  const { status, error, stdout, stderr } = spawnSync(name, words, {
    cwd: top,
    encoding: 'utf8',
    env: { ...process.env, ...environment },
    timeout: patience(TIMEOUT_MS),
  });
  return { status, said: `${stdout}${stderr}${error ?? ''}` };
}

/** A directory on the disk in which root of a container, who is nobody here, may write. */
function openDirectory(): string {
  const directory = temporaryDirectory();
  chmodSync(directory, 0o777);
  return directory;
}

/** The numbers in the line of the report that matches, which is printed. */
function figures(said: string, pattern: RegExp): number[] {
  const found = pattern.exec(said);
  assert.ok(found, said);
  console.log(`  ${isRoot ? 'root' : 'rootless'}: ${found[0]}`);
  return found.slice(1).map(Number);
}

function proof(name: string, needs: readonly Need[], body: () => void): void {
  if (isPure) kernelTest(test, [session, ...needs], name, body);
  else {
    console.log(`skipped: ${name}: needs a machine with cgroup v2 alone`);
    test.skip(name, () => {});
  }
}

proof('memory.max: an OOM kill', [], () => {
  const { status, said } = shell('"$@" --memory 64m -- tail /dev/zero');
  const [peak = 0, kills = 0] = figures(said, /peak ([\d.]+) MiB of 64.0 MiB.*OOM kills (\d+) \(memory.events\)/);
  assert.is(status, 128 + 9, said);
  assert.ok(kills >= 1 && peak > 32 && peak <= 64);
});

proof('cpu.max: throttled periods', [], () => {
  const { said } = shell('"$@" --cpus 0.2 -- timeout 3 sh -c "while :; do :; done"');
  const [throttled = 0, periods = 0, seconds = 0] = figures(
    said,
    /throttled in (\d+) of (\d+) periods of 100 ms, for ([\d.]+) s over all CPUs \(cpu.stat\)/,
  );
  assert.ok(throttled >= 10 && throttled > periods / 2 && seconds > 1);
});

proof('cpu.weight: 512 shares against 1024 on one CPU', [], () => {
  // Both are busy on it from before the first look to after the second.
  const busy = 'touch $DIR/$0; until [ -e $DIR/end ]; do :; done';
  const script = `
    look() {
      find /sys/fs/cgroup -path '*container-lab-*/cpuset.cpus' | while read -r cpus; do
        group=\${cpus%/*}
        [ "$(cat "$cpus")" = 0 ] && echo "$1 $(cat $group/cpu.weight) $(grep usage_usec $group/cpu.stat)"
      done
    }
    "$@" --cpuset-cpus 0 --cpu-shares 512 -- sh -c '${busy}' 1 &
    "$@" --cpuset-cpus 0 --cpu-shares 1024 -- sh -c '${busy}' 2 &
    until [ -e $DIR/1 ] && [ -e $DIR/2 ]; do sleep 0.1; done
    look first; sleep 6; look second
    touch $DIR/end
    wait`;
  const { said } = shell(script, { DIR: openDirectory() });
  const used = (weight: number) => {
    const [first = 0] = figures(said, new RegExp(`first ${weight} usage_usec (\\d+)`));
    const [second = 0] = figures(said, new RegExp(`second ${weight} usage_usec (\\d+)`));
    return second - first;
  };
  const ratio = used(100) / used(59);
  console.log(`  ${ratio.toFixed(2)} to 1; by the weights it is 1.69 to 1`);
  assert.ok(ratio > 1.5 && ratio < 1.9, said);
});

const twoCpus: Need = () => (availableParallelism() > 1 ? undefined : 'needs two CPUs');

proof('cpuset.cpus: one CPU of several', [twoCpus], () => {
  const { said } = shell('"$@" --cpuset-cpus 1 -- grep Cpus_allowed_list /proc/self/status');
  assert.match(said, /Cpus_allowed_list:\s*1$/m);
  assert.equal(figures(said, /CPUs (\d+) \(cpuset.cpus.effective\)/), [1]);
});

proof('pids.max: forks refused', [], () => {
  const { said } = shell('"$@" --pids 8 -- sh -c "for i in 1 2 3 4 5 6 7 8 9 10; do sleep 1 & done; wait"');
  const [peak = 0, refused = 0] = figures(said, /peak (\d+) of 8 \(pids.peak\), refused (\d+) \(pids.events\)/);
  assert.ok(peak === 8 && refused >= 1);
});

proof('io.max: a disk written at no more than its rate', [program('dd')], () => {
  const script = '"$@" --device-write-bps 1m -- dd if=/dev/zero of=$DIR/file bs=256k count=16 oflag=direct';
  const { said } = shell(script, { DIR: openDirectory() });
  const [written = 0] = figures(said, /([\d.]+) MiB written to [\d:]+, at most 1.0 MiB per second \(io.stat\)/);
  const [seconds = 0] = figures(said, /copied, ([\d.]+) s/);
  assert.ok(written >= 4 && seconds > 2.5, said);
});

test.run();
