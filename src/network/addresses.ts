/**
 * The addresses of the veth pairs: each pair has four addresses, a /30, of the
 * link-local range 169.254.0.0/16 (RFC 3927): the network, the host's end, the
 * container's end, and broadcast.
 */
export interface Block {
  readonly outside: string;
  readonly inside: string;
  readonly netmask: string;
  readonly prefix: number;
}

/** 169.254.1.0 to 169.254.254.255: the range without its reserved ends. */
export const BLOCKS = 254 * 64;

/** Block 0 is 169.254.1.1/30 outside and 169.254.1.2/30 inside. */
export function blockAt(index: number): Block {
  const third = 1 + Math.floor(index / 64);
  const fourth = (index % 64) * 4;
  return {
    outside: `169.254.${third}.${fourth + 1}`,
    inside: `169.254.${third}.${fourth + 2}`,
    netmask: '255.255.255.252',
    prefix: 30,
  };
}
