/**
 * Reading files whose size somebody else chooses: a process can have a command
 * line of 200 MB, or a million mounts, and the kernel writes all of it out for
 * whoever reads on.
 */
import { closeSync, constants, openSync, readSync } from 'node:fs';

/** Where all is read to, before what has come is copied: so a short file costs little memory. */
const scratch = Buffer.allocUnsafeSlow(64 * 1024);

/** There is more than the reader wants. */
export class TooLong extends Error {
  override readonly name = 'TooLong';

  constructor(path: string, most: number) {
    super(`${path} has more than ${Math.floor(most / 1024)} KiB`);
  }
}

/**
 * At most so many bytes from the beginning of a file.
 * @throws Error with a `code`, as openSync and readSync do
 */
export function readBeginning(path: string, most: number): Buffer {
  const fd = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOCTTY);
  try {
    const chunks: Buffer[] = [];
    for (let left = most; left > 0; ) {
      const size = readSync(fd, scratch, 0, Math.min(left, scratch.length), null);
      if (size === 0) break;
      chunks.push(Buffer.from(scratch.subarray(0, size)));
      left -= size;
    }
    return chunks.length === 1 ? (chunks[0] as Buffer) : Buffer.concat(chunks);
  } finally {
    closeSync(fd);
  }
}

/** A whole file as text. @throws TooLong if it has more than so many bytes */
export function readBounded(path: string, most: number): string {
  const bytes = readBeginning(path, most + 1);
  if (bytes.length > most) throw new TooLong(path, most);
  return bytes.toString('utf8');
}
