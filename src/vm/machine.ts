/** What differs between machines of the two architectures. */
import { arch } from 'node:process';

export interface Machine {
  /** Debian's name of the architecture. */
  readonly debian: string;
  readonly qemu: string;
  readonly type: string;
  /** Debian's package of the kernel: small, with nvme and ext4 built in, so that it needs no initrd. */
  readonly kernel: string;
  /** The serial port that takes the kernel's messages. */
  readonly console: string;
  readonly packages: string;
}

const MACHINES: Readonly<Record<string, Machine>> = {
  x64: {
    debian: 'amd64',
    qemu: 'qemu-system-x86_64',
    type: 'q35',
    kernel: 'linux-image-cloud-amd64',
    console: 'ttyS0',
    packages: 'qemu-system-x86',
  },
  arm64: {
    debian: 'arm64',
    qemu: 'qemu-system-aarch64',
    type: 'virt',
    kernel: 'linux-image-cloud-arm64',
    console: 'ttyAMA0',
    packages: 'qemu-system-arm',
  },
};

/** The machine of this host's own architecture: the kit's node_modules are for it. */
export function ownMachine(): Machine {
  const machine = MACHINES[arch];
  if (!machine) throw new Error(`npm run vm knows x64 and arm64, and this is ${arch}.`);
  return machine;
}
