/** The machine as a process of qemu, and the ports that lead into it. */
import { type ChildProcess, spawn } from 'node:child_process';
import type { Duplex, Readable } from 'node:stream';
import { ACCELERATION, type Accelerator } from './accelerator.ts';
import type { MachineImage } from './image.ts';
import type { Machine } from './machine.ts';

/** Each port is a virtio serial port in the machine, and a socket here that qemu inherits. */
const PORTS = ['control', 'kit', 'stdin', 'stdout', 'stderr'] as const;
const FIRST_FD = 3;

export interface Hardware {
  readonly memory: number;
  readonly cpus: number;
  readonly network: boolean;
}

export interface RunningMachine {
  readonly process: ChildProcess;
  /** A two-way stream for each port, the terminal's among them. */
  readonly ports: Readonly<Record<(typeof PORTS)[number] | 'terminal', Duplex>>;
  /** The kernel's messages. */
  readonly console: Duplex;
  /** What qemu itself says. */
  readonly complaints: Readable;
}

export function start(
  machine: Machine,
  { disk, kernel }: MachineImage,
  modules: string,
  accelerator: Accelerator,
  { memory, cpus, network }: Hardware,
): RunningMachine {
  const sockets = [...PORTS, 'terminal', 'console'];
  const fdOf = (name: string) => FIRST_FD + sockets.indexOf(name);
  const words = [
    ...['-nodefaults', '-no-user-config', '-display', 'none', '-no-reboot', '-machine', machine.type],
    ...[...ACCELERATION[accelerator], '-smp', String(cpus), '-m', `${Math.ceil(memory / 2 ** 20)}M`],
    ...['-kernel', kernel, '-append', kernelCommandLine(machine)],
    // Two namespaces of one controller: with two controllers, either disk may be the first.
    ...['-device', 'nvme,id=nvme,serial=lab', ...drive('root', disk, 1), ...drive('modules', modules, 2)],
    ...sockets.flatMap((name) => ['-chardev', `socket,id=${name},fd=${fdOf(name)}`]),
    ...['-serial', 'chardev:console', '-device', 'virtio-serial-pci', '-device', 'virtconsole,chardev=terminal'],
    ...PORTS.flatMap((name) => ['-device', `virtserialport,chardev=${name},name=lab.${name}`]),
    ...(network ? ['-nic', 'user,model=virtio-net-pci'] : []),
  ];
  // If this process is killed, the kernel kills qemu: prctl(2), PR_SET_PDEATHSIG.
  const child = spawn('setpriv', ['--pdeathsig', 'KILL', machine.qemu, ...words], {
    stdio: ['ignore', 'ignore', 'pipe', ...sockets.map(() => 'pipe' as const)],
  });
  const stream = (name: string) => child.stdio[fdOf(name)] as Duplex;
  const ports = Object.fromEntries([...PORTS, 'terminal'].map((name) => [name, stream(name)]));
  return {
    process: child,
    ports: ports as RunningMachine['ports'],
    console: stream('console'),
    complaints: child.stderr as Readable,
  };
}

/** With snapshot=on what the machine writes goes to a file that qemu has unlinked already. */
function drive(name: string, file: string, number: number): string[] {
  const escaped = file.replaceAll(',', ',,');
  const options = `file=${escaped},format=raw,if=none,id=${name},snapshot=on,discard=unmap`;
  return ['-drive', options, '-device', `nvme-ns,drive=${name},bus=nvme,nsid=${number}`];
}

/** Where instructions are emulated on a busy machine, the kernel may take its timer for a broken one, and stop. */
function kernelCommandLine({ console }: Machine): string {
  const system = 'systemd.unit=lab-job.service systemd.unified_cgroup_hierarchy=1 systemd.show_status=no';
  return `root=/dev/nvme0n1 rw console=${console} quiet panic=-1 audit=0 no_timer_check ${system}`;
}
