/** CPU shares (cgroup v1, 2 to 262144) as CPU weight (cgroup v2, 1 to 10000). */

/**
 * The curve that runc has used since 1.3.2 and crun since 1.23: with
 * x = log2(shares) and y = log10(weight), the parabola through the least, the
 * default and the largest value of each, (1, 0), (10, 2) and (18, 4). The
 * straight line that came before made 39 of the default 1024, not 100.
 * Source: github.com/opencontainers/cgroups, pull request 20; ranges: cgroup-v2.rst, cpu.weight.
 */
export function weightOfShares(shares: number): number {
  const x = Math.log2(shares);
  const weight = Math.ceil(10 ** ((x * x + 125 * x - 126) / 612));
  return Math.min(Math.max(weight, 1), 10000);
}
