/** After a run: what the kernel counted, each figure with the file that it is from. */

import { PERIOD_US, type Resources } from '../settings/resources.ts';
import { Counters } from './counters.ts';

/**
 * One line per limit that has a cgroup; what a kernel does not count is left
 * out. Sources: cgroup-v1/{memory,cpuacct,blkio-controller}.rst, cgroup-v2.rst.
 */
export function reportOf(limits: Resources, directories: readonly string[]): string[] {
  const counters = new Counters(directories);
  return [
    line('memory', limits.memory !== undefined && memory(counters, limits.memory)),
    line('cpu', limits.cpus !== undefined && throttling(counters)),
    line('cpu', limits.cpuShares !== undefined && cpuTime(counters)),
    line('cpuset', limits.cpusetCpus !== undefined && cpus(counters)),
    line('pids', limits.pids !== undefined && pids(counters, limits.pids)),
    line('block I/O', limits.deviceWriteBps !== undefined && written(counters, limits.deviceWriteBps)),
  ].flat();
}

function line(title: string, figures: readonly (string | undefined)[] | false): string[] {
  const known = figures ? figures.filter((figure) => figure !== undefined) : [];
  return known.length > 0 ? [`${title}: ${known.join(', ')}`] : [];
}

function memory(counters: Counters, limit: number) {
  return [
    figure(
      counters.number('memory.max_usage_in_bytes'),
      (peak) => `peak ${mebibytes(peak)} of ${mebibytes(limit)} (memory.max_usage_in_bytes)`,
    ),
    figure(counters.number('memory.peak'), (peak) => `peak ${mebibytes(peak)} of ${mebibytes(limit)} (memory.peak)`),
    figure(counters.keyed('memory.oom_control', 'oom_kill'), (kills) => `OOM kills ${kills} (memory.oom_control)`),
    figure(counters.keyed('memory.events', 'oom_kill'), (kills) => `OOM kills ${kills} (memory.events)`),
  ];
}

function throttling(counters: Counters) {
  const periods = counters.keyed('cpu.stat', 'nr_periods');
  const nanoseconds =
    counters.keyed('cpu.stat', 'throttled_time') ?? (counters.keyed('cpu.stat', 'throttled_usec') ?? 0) * 1000;
  return [
    figure(counters.keyed('cpu.stat', 'nr_throttled'), (throttled) => {
      const waited = seconds(nanoseconds);
      return `throttled in ${throttled} of ${periods} periods of ${PERIOD_US / 1000} ms, for ${waited} over all CPUs (cpu.stat)`;
    }),
  ];
}

function cpuTime(counters: Counters) {
  return [
    figure(counters.number('cpu.shares'), (shares) => `${shares} shares (cpu.shares)`),
    figure(counters.number('cpu.weight'), (weight) => `weight ${weight} (cpu.weight)`),
    figure(counters.number('cpuacct.usage'), (nanoseconds) => `${seconds(nanoseconds)} used (cpuacct.usage)`),
    figure(counters.keyed('cpu.stat', 'usage_usec'), (usec) => `${seconds(usec * 1000)} used (cpu.stat)`),
  ];
}

function cpus(counters: Counters) {
  const effective = ['cpuset.effective_cpus', 'cpuset.cpus.effective'].flatMap((file) =>
    (counters.text(file) ?? []).length > 0 ? [`CPUs ${counters.text(file)} (${file})`] : [],
  );
  const times = counters.text('cpuacct.usage_percpu')?.split(' ').map(Number);
  const used = times?.map((nanoseconds, cpu) => `CPU ${cpu} ${seconds(nanoseconds)}`).join(', ');
  return [...effective, used && `${used} (cpuacct.usage_percpu)`];
}

function pids(counters: Counters, limit: number) {
  return [
    figure(counters.number('pids.peak'), (peak) => `peak ${peak} of ${limit} (pids.peak)`),
    figure(counters.keyed('pids.events', 'max'), (refused) => `refused ${refused} (pids.events)`),
  ];
}

function written(counters: Counters, rate: number) {
  const limited = counters.text('blkio.throttle.write_bps_device') ?? counters.text('io.max');
  const disk = limited?.split(' ')[0] ?? '';
  const limit = `at most ${mebibytes(rate)} per second`;
  const wbytes = new RegExp(`^${disk} .*wbytes=(\\d+)`, 'm').exec(counters.text('io.stat') ?? '')?.[1];
  return [
    figure(
      counters.keyed('blkio.throttle.io_service_bytes', `${disk} Write`),
      (bytes) => `${mebibytes(bytes)} written to ${disk}, ${limit} (blkio.throttle.io_service_bytes)`,
    ),
    figure(wbytes, (bytes) => `${mebibytes(Number(bytes))} written to ${disk}, ${limit} (io.stat)`),
  ];
}

function figure<T>(value: T | undefined, text: (value: T) => string): string | undefined {
  return value === undefined ? undefined : text(value);
}

function mebibytes(bytes: number): string {
  return `${(bytes / 2 ** 20).toFixed(1)} MiB`;
}

function seconds(nanoseconds: number): string {
  return `${(nanoseconds / 1e9).toFixed(2)} s`;
}
