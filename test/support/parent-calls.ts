/** An observer that numbers the parent's calls. */
import type { Observer, Site } from '../../src/lab/observer.ts';
import { SIOC } from '../../src/syscalls/flags.ts';

/** How many calls before this one were for a name that is taken, as this one says: then the next name is tried. */
function callsInVain({ call: { info, args } }: Site, result: number): number {
  if (info.name === 'bind' && result < 0) return 1; // socket
  return info.name === 'ioctl' && args[1] === SIOC.SIOCGIFINDEX && result === 0 ? 2 : 0;
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
    after(site, result) {
      if (site.side !== 'parent') return;
      const inVain = callsInVain(site, result ?? 0);
      if (inVain > 0) {
        index -= inVain;
      } else {
        hear('after', index, site.call.info.name);
        index += 1;
      }
    },
    say: () => {},
    end: () => {},
  };
}
