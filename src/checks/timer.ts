/**
 * Whether something waits for a cause, or only for a while: what begins by a timer is as late in every run. So the
 * cause comes later in a second run than all took in the first.
 */

/** A first run: as long as an accident takes. */
const SHORT_MS = 300;
/** What a second run adds, for a busy machine. */
const MORE_MS = 1000;

/** What the runs of one grading tell one another, by a name. */
export type Kept = Map<string, number>;

export class Cause {
  readonly #kept: Kept;
  readonly #name: string;
  readonly #begin = Date.now();

  /** To be made at the moment from which a timer would count. */
  constructor(kept: Kept, name: string) {
    this.#kept = kept;
    this.#name = name;
  }

  /** For how long it is to be held back, in ms. */
  get held(): number {
    const before = this.#kept.get(this.#name);
    return before === undefined ? SHORT_MS : 2 * before + MORE_MS;
  }

  /** Says that what waits for it has begun. */
  noteEffect(): void {
    if (!this.#kept.has(this.#name)) this.#kept.set(this.#name, Date.now() - this.#begin);
  }
}
