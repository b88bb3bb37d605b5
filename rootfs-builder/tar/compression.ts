/** How archives are compressed, and which program undoes it. */

interface Compression {
  /** As tar(1) is told which it is. */
  readonly program: string;
  readonly magic: Buffer;
  readonly suffix: RegExp;
  /** Writes it; without a date or a name, so that the same input gives the same file. */
  readonly compressor: string;
}

const COMPRESSIONS: readonly Compression[] = [
  { program: 'gzip', magic: Buffer.from('1f8b', 'hex'), suffix: /\.(tar\.gz|tgz)$/, compressor: 'gzip -1 -n' },
  { program: 'xz', magic: Buffer.from('fd377a585a00', 'hex'), suffix: /\.(tar\.xz|txz)$/, compressor: 'xz' },
  { program: 'zstd', magic: Buffer.from('28b52ffd', 'hex'), suffix: /\.(tar\.zst|tzst)$/, compressor: 'zstd -q' },
  { program: 'bzip2', magic: Buffer.from('425a68', 'hex'), suffix: /\.(tar\.bz2|tbz2?)$/, compressor: 'bzip2' },
];

/** The program that undoes the compression of a file that begins like this; undefined if there is none. */
export function decompressorOf(beginning: Buffer): string | undefined {
  return COMPRESSIONS.find(({ magic }) => beginning.subarray(0, magic.length).equals(magic))?.program;
}

/** The command that compresses a file of this name; undefined for a plain .tar. Throws for any other name. */
export function compressorFor(file: string): string | undefined {
  if (file.endsWith('.tar')) return undefined;
  const found = COMPRESSIONS.find(({ suffix }) => suffix.test(file));
  if (!found) throw new Error(`${file} should end in .tar, .tar.gz, .tar.xz, .tar.zst or .tar.bz2.`);
  return found.compressor;
}
