/** Answers in place of the kernel's, for a list that is only written down or whose work is not wanted. */
import type { Performed } from '../executor/perform.ts';
import { type Argument, type Call, isCall, isOut } from '../syscalls/call.ts';

/** Gives out descriptors, counting up from `first`; everything else that is asked for is zero. */
export class Pretence {
  #next: number;

  constructor(first: number) {
    this.#next = first;
  }

  perform(list: readonly Call[]): Performed & { readonly known: ReadonlyMap<Call, number> } {
    const known = new Map<Call, number>();
    const outs = new Map<Argument, Buffer>();
    for (const call of list) {
      known.set(call, call.info.opens ? this.#next++ : 0);
      for (const out of call.args) {
        if (out === null || isCall(out) || !isOut(out)) continue;
        const bytes = Buffer.alloc(out.size);
        bytes.set(out.initial ?? []);
        if (call.info.name === 'pipe2') {
          bytes.writeInt32LE(this.#next++, 0);
          bytes.writeInt32LE(this.#next++, 4);
        }
        outs.set(out, bytes);
      }
    }
    return { results: [...known.values()], outs, known };
  }
}
