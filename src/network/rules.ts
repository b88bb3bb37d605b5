/** What nft(8) is told for one container: a table that is its own, and goes with it. */
import { BRIDGE } from '../leftovers/network.ts';
import type { Port } from '../settings/network.ts';

export interface Ruled {
  /** The table's name: the owner's mark. */
  readonly name: string;
  readonly address: string;
  /** Those that the kernel is to lead inside. */
  readonly ports: readonly Port[];
}

/**
 * The text of a table, which the kernel takes as a whole or not at all. What
 * leaves for elsewhere than the bridge bears this machine's address. What comes
 * from elsewhere to a published port is sent on, and still says from whom it is.
 */
export function rulesOf({ name, address, ports }: Ruled): string {
  const published = ports.filter((port) => !port.address?.startsWith('127.'));
  return [
    `table ip ${name} {`,
    'chain outgoing {',
    'type nat hook postrouting priority 100; policy accept;',
    `ip saddr ${address} oifname != "${BRIDGE}" masquerade;`,
    '}',
    ...(published.length === 0 ? [] : incoming(address, published)),
    '}',
  ].join('\n');
}

function incoming(to: string, ports: readonly Port[]): string[] {
  return [
    'chain incoming {',
    'type nat hook prerouting priority -100; policy accept;',
    ...ports.map(
      ({ address, host, inside, protocol }) =>
        `iifname != "${BRIDGE}" ${address === undefined ? 'fib daddr type local' : `ip daddr ${address}`} ` +
        `${protocol} dport ${host} dnat to ${to}:${inside};`,
    ),
    '}',
  ];
}
