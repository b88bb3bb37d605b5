/** A machine for one job: started, used, and ended whatever happens. */
import { chooseAccelerator } from './accelerator.ts';
import { ensureMachineImage } from './image.ts';
import { type Job, runJob } from './job.ts';
import { ensureModulesDisk } from './kit.ts';
import { ownMachine } from './machine.ts';
import type { VmRequest } from './options.ts';
import { requirePrograms } from './programs.ts';
import { type RunningMachine, start } from './qemu.ts';

const TIMED_OUT = 124; // as timeout(1) has it
const SIGNALS = { SIGHUP: 129, SIGINT: 130, SIGTERM: 143 } as const;
const NO_READER = 141; // as a shell has it after SIGPIPE

/**
 * What every machine is started with, built where there is none yet. `say` is called with news of a build.
 * @throws Error if something is missing here
 */
export function prepareMachine(say: (line: string) => void) {
  const machine = ownMachine();
  requirePrograms('npm run vm', [
    { name: machine.qemu, package: machine.packages },
    { name: 'mke2fs', package: 'e2fsprogs' },
    { name: 'setpriv', package: 'util-linux' },
  ]);
  const image = ensureMachineImage(machine, say);
  return { machine, image, modules: ensureModulesDisk(), accelerator: chooseAccelerator(machine, image.kernel) };
}

/** Returns the job's exit status, or the one for what ended the machine before. */
export async function runInMachine(request: VmRequest, job: Job, say: (line: string) => void): Promise<number> {
  const { machine, image, modules, accelerator } = prepareMachine(say);
  const running = start(machine, image, modules, accelerator, request.hardware);
  const interruption = interrupted(request.timeoutMs);
  try {
    return await Promise.race([runJob(running, job, request.bootTimeoutMs), interruption.status]);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EPIPE') return NO_READER;
    throw error;
  } finally {
    interruption.ignore();
    await end(running);
  }
}

/** Nothing in it is to be kept, so it need not be shut down. */
async function end({ process: qemu, ports, console }: RunningMachine): Promise<void> {
  const isOver = qemu.exitCode !== null || qemu.signalCode !== null || qemu.pid === undefined;
  if (!isOver) {
    const gone = new Promise((resolve) => qemu.once('exit', resolve));
    qemu.kill('SIGKILL');
    await gone;
  }
  for (const stream of [...Object.values(ports), console]) stream.destroy();
}

function interrupted(timeoutMs: number | undefined) {
  const listeners = new Map<NodeJS.Signals, () => void>();
  let timer: NodeJS.Timeout | undefined;
  const status = new Promise<number>((resolve) => {
    for (const [signal, code] of Object.entries(SIGNALS)) {
      listeners.set(signal as NodeJS.Signals, () => resolve(code));
    }
    if (timeoutMs !== undefined) timer = setTimeout(() => resolve(TIMED_OUT), timeoutMs);
  });
  for (const [signal, listener] of listeners) process.on(signal, listener);
  const ignore = () => {
    clearTimeout(timer);
    for (const [signal, listener] of listeners) process.off(signal, listener);
  };
  return { status, ignore };
}
