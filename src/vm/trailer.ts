/** The end of a stream that the other side cannot close. */

/**
 * What a stream gives up to a mark, and `true` as the last value if the mark
 * came. Bytes that may be the mark's beginning wait until it is clear.
 */
export async function* until(mark: string, stream: AsyncIterable<Buffer>): AsyncGenerator<Buffer, boolean> {
  const end = Buffer.from(mark);
  let held = Buffer.alloc(0);
  for await (const chunk of stream) {
    const bytes = Buffer.concat([held, chunk]);
    const at = bytes.indexOf(end);
    if (at >= 0) {
      if (at > 0) yield bytes.subarray(0, at);
      return true;
    }
    const kept = beginningLength(bytes, end);
    held = bytes.subarray(bytes.length - kept);
    if (bytes.length > kept) yield bytes.subarray(0, bytes.length - kept);
  }
  if (held.length > 0) yield held;
  return false;
}

/** How many of the last bytes are the first ones of `end`. */
function beginningLength(bytes: Buffer, end: Buffer): number {
  for (let length = Math.min(end.length - 1, bytes.length); length > 0; length -= 1) {
    if (bytes.subarray(bytes.length - length).equals(end.subarray(0, length))) return length;
  }
  return 0;
}
