/** Runs a seccomp filter as the kernel would: an accumulator of 32 bits, and struct seccomp_data. */
import type { FilterInstruction } from '../../src/syscalls/identity.ts';

export interface MadeCall {
  /** AUDIT_ARCH_... */
  readonly architecture: number;
  readonly number: number;
  readonly args?: readonly bigint[];
}

export interface Ran {
  readonly answer: number;
  /** How many instructions it took. */
  readonly steps: number;
}

/** @throws Error for what the kernel would not have taken */
export function runFilter(filter: readonly FilterInstruction[], { architecture, number, args = [] }: MadeCall): Ran {
  const data = Buffer.alloc(64);
  data.writeUInt32LE(number >>> 0, 0);
  data.writeUInt32LE(architecture, 4);
  args.forEach((value, index) => {
    data.writeBigUInt64LE(value, 16 + 8 * index);
  });
  let accumulator = 0;
  for (let at = 0, steps = 1; ; at++, steps++) {
    const { code, value, jumpTrue = 0, jumpFalse = 0 } = filter[at] ?? { code: -1, value: 0 };
    if (value >>> 0 !== value || [jumpTrue, jumpFalse].some((jump) => (jump & 0xff) !== jump)) {
      throw new Error(`instruction ${at} does not fit: ${JSON.stringify(filter[at])}`);
    }
    const jump = (holds: boolean) => {
      at += holds ? jumpTrue : jumpFalse;
    };
    switch (code) {
      case 0x06: // BPF_RET | BPF_K
        return { answer: value, steps };
      case 0x20: // BPF_LD | BPF_W | BPF_ABS
        accumulator = data.readUInt32LE(value);
        break;
      case 0x54: // BPF_ALU | BPF_AND | BPF_K
        accumulator = (accumulator & value) >>> 0;
        break;
      case 0x05: // BPF_JMP | BPF_JA
        at += value;
        break;
      case 0x15: // BPF_JMP | BPF_JEQ | BPF_K
        jump(accumulator === value);
        break;
      case 0x25: // BPF_JMP | BPF_JGT | BPF_K
        jump(accumulator > value);
        break;
      case 0x35: // BPF_JMP | BPF_JGE | BPF_K
        jump(accumulator >= value);
        break;
      case 0x45: // BPF_JMP | BPF_JSET | BPF_K
        jump((accumulator & value) !== 0);
        break;
      default:
        throw new Error(`instruction ${at} is unknown: ${code}`);
    }
  }
}
