/** Reading a submission's file, which may be anything. */
import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs';

export const MOST_BYTES = 256 * 1024;

/** It cannot be graded, and why. */
export class UnreadableSubmission extends Error {
  override readonly name = 'UnreadableSubmission';
}

/**
 * The text of a regular file; a link is not followed, for it could lead to
 * somebody else's work, and a pipe is not waited for.
 * @throws UnreadableSubmission
 */
export function readSubmission(path: string): string {
  const fd = open(path);
  try {
    const stats = fstatSync(fd);
    if (!stats.isFile()) throw new UnreadableSubmission('It is no regular file.');
    const bytes = Buffer.alloc(MOST_BYTES + 1);
    const size = readSync(fd, bytes, 0, bytes.length, 0);
    if (size > MOST_BYTES) throw new UnreadableSubmission(`It has more than ${MOST_BYTES / 1024} KiB.`);
    return bytes.toString('utf8', 0, size);
  } finally {
    closeSync(fd);
  }
}

function open(path: string): number {
  try {
    return openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ELOOP') throw new UnreadableSubmission('It is a symbolic link.');
    if (code === 'ENOENT') throw new UnreadableSubmission('There is no such file.');
    throw new UnreadableSubmission(`It cannot be read: ${code}.`);
  }
}
