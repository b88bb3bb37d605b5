/** Shows all that it can learn of whoever started it: variables, descriptors, arguments. */
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';

export async function run(): Promise<{ status: number }> {
  const variables = readFileSync('/proc/self/environ', 'utf8').split('\0').filter(Boolean);
  const files = readdirSync('/proc/self/fd').map(target).filter(Boolean);
  for (const seen of [...variables, ...files, ...process.argv]) process.stdout.write(`seen: ${seen}\n`);
  return { status: 0 };
}

function target(fd: string): string {
  try {
    return readlinkSync(`/proc/self/fd/${fd}`);
  } catch {
    return '';
  }
}
