/**
 * The only file that speaks to the native library, and so the only one that
 * imports koffi. native/lab.h describes the functions.
 */
import { createRequire } from 'node:module';
import { promisify } from 'node:util';
import { ensureBuilt } from '../../native/build.mjs';
import { loadProblem } from '../../native/load-problem.cjs';

interface Native {
  readonly functions: ReturnType<typeof declare>;
  /** Where the program lies that children hand over to. */
  readonly walkerFile: string;
}

let loaded: Native | undefined;

/**
 * Loads the library when its first function is called, not before: what only reads
 * lists needs neither a compiler nor koffi.
 * @throws Error with one line for what is missing here
 */
function native(): Native {
  if (loaded) return loaded;
  try {
    const { library, walker } = ensureBuilt();
    loaded = { functions: declare(library), walkerFile: walker };
    return loaded;
  } catch (error) {
    throw new Error(loadProblem(error) ?? (error as Error).message, { cause: error });
  }
}

/** Loads the library now, in a process that later may not. */
export function loadLibrary(): void {
  native();
}

/** Why the library cannot be loaded here, in one line, if that is so. */
export function lackOfLibrary(): string | undefined {
  try {
    loadLibrary();
  } catch (error) {
    return (error as Error).message;
  }
}

function declare(path: string) {
  const koffi: typeof import('koffi') = createRequire(import.meta.url)('koffi');
  const lab = koffi.load(path);
  const child = koffi.pointer('child_handle', koffi.opaque('child'));
  const spawnOptions = koffi.struct('spawn_options', {
    flags: 'uint64_t',
    terminal: 'int32_t',
    watch: 'int32_t',
    copy: 'int32_t',
    mortal: 'int32_t',
    directory: 'int32_t',
    walker: 'int32_t',
    pid: 'int32_t',
    taken: 'int32_t',
  });
  return {
    findCall: lab.func('lab_find_call', 'int', ['str']),
    errnoText: lab.func('lab_errno_text', 'str', ['int']),
    perform: lab.func('lab_perform', 'int', ['void *', 'void *', 'void *']),
    spawn: lab.func('lab_spawn', child, ['void *', koffi.inout(koffi.pointer(spawnOptions)), 'void *']),
    failure: lab.func('lab_failure', 'int', [child, 'void *']),
    result: lab.func('lab_result', 'int64_t', [child, 'uint32_t']),
    release: lab.func('lab_release', 'void', [child]),
    openWalker: lab.func('lab_open_walker', 'int', ['str']),
    awaitEnd: lab.func('lab_await_end', 'int', ['int', 'int']),
    awaitInput: lab.func('lab_await_input', 'int', ['int', 'int']),
    foreground: lab.func('lab_foreground', 'int', ['int', 'int']),
  };
}

/** What a child runs on, until it is released. */
export type Handle = unknown;

export interface Spawned {
  readonly handle: Handle;
  /** The child's number as the parent sees it, or -errno if there is no child. */
  readonly pid: number;
  /** When watching, one for each list: read events there, write a byte for each gated call. */
  readonly channels: readonly number[];
  /** Where a list hands over: it ends when the walker has taken over, or the child has ended. */
  readonly taken: number;
}

const callNumbers = new Map<string, number>();

/** The row of a system call in native/calls.c. */
export function findCall(name: string): number {
  const known = callNumbers.get(name);
  if (known !== undefined) return known;
  const row = native().functions.findCall(name) as number;
  if (row < 0) throw new Error(`${name} is not in the table of native/calls.c. Add a line CALL(${name}) there.`);
  callNumbers.set(name, row);
  return row;
}

/** The kernel's words for an error number: strerror(3). */
export function errnoText(number: number): string {
  return native().functions.errnoText(number) as string;
}

/**
 * Makes the calls of a packed program in this process; `results` has one slot per
 * call. Gives how many were made. If it stopped before a call that would have to
 * wait, `waiting` is the descriptor that it waits for.
 */
export function performProgram(block: Buffer, results: BigInt64Array, waiting?: Int32Array): number {
  return native().functions.perform(block, results, waiting ?? null) as number;
}

export interface SpawnRequest {
  /** CLONE_NEW flags. */
  readonly flags: number;
  /** A terminal whose foreground the child becomes, or -1. */
  readonly terminal: number;
  /** Whether the child announces its calls and obeys the gates. */
  readonly watch: boolean;
  /** Whether the child gets a copy of the memory instead of sharing it. */
  readonly copy: boolean;
  /** Whether the child dies with this process. */
  readonly mortal: boolean;
  /** An open directory for the child to begin in, or -1. */
  readonly directory: number;
  /** The walker, where a list hands over to it, or -1. */
  readonly walker: number;
  /** How many lists there are. */
  readonly lists: number;
}

/** Starts a child that makes the calls of a packed program. */
export function spawnProgram(block: Buffer, { lists, ...request }: SpawnRequest): Spawned {
  const options = {
    ...request,
    watch: Number(request.watch),
    copy: Number(request.copy),
    mortal: Number(request.mortal),
    pid: 0,
    taken: -1,
  };
  const channels = request.watch ? new Int32Array(lists) : null;
  const handle = native().functions.spawn(block, options, channels);
  return { handle, pid: options.pid, channels: [...(channels ?? [])], taken: options.taken };
}

export interface NativeFailure {
  /** The row of the call, among those of all lists. */
  readonly index: number;
  readonly outcome: number;
  /** The call itself succeeded, and its answer held the error. */
  readonly byVerdict: boolean;
}

/** Which call of a child, or of a process that it cloned, has failed until now. */
export function failureOf(handle: Handle): NativeFailure | undefined {
  const slots = new Int32Array(2);
  const found = native().functions.failure(handle, slots) as number;
  const [index = 0, outcome = 0] = slots;
  return found === 0 ? undefined : { index, outcome, byVerdict: found === 2 };
}

/** The result of a call of a child; undefined until it has come back. */
export function resultOf(handle: Handle, index: number): number | undefined {
  const result = Number(native().functions.result(handle, index));
  return Number.isSafeInteger(result) ? result : undefined;
}

/** Frees what a child ran on, after its end. */
export function releaseChild(handle: Handle): void {
  native().functions.release(handle);
}

let walker: number | undefined;

/** The program that children hand over to, open; or -errno. */
export function openWalker(): number {
  walker ??= native().functions.openWalker(native().walkerFile) as number;
  return walker;
}

/** Makes a process group the foreground of a terminal; 0, or -errno. */
export function setForeground(terminal: number, group: number): number {
  return native().functions.foreground(terminal, group) as number;
}

/**
 * Waits until a child has ended, at most some milliseconds, in which nothing else
 * of Node runs. Gives its wait status, or -errno.
 */
export function awaitEnd(pid: number, milliseconds: number): number {
  return native().functions.awaitEnd(pid, milliseconds) as number;
}

/**
 * Waits, in a thread of its own, until `fd` has something to read or is at its
 * end, or until `cancel` has. Gives 1, 0 if it was cancelled, or -errno.
 */
export function awaitInput(fd: number, cancel: number): Promise<number> {
  return promisify(native().functions.awaitInput.async)(fd, cancel) as Promise<number>;
}
