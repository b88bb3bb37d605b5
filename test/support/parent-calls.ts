/** An observer that numbers the parent's calls. */
import type { Observer, Site } from '../../src/lab/observer.ts';
import { errnoNumber } from '../../src/syscalls/errno.ts';
import { verdictOf } from '../../src/syscalls/netlink.ts';

/** Whether the kernel says that a link of this name is there: then the next name is tried. */
function isTaken({ call, known }: Site): boolean {
  if (call.info.name !== 'recvfrom') return false;
  return [...(known.outs?.values() ?? [])].some((answer) => verdictOf(answer) === -errnoNumber('EEXIST'));
}

/**
 * Tells of each call of the parent, from 0, before it is made and after. The
 * tries of names that are taken do not count: however many there are, the
 * calls that follow have the same numbers.
 */
export function parentCalls(hear: (when: 'before' | 'after', index: number, name: string) => void): Observer {
  let index = 0;
  return {
    gates: () => false,
    before({ side, call }) {
      if (side === 'parent') hear('before', index, call.info.name);
    },
    after(site) {
      if (site.side !== 'parent') return;
      if (isTaken(site)) {
        index -= 2; // socket, sendto; the list ends here
      } else {
        hear('after', index, site.call.info.name);
        index += 1;
      }
    },
    say: () => {},
    end: () => {},
  };
}
