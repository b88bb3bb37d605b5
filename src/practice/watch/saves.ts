/**
 * Hearing of every save of a file. The kernel's events come at once, also when
 * an editor puts a new file in the old one's place; on network and shared
 * folders none may come, so the file is looked at regularly as well.
 */
import { type FSWatcher, statSync, watch } from 'node:fs';
import { dirname } from 'node:path';

/** An editor may save in several steps: so long the file must have been left alone. */
const QUIET_MS = 60;
const POLL_MS = 1000;

export class Saves {
  readonly #file: string;
  readonly #onSave: () => void;
  readonly #quietMs: number;
  readonly #poll: NodeJS.Timeout;
  readonly #events: FSWatcher | undefined;
  #quiet: NodeJS.Timeout | undefined;
  /** The state of the file that was seen last. */
  #seen: string;

  /** The last two parameters are for tests. */
  constructor(file: string, onSave: () => void, watchFolder: typeof watch = watch, quietMs = QUIET_MS) {
    this.#file = file;
    this.#onSave = onSave;
    this.#quietMs = quietMs;
    this.#seen = signature(file);
    this.#poll = setInterval(() => this.#look(), POLL_MS);
    this.#events = this.#listen(watchFolder);
  }

  close(): void {
    clearInterval(this.#poll);
    clearTimeout(this.#quiet);
    this.#events?.close();
  }

  #listen(watchFolder: typeof watch): FSWatcher | undefined {
    try {
      // The folder: a file that takes the place of another has no watcher yet.
      const events = watchFolder(dirname(this.#file), () => this.#look());
      events.on('error', () => events.close());
      return events;
    } catch {
      return undefined; // Too many watchers, or a file system without events.
    }
  }

  #look(): void {
    const seen = signature(this.#file);
    if (seen === this.#seen) return;
    this.#seen = seen;
    clearTimeout(this.#quiet);
    this.#quiet = setTimeout(() => this.#settle(), this.#quietMs);
  }

  #settle(): void {
    const told = this.#seen;
    this.#look();
    // A file that is gone is no save; most come back at once.
    if (this.#seen === told && told !== MISSING) this.#onSave();
  }
}

const MISSING = 'missing';

function signature(file: string): string {
  try {
    const { ino, size, mtimeNs, ctimeNs } = statSync(file, { bigint: true });
    return [ino, size, mtimeNs, ctimeNs].join(' ');
  } catch {
    return MISSING;
  }
}
