/**
 * Programs of classic BPF as seccomp takes them: lines with names to jump to, put
 * together to instructions. Source: linux/bpf_common.h, seccomp(2).
 */
import type { FilterInstruction } from '../syscalls/identity.ts';

/** Load a word of the data; mask what is loaded; compare it (unsigned); go on elsewhere; give an answer. */
export const CODES = {
  load: 0x20,
  and: 0x54,
  go: 0x05,
  ifEqual: 0x15,
  ifMore: 0x25,
  ifLeast: 0x35,
  ifBits: 0x45,
  give: 0x06,
} as const;

/** struct seccomp_data: where a word of it begins. The arguments have two, the lower half first. */
export const AT = { number: 0, architecture: 4, arguments: 16, argument: 8, upper: 4 } as const;

/** The kernel takes no longer program: BPF_MAXINSNS. */
export const MOST_INSTRUCTIONS = 4096;

/** The signs of comparisons, which are without a sign: `&` asks whether any of the bits is there. */
const COMPARISONS = { '==': CODES.ifEqual, '>': CODES.ifMore, '>=': CODES.ifLeast, '&': CODES.ifBits } as const;

export type Line =
  | { readonly label: string }
  | { readonly load: number }
  | { readonly and: number }
  | { readonly give: number }
  | { readonly go: string }
  | {
      readonly if: keyof typeof COMPARISONS;
      readonly value: number;
      /** The label where it goes on; the next line if not given. */
      readonly yes?: string;
      readonly no?: string;
    };

/** A distance has a byte. One less, as the way around for `no` can come between a jump and its `yes`. */
const FARTHEST = 254;

/**
 * The instructions. Labels are jumped to from above only, as the kernel allows
 * nothing else; a jump that is too far goes by a `go` beside it.
 * @throws Error for a label that does not stand below
 */
export function assemble(lines: readonly Line[]): FilterInstruction[] {
  // From the end: there all that is jumped to is known.
  const made: FilterInstruction[] = [];
  const places = new Map<string, number>();
  const placeOf = (label: string) => {
    const place = places.get(label);
    if (place === undefined) throw new Error(`No line below has the label ${label}.`);
    return place;
  };
  const go = (place: number) => made.push({ code: CODES.go, value: made.length - place });
  const near = (place: number) => (made.length - place > FARTHEST ? go(place) : place);
  for (const line of lines.toReversed()) {
    if ('label' in line) {
      places.set(line.label, made.length);
    } else if ('go' in line) {
      const place = placeOf(line.go);
      if (place !== made.length) go(place);
    } else if ('if' in line) {
      const next = made.length;
      const yes = line.yes === undefined ? next : near(placeOf(line.yes));
      const no = line.no === undefined ? next : near(placeOf(line.no));
      const [jumpTrue, jumpFalse] = [made.length - yes, made.length - no];
      made.push({ code: COMPARISONS[line.if], value: line.value, jumpTrue, jumpFalse });
    } else {
      made.push(plain(line));
    }
  }
  return made.reverse();
}

function plain(line: Extract<Line, { load: number } | { and: number } | { give: number }>): FilterInstruction {
  if ('load' in line) return { code: CODES.load, value: line.load };
  return 'and' in line ? { code: CODES.and, value: line.and } : { code: CODES.give, value: line.give };
}
