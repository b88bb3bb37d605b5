/** What a container may use at most, before any cgroup is involved. */

export interface Limits {
  /** Bytes of memory; there is no swap on top of it. */
  readonly memory?: number;
  /** CPUs' worth of time: 0.5 is half of one CPU, 2 is two whole ones. */
  readonly cpus?: number;
  /** Share of the CPU when others want it too: 2 to 262144, and 1024 is everyone's default. */
  readonly cpuShares?: number;
  /** The CPUs to run on, such as `0-1` or `0,3`. */
  readonly cpusetCpus?: string;
  /** How many processes and threads there may be at once. */
  readonly pids?: number;
  /** Bytes per second that may be written to the disk of the working directory. */
  readonly deviceWriteBps?: number;
}

/** The period over which a CPU quota is counted, in microseconds: the kernel's default. */
export const PERIOD_US = 100_000;

/**
 * Until its execve the child shares the memory of the kit. With too little to come
 * so far, the kernel's OOM killer would take both. docker run has the same least.
 */
export const LEAST_MEMORY = 6 * 2 ** 20;

/** The kernel takes no quota below 1 ms in a period. */
const LEAST_CPUS = 1000 / PERIOD_US;

/**
 * Refuses limits that the kernel would clamp in silence or turn down without a reason.
 * @throws RangeError that says what the limit accepts.
 */
export function checkLimits(limits: Limits): void {
  whole('memory', limits.memory, 1);
  whole('pids', limits.pids, 1);
  whole('deviceWriteBps', limits.deviceWriteBps, 1);
  whole('cpuShares', limits.cpuShares, 2, 262144);
  if (limits.cpus !== undefined && !(limits.cpus >= LEAST_CPUS && Number.isFinite(limits.cpus))) {
    throw new RangeError(`cpus is ${limits.cpus}; it must be a number from ${LEAST_CPUS}.`);
  }
  if (limits.cpusetCpus !== undefined) cpuList(limits.cpusetCpus);
}

function whole(name: string, value: number | undefined, least: number, most = Number.MAX_SAFE_INTEGER): void {
  if (value === undefined || (Number.isInteger(value) && value >= least && value <= most)) return;
  throw new RangeError(`${name} is ${value}; it must be a whole number from ${least} to ${most}.`);
}

/**
 * The CPUs of a list in the kernel's notation: `0-1,3` is 0, 1 and 3.
 * @throws RangeError for anything else. Source: cpuset(7), List format.
 */
export function cpuList(text: string): number[] {
  const cpus = new Set<number>();
  for (const range of text.trim().split(',')) {
    const [, first, last = first] = /^(\d{1,5})(?:-(\d{1,5}))?$/.exec(range) ?? [];
    if (first === undefined || Number(last) < Number(first)) {
      throw new RangeError(`"${text}" is not a list of CPUs such as 0-1 or 0,3.`);
    }
    for (let cpu = Number(first); cpu <= Number(last); cpu += 1) cpus.add(cpu);
  }
  return [...cpus].sort((a, b) => a - b);
}
