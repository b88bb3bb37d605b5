/**
 * The only file that speaks to the native library, and so the only one that
 * imports koffi. native/lab.h describes the functions.
 */
import koffi from 'koffi';
import { build, isFresh, library } from '../../native/build.mjs';

if (!isFresh()) {
  const problem = build();
  if (problem) throw new Error(problem);
}

const lab = koffi.load(library);

const child = koffi.pointer('child_handle', koffi.opaque('child'));
const spawnOptions = koffi.struct('spawn_options', {
  flags: 'uint64_t',
  terminal: 'int32_t',
  watch: 'int32_t',
  copy: 'int32_t',
  directory: 'int32_t',
  pid: 'int32_t',
  events: 'int32_t',
  gate: 'int32_t',
});

const functions = {
  findCall: lab.func('lab_find_call', 'int', ['str']),
  errnoText: lab.func('lab_errno_text', 'str', ['int']),
  perform: lab.func('lab_perform', 'int', ['void *', 'void *']),
  spawn: lab.func('lab_spawn', child, ['void *', koffi.inout(koffi.pointer(spawnOptions))]),
  peek: lab.func('lab_peek', 'int', [child, 'uint32_t', 'void *', 'uint32_t']),
  release: lab.func('lab_release', 'void', [child]),
  awaitEnd: lab.func('lab_await_end', 'int', ['int', 'int']),
  foreground: lab.func('lab_foreground', 'int', ['int', 'int']),
};

/** What a child runs on, until it is released. */
export type Handle = unknown;

export interface Spawned {
  readonly handle: Handle;
  /** The child's number as the parent sees it, or -errno if there is no child. */
  readonly pid: number;
  /** Read events here. */
  readonly events: number;
  /** Write a byte here for each gated call; -1 unless watching. */
  readonly gate: number;
}

const callNumbers = new Map<string, number>();

/** The row of a system call in native/calls.c. */
export function findCall(name: string): number {
  const known = callNumbers.get(name);
  if (known !== undefined) return known;
  const row = functions.findCall(name) as number;
  if (row < 0) throw new Error(`${name} is not in the table of native/calls.c. Add a line CALL(${name}) there.`);
  callNumbers.set(name, row);
  return row;
}

/** The kernel's words for an error number: strerror(3). */
export function errnoText(number: number): string {
  return functions.errnoText(number) as string;
}

/** Makes the calls of a packed program in this process; `results` has one slot per call. */
export function performProgram(block: Buffer, results: BigInt64Array): number {
  return functions.perform(block, results) as number;
}

export interface SpawnRequest {
  /** CLONE_NEW flags. */
  readonly flags: number;
  /** A terminal whose foreground the child becomes, or -1. */
  readonly terminal: number;
  /** Whether the child announces its calls and obeys the gate. */
  readonly watch: boolean;
  /** Whether the child gets a copy of the memory instead of sharing it. */
  readonly copy: boolean;
  /** An open directory for the child to begin in, or -1. */
  readonly directory: number;
}

/** Starts a child that makes the calls of a packed program. */
export function spawnProgram(block: Buffer, request: SpawnRequest): Spawned {
  const options = {
    flags: request.flags,
    terminal: request.terminal,
    watch: Number(request.watch),
    copy: Number(request.copy),
    directory: request.directory,
    pid: 0,
    events: -1,
    gate: -1,
  };
  const handle = functions.spawn(block, options);
  return { handle, pid: options.pid, events: options.events, gate: options.gate };
}

/** What the kernel wrote at `offset` of a child's program; undefined where memory is not shared. */
export function peekChild(handle: Handle, offset: number, size: number): Buffer | undefined {
  const bytes = Buffer.alloc(size);
  return functions.peek(handle, offset, bytes, size) === 0 ? bytes : undefined;
}

/** Frees what a child ran on; only after its events have ended. */
export function releaseChild(handle: Handle): void {
  functions.release(handle);
}

/** Makes a process group the foreground of a terminal; 0, or -errno. */
export function setForeground(terminal: number, group: number): number {
  return functions.foreground(terminal, group) as number;
}

/** Waits until a child has ended, at most some milliseconds, in which nothing else of Node runs. */
export function awaitEnd(pid: number, milliseconds: number): void {
  functions.awaitEnd(pid, milliseconds);
}
