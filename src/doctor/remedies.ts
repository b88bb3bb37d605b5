/** What to type. Each is a command, and a word on it where it needs one. */
import type { Facts } from './facts.ts';
import type { Who } from './needs.ts';

export function inContainer({ container }: Facts): boolean {
  return container !== undefined;
}

const engine = ({ container }: Facts) => (container === 'podman' ? 'podman' : 'docker');

/** In a container by its options; elsewhere by a shell that has no such confinement. */
const loosened = (facts: Facts, options: string, otherwise: string) =>
  inContainer(facts) ? `${engine(facts)} run ${options} …, or run the kit outside of the container` : otherwise;

export const remedies = {
  wsl: 'in PowerShell: wsl --set-version DISTRIBUTION 2 (wsl -l shows the names)',
  kernel: (option: string) => `boot your distribution's own kernel; look with: grep ${option} /boot/config-$(uname -r)`,
  limits: (keys: readonly string[]) => keys.map((key) => `sudo sysctl -w ${key}=15000`).join(' && '),
  privileged: (facts: Facts) => `${engine(facts)} run --privileged …, or run the kit outside of the container`,
  fullRoot: 'sudo -i, from an ordinary shell; capsh --print shows what a shell has',
  realRoot: 'leave it (exit), then: sudo npm run doctor',
  chroot: 'leave the chroot (exit), and run the kit outside',
  usernsClone: 'sudo sysctl -w kernel.unprivileged_userns_clone=1 (holds until the next boot)',
  apparmor:
    'sudo sysctl -w kernel.apparmor_restrict_unprivileged_userns=0 (holds until the next boot); or run the steps with sudo',
  hiddenProc: (facts: Facts) =>
    loosened(
      facts,
      '--privileged',
      'run the kit outside of the sandbox; look with: grep " /proc/" /proc/self/mountinfo',
    ),
  seccomp: (facts: Facts) =>
    loosened(
      facts,
      '--security-opt seccomp=unconfined --security-opt systempaths=unconfined',
      'run the kit outside of the sandbox; look with: grep Seccomp /proc/self/status',
    ),
  confined: (facts: Facts) =>
    loosened(
      facts,
      '--security-opt apparmor=unconfined',
      'look with: cat /proc/self/attr/current; then run the kit from an unconfined shell',
    ),
  veth: 'sudo modprobe veth',
  bridge: 'sudo modprobe bridge',
  overlay: 'sudo modprobe overlay',
  youngKernel: "boot a younger kernel of your distribution's; look with: uname -r. Or: npm run vm",
  initramfs: 'npm run vm, or a system that is installed on a disk; look with: grep " / " /proc/self/mountinfo',
  idMaps: 'move the kit to ext4, xfs or btrfs; df -T . shows what it is on now',
  cgroups: (facts: Facts) =>
    facts.cgroups.mode === 'none'
      ? 'sudo mount -t cgroup2 none /sys/fs/cgroup'
      : loosened(facts, '--privileged', 'look with: grep cgroup /proc/self/mountinfo; then run the kit with real root'),
  trace: (step: number, who: Who) =>
    `npm run step ${step} -- --trace${who === 'rootless' ? ' --rootless' : ''} shows where`,
};
