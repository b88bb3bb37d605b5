/** Network interfaces, in another process's network namespace or in this one's. */
import { outputOf, within } from './enter.ts';

interface Link {
  readonly ifname: string;
  readonly flags: readonly string[];
  readonly addr_info: readonly { readonly family: string; readonly local: string; readonly prefixlen: number }[];
}

const LIST = ['ip', '-json', 'address'];

export function linksIn(pid: number): string[] {
  return linkTexts(outputOf(within(pid, '-n', LIST)));
}

/**
 * A line each: its name, whether it is switched on, and its IPv4 addresses. The
 * IPv6 ones come by themselves, some time after the call that is to blame.
 */
export function linkTexts(json: string): string[] {
  if (json.trim() === '') return [];
  return (JSON.parse(json) as Partial<Link>[]).flatMap(({ ifname, flags = [], addr_info = [] }) => {
    const addresses = addr_info.filter(({ family }) => family === 'inet');
    const state = flags.includes('UP') ? 'up' : 'down';
    return ifname ? [[ifname, state, ...addresses.map((a) => `${a.local}/${a.prefixlen}`)].join(' ')] : [];
  });
}
