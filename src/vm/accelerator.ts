/** KVM where it works, and TCG, which translates every instruction, where it does not. */
import { spawnSync } from 'node:child_process';
import { accessSync, constants, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { makeFolders } from '../../native/folders.cjs';
import { cacheDirectory, keyOf } from './cache.ts';
import type { Machine } from './machine.ts';

/** With KVM a kernel without a disk gives up after two seconds. */
const TRIAL_TIMEOUT_MS = 15_000;

export type Accelerator = 'kvm' | 'tcg';

/** The arguments of qemu for an accelerator. */
export const ACCELERATION: Readonly<Record<Accelerator, readonly string[]>> = {
  kvm: ['-accel', 'kvm', '-cpu', 'host'],
  tcg: ['-accel', 'tcg,thread=multi', '-cpu', 'max'],
};

/** Decided once per boot of the host: /dev/kvm may be there, and no guest get through its boot. */
export function chooseAccelerator(machine: Machine, kernel: string): Accelerator {
  try {
    accessSync('/dev/kvm', constants.R_OK | constants.W_OK);
  } catch {
    return 'tcg';
  }
  const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8');
  const verdict = join(cacheDirectory(), `kvm-${keyOf(boot, machine.qemu, String(process.geteuid?.()))}`);
  try {
    return readFileSync(verdict, 'utf8') === 'kvm' ? 'kvm' : 'tcg';
  } catch {
    const accelerator = bootsWithKvm(machine, kernel) ? 'kvm' : 'tcg';
    makeFolders(cacheDirectory());
    writeFileSync(verdict, accelerator);
    return accelerator;
  }
}

/** Boots the kernel with nothing: it must get as far as missing its disk, and then, on its panic, reboot. */
function bootsWithKvm(machine: Machine, kernel: string): boolean {
  const options = [
    ...['-nodefaults', '-no-user-config', '-display', 'none', '-no-reboot', '-machine', machine.type, '-m', '256'],
    ...ACCELERATION.kvm,
    ...['-serial', 'stdio', '-kernel', kernel, '-append', `console=${machine.console} panic=-1`],
  ];
  const { status, stdout } = spawnSync(machine.qemu, options, {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
    timeout: TRIAL_TIMEOUT_MS,
    killSignal: 'SIGKILL',
  });
  return status === 0 && stdout.includes('Unable to mount root fs');
}
