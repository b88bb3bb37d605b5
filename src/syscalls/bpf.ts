/** bpf(2): small programs that the kernel checks first, and then runs itself. */
import { type Call, defineCall, type Struct } from './call.ts';
import { BPF, BPF_ATTACH_TYPE, BPF_F, BPF_PROG_TYPE } from './flags.ts';
import { number, oneOf, plain } from './show.ts';

/** An instruction of eBPF: struct bpf_insn. */
export interface BpfInstruction {
  readonly code: number;
  /** The register that is written, or compared. */
  readonly to?: number;
  /** The register that is read. */
  readonly from?: number;
  /** Instructions to leave out, or bytes from an address on. */
  readonly offset?: number;
  readonly value?: number;
}

const PROG_LOAD = defineCall({
  name: 'bpf',
  source: 'bpf(2)',
  purpose: 'Hands a program to the kernel, which checks that it ends and does no harm.',
  show: [oneOf(BPF), plain, number],
  opens: true,
  subject: 'descriptors',
  needs: ['CAP_BPF', 'CAP_NET_ADMIN', 'CAP_SYS_ADMIN'],
  advice: {
    EPERM: 'Only real root may hand a program to the kernel: in a user namespace nobody may.',
    EINVAL: 'The kernel does not accept the program, or has no programs of this type (CONFIG_CGROUP_BPF).',
    ENOSYS: 'This kernel was built without bpf (CONFIG_BPF_SYSCALL).',
  },
  examples: () => [loadDeviceProgram([])],
});

/** union bpf_attr, as far as a program without a name fills it: prog_type to prog_flags. */
const PROG_LOAD_SIZE = 48;

/**
 * Loads a program that decides about devices: it gives 1 for yes and 0 for no;
 * `detail` says what it does. Linux 4.15. Source: bpf(2), BPF_PROG_LOAD;
 * BPF_PROG_TYPE_CGROUP_DEVICE in linux/bpf.h.
 */
export function loadDeviceProgram(instructions: readonly BpfInstruction[], detail: readonly string[] = []): Call {
  const bytes = Buffer.alloc(PROG_LOAD_SIZE);
  bytes.writeUInt32LE(BPF_PROG_TYPE.BPF_PROG_TYPE_CGROUP_DEVICE, 0);
  bytes.writeUInt32LE(instructions.length, 4);
  const shown = `[/* ${instructions.length} instructions */]`;
  const attributes: Struct = {
    bytes,
    text: `{prog_type=BPF_PROG_TYPE_CGROUP_DEVICE, insn_cnt=${instructions.length}, insns=${shown}, license="GPL", log_level=0, log_size=0, log_buf=NULL, kern_version=KERNEL_VERSION(0, 0, 0), prog_flags=0}`,
    detail: () => detail,
    pointers: [
      { at: 8, to: { bytes: encode(instructions), text: shown } },
      { at: 16, to: 'GPL' },
    ],
  };
  return PROG_LOAD(BPF.BPF_PROG_LOAD, attributes, bytes.length);
}

function encode(instructions: readonly BpfInstruction[]): Buffer {
  const bytes = Buffer.alloc(instructions.length * 8);
  instructions.forEach(({ code, to = 0, from = 0, offset = 0, value = 0 }, index) => {
    bytes.writeUInt8(code, index * 8);
    bytes.writeUInt8(to | (from << 4), index * 8 + 1);
    bytes.writeInt16LE(offset, index * 8 + 2);
    bytes.writeInt32LE(value, index * 8 + 4);
  });
  return bytes;
}

const PROG_ATTACH = defineCall({
  name: 'bpf',
  source: 'bpf(2)',
  purpose: 'Attaches a program to a cgroup: it is asked whenever a process in it opens or makes a device.',
  show: [oneOf(BPF), plain, number],
  subject: 'descriptors',
  needs: ['CAP_BPF', 'CAP_NET_ADMIN', 'CAP_SYS_ADMIN'],
  advice: { EPERM: 'A cgroup above has a program that allows no other one, or you are not real root.' },
  examples: () => [attachDeviceProgram(-1, -1)],
});

/** union bpf_attr, as far as BPF_PROG_ATTACH fills it: target_fd to attach_flags. */
const PROG_ATTACH_SIZE = 16;

/**
 * Attaches a program to an open cgroup, beside others: a device is allowed if
 * all of them say so. It goes with the cgroup. Source: bpf(2), BPF_PROG_ATTACH.
 */
export function attachDeviceProgram(cgroup: number | Call, program: number | Call): Call {
  const bytes = Buffer.alloc(PROG_ATTACH_SIZE);
  bytes.writeUInt32LE(BPF_ATTACH_TYPE.BPF_CGROUP_DEVICE, 8);
  bytes.writeUInt32LE(BPF_F.BPF_F_ALLOW_MULTI, 12);
  const attributes: Struct = {
    bytes,
    text: [
      '{target_fd=',
      cgroup,
      ', attach_bpf_fd=',
      program,
      ', attach_type=BPF_CGROUP_DEVICE, attach_flags=BPF_F_ALLOW_MULTI}',
    ],
    descriptors: [
      { at: 0, fd: cgroup },
      { at: 4, fd: program },
    ],
  };
  return PROG_ATTACH(BPF.BPF_PROG_ATTACH, attributes, bytes.length);
}
