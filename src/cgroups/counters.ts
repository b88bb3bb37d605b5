/** The kernel's counters of a container, whichever of its cgroups they are in. */
import { readSetting } from '../proc/cgroup-files.ts';

export class Counters {
  readonly #directories: readonly string[];

  constructor(directories: readonly string[]) {
    this.#directories = directories;
  }

  /** A file's text, from the first cgroup that has it. */
  text(file: string): string | undefined {
    return this.#texts(file)[0];
  }

  /** A file that is one number. */
  number(file: string): number | undefined {
    const text = this.text(file);
    return text !== undefined && /^\d+$/.test(text) ? Number(text) : undefined;
  }

  /**
   * The number after a key, as in `nr_throttled 5`. With a cgroup of each
   * version both may have the file, but only one the key.
   */
  keyed(file: string, key: string): number | undefined {
    const lines = this.#texts(file).flatMap((text) => text.split('\n'));
    const found = lines.find((line) => line.startsWith(`${key} `));
    return found === undefined ? undefined : Number(found.slice(key.length + 1));
  }

  #texts(file: string): string[] {
    return this.#directories.flatMap((directory) => readSetting(directory, file) ?? []);
  }
}
