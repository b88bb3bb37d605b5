/** Runs commands, each to its end or to its limit, with all that it starts. */
import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { Duplex } from 'node:stream';
import { fileURLToPath } from 'node:url';

const top = fileURLToPath(new URL('..', import.meta.url));
const GRACE_MS = 3000;
/** How to end each command that runs. It leads a process group, which is ours to end: Ctrl-C does not reach it. */
const running = new Set<() => Promise<void>>();
/** We are to end ourselves: nothing goes on after the commands that run. */
let isEnding = false;

export interface Outcome {
  /** Null if it did not end by itself in time. */
  readonly status: number | null;
  readonly output: string;
}

export interface Circumstances {
  /** The kit's folder, unless given. */
  readonly cwd?: string;
  readonly env?: Record<string, string>;
  readonly timeoutS: number;
  /** Is told every line as it comes. */
  readonly hear?: (line: string) => void;
  /** Talks with the command over its descriptor 3. */
  readonly converse?: (channel: Duplex) => Promise<void>;
  /** Ends the command, in place of SIGTERM. */
  readonly end?: () => void;
}

/** Gives a command's status and all that it printed. */
export function runCommand(
  [program = '', ...words]: readonly string[],
  { cwd = top, env, timeoutS, hear, converse, end }: Circumstances,
): Promise<Outcome> {
  return new Promise((finish) => {
    const child = spawn(program, words, {
      cwd,
      env: { ...process.env, FORCE_COLOR: '0', ...env },
      stdio: ['ignore', 'pipe', 'pipe', converse ? 'pipe' : 'ignore'],
      detached: true,
    });
    const endIt = () => endCommand(child, end);
    running.add(endIt);
    let output = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream?.on('data', (chunk: Buffer) => {
        output += chunk;
      });
      if (stream && hear) createInterface({ input: stream }).on('line', hear);
    }
    let late = false;
    const giveUp = async (reason: string) => {
      late = true;
      output += `\n${reason}`;
      hear?.(reason);
      await endIt();
      // Something that left the group may hold the pipes open: no use waiting for it.
      child.stdout?.destroy();
      child.stderr?.destroy();
    };
    const channel = child.stdio[3];
    if (converse && channel instanceof Duplex) converse(channel).catch((error: Error) => giveUp(error.message));
    const timer = setTimeout(() => giveUp(`no end within ${timeoutS} s`), timeoutS * 1000);
    let grace: NodeJS.Timeout | undefined;
    child.on('exit', () => {
      grace = setTimeout(() => giveUp('it has ended, but left a process behind that holds its output'), GRACE_MS);
    });
    child.on('error', (error) => {
      output += error.message;
    });
    child.on('close', (status) => {
      clearTimeout(timer);
      clearTimeout(grace);
      running.delete(endIt);
      if (!isEnding) finish({ status: late ? null : status, output });
    });
  });
}

/** Asks first: the command may itself have groups to end. What then remains of this one is killed. */
async function endCommand(child: ChildProcess, end = () => signalGroup(child, 'SIGTERM')): Promise<void> {
  const isOver = () => child.exitCode !== null || child.signalCode !== null;
  end();
  for (const deadline = Date.now() + GRACE_MS; !isOver() && Date.now() < deadline; ) {
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  signalGroup(child, 'SIGKILL');
}

function signalGroup({ pid }: ChildProcess, signal: NodeJS.Signals): void {
  try {
    if (pid) process.kill(-pid, signal);
  } catch {
    // It has ended already.
  }
}

for (const [signal, status] of [
  ['SIGINT', 130],
  ['SIGTERM', 143],
] as const) {
  process.on(signal, async () => {
    isEnding = true;
    await Promise.all([...running].map((end) => end()));
    process.exit(status);
  });
}
