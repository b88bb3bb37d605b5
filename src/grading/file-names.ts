/**
 * Names of files as the kernel has them: bytes. As text, a byte that is no part
 * of UTF-8 is a lone low surrogate (as in Python's PEP 383), so that no name is
 * changed and no two become one.
 */
import { isUtf8 } from 'node:buffer';
import { type Dirent, readdirSync } from 'node:fs';

const LONE_BYTE = 0xdc00;
const LONE_BYTES = /(?<![\ud800-\udbff])[\udc80-\udcff]/g;
const MOST_BYTES_OF_A_CHARACTER = 4;

export function textOf(bytes: Buffer): string {
  if (isUtf8(bytes)) return bytes.toString();
  let text = '';
  for (let at = 0; at < bytes.length; ) {
    const character = characterAt(bytes, at);
    text += character?.toString() ?? String.fromCharCode(LONE_BYTE + (bytes[at] ?? 0));
    at += character?.length ?? 1;
  }
  return text;
}

/** What `textOf` was made from; a path for the calls of node:fs. */
export function bytesOf(text: string): Buffer {
  const pieces = text.split(LONE_BYTES).map((piece) => Buffer.from(piece));
  const bytes = [...text.matchAll(LONE_BYTES)].map(([lone]) => Buffer.of(lone.charCodeAt(0) - LONE_BYTE));
  return Buffer.concat(pieces.flatMap((piece, index) => [piece, bytes[index] ?? Buffer.alloc(0)]));
}

/** Whether a name is text to everybody. */
export function isText(name: string): boolean {
  return name.search(LONE_BYTES) === -1;
}

/** The same name, its bytes that are no text as escapes: `jos\xe9`. */
export function withEscapedBytes(name: string): string {
  return name.replace(LONE_BYTES, (lone) => `\\x${(lone.charCodeAt(0) - LONE_BYTE).toString(16)}`);
}

export interface FileEntry {
  readonly name: string;
  readonly kind: Dirent<Buffer>;
}

/** What is in a folder, in the order of the names. @throws Error as readdir(3) does */
export function entriesOf(folder: string): FileEntry[] {
  return readdirSync(bytesOf(folder), { encoding: 'buffer', withFileTypes: true })
    .map((kind) => ({ name: textOf(kind.name), kind }))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}

function characterAt(bytes: Buffer, at: number): Buffer | undefined {
  for (let length = 1; length <= MOST_BYTES_OF_A_CHARACTER && at + length <= bytes.length; length++) {
    const some = bytes.subarray(at, at + length);
    if (isUtf8(some)) return some;
  }
  return undefined;
}
