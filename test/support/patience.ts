/** How long tests wait. Where a processor is emulated, TEST_PATIENCE says how many times longer. */

const FACTOR = Number(process.env.TEST_PATIENCE ?? 1);

export function patience(milliseconds: number): number {
  return milliseconds * FACTOR;
}
