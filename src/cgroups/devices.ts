/**
 * Which devices a cgroup may use: in v1 lines of a file, in v2 a small program
 * that the kernel asks. Source: cgroup-v1/devices.rst; cgroup-v2.rst, Device controller.
 */
import type { DeviceRule } from '../settings/devices.ts';
import { attachDeviceProgram, type BpfInstruction, loadDeviceProgram } from '../syscalls/bpf.ts';
import type { Call } from '../syscalls/call.ts';
import { close, openat } from '../syscalls/files.ts';
import { BPF_DEVCG, O_DIRECTORY, O_RDONLY } from '../syscalls/flags.ts';

/** `c 1:3 rwm`, a line of devices.allow. */
export function ruleText({ type, major, minor, access }: DeviceRule): string {
  return `${type} ${major ?? '*'}:${minor ?? '*'} ${access}`;
}

/** Attaches the program to a cgroup of v2, which has no file for it. */
export function limitDevices(directory: string, rules: readonly DeviceRule[]): Call[] {
  const group = openat(directory, O_RDONLY | O_DIRECTORY);
  const program = loadDeviceProgram(
    deviceProgram(rules),
    rules.map((rule) => `allow ${ruleText(rule)}`),
  );
  return [group, program, attachDeviceProgram(group, program), close(program), close(group)];
}

/** Operations of eBPF. Source: linux/bpf.h and linux/bpf_common.h. */
const LOAD_WORD = 0x61;
const COPY = 0xbc;
const SET = 0xb4;
const AND = 0x54;
const SHIFT_RIGHT = 0x74;
const UNLESS_EQUAL = 0x56;
const EXIT = 0x95;

/** The registers: the answer, the kernel's question, and what is read of it. */
const [ANSWER, QUESTION, TYPE, ACCESS, MAJOR, MINOR] = [0, 1, 2, 3, 4, 5];

/** Where it stands in struct bpf_cgroup_dev_ctx. */
const PLACES = { typeAndAccess: 0, major: 4, minor: 8 } as const;

const TYPES = { b: BPF_DEVCG.BPF_DEVCG_DEV_BLOCK, c: BPF_DEVCG.BPF_DEVCG_DEV_CHAR } as const;
const ACCESSES = {
  m: BPF_DEVCG.BPF_DEVCG_ACC_MKNOD,
  r: BPF_DEVCG.BPF_DEVCG_ACC_READ,
  w: BPF_DEVCG.BPF_DEVCG_ACC_WRITE,
} as const;

/** Goes through the rules: the first that fits says yes, and without one it is no. */
export function deviceProgram(rules: readonly DeviceRule[]): BpfInstruction[] {
  return [
    { code: LOAD_WORD, to: TYPE, from: QUESTION, offset: PLACES.typeAndAccess },
    { code: COPY, to: ACCESS, from: TYPE },
    { code: AND, to: TYPE, value: 0xffff },
    { code: SHIFT_RIGHT, to: ACCESS, value: 16 },
    { code: LOAD_WORD, to: MAJOR, from: QUESTION, offset: PLACES.major },
    { code: LOAD_WORD, to: MINOR, from: QUESTION, offset: PLACES.minor },
    ...rules.flatMap(instructionsFor),
    { code: SET, to: ANSWER, value: 0 },
    { code: EXIT },
  ];
}

function instructionsFor({ type, major, minor, access }: DeviceRule): BpfInstruction[] {
  const refused = Object.entries(ACCESSES).reduce(
    (bits, [letter, bit]) => bits | (access.includes(letter) ? 0 : bit),
    0,
  );
  // Each comparison leads to the next rule, when it fails.
  const comparisons: BpfInstruction[][] = [
    [{ code: UNLESS_EQUAL, to: TYPE, value: TYPES[type] }],
    major === undefined ? [] : [{ code: UNLESS_EQUAL, to: MAJOR, value: major }],
    minor === undefined ? [] : [{ code: UNLESS_EQUAL, to: MINOR, value: minor }],
    refused === 0
      ? []
      : [
          { code: COPY, to: QUESTION, from: ACCESS },
          { code: AND, to: QUESTION, value: refused },
          { code: UNLESS_EQUAL, to: QUESTION, value: 0 },
        ],
  ];
  const lines = [...comparisons.flat(), { code: SET, to: ANSWER, value: 1 }, { code: EXIT }];
  return lines.map((line, index) =>
    line.code === UNLESS_EQUAL ? { ...line, offset: lines.length - index - 1 } : line,
  );
}
