/** The machine on which figures were taken. */
import { cpus, loadavg, machine, release } from 'node:os';

export interface Machine {
  readonly date: string;
  readonly kernel: string;
  readonly architecture: string;
  readonly cpu: string;
  readonly cores: number;
  readonly node: string;
  readonly root: boolean;
  /** Processes that wanted to run, on average of the minute before. */
  readonly load: number;
}

export function thisMachine(): Machine {
  return {
    date: new Date().toISOString(),
    kernel: release(),
    architecture: machine(),
    cpu: cpus()[0]?.model.trim() || 'unknown',
    cores: cpus().length,
    node: process.version,
    root: process.geteuid?.() === 0,
    load: loadavg()[0] ?? 0,
  };
}

export function machineLine({ date, kernel, architecture, cpu, cores, node, root, load }: Machine): string {
  const who = root ? 'root' : 'an ordinary user';
  return [
    `${date.slice(0, 16).replace('T', ' ')} UTC, Linux ${kernel} ${architecture}, Node ${node}, as ${who}`,
    `${cores} × ${cpu}, load ${load.toFixed(2)}`,
  ].join('\n');
}
