/**
 * What a network namespace has, as the kernel lists it: links, IPv4 addresses,
 * routes. Names in it are whatever root of the namespace has chosen.
 * Source: rtnetlink(7), netlink(7).
 */
import { type Call, type Out, tolerating } from '../syscalls/call.ts';
import { close } from '../syscalls/files.ts';
import { IFF } from '../syscalls/flags.ts';
import { align, askForAll, attributesIn, CONSTANTS } from '../syscalls/netlink.ts';
import { netlinkSocket, receiveAtOnce, sendRequest } from '../syscalls/network.ts';

const { RTM, IFLA, IFA, RTA_DST, NLMSG_DONE } = CONSTANTS;
const HEADER = 16;
/** So many times so many bytes: some forty links, some hundred addresses. */
const PARTS = 4;
const PART_BYTES = 16 * 1024;
const RT_TABLE_MAIN = 254;

export interface Link {
  readonly index: number;
  readonly name: string;
  readonly up: boolean;
}

export interface Address {
  /** The index of its link. */
  readonly index: number;
  /** `10.4.9.17/30` */
  readonly address: string;
}

export interface Dump {
  readonly calls: readonly Call[];
  /** The calls that receive, in order: the answer is what all of them have received. */
  readonly parts: readonly Call[];
}

/** The calls that ask for all of a kind. The kernel answers at once: where nothing is left, EAGAIN says so. */
export function dump(what: 'links' | 'addresses' | 'routes'): Dump {
  const socket = netlinkSocket();
  const parts = Array.from({ length: PARTS }, () => {
    const out: Out = { size: PART_BYTES, text: () => '…' };
    return tolerating('EAGAIN', receiveAtOnce(socket, out));
  });
  return { calls: [socket, sendRequest(socket, askForAll(what)), ...parts, close(socket)], parts };
}

interface Message {
  readonly type: number;
  readonly body: Buffer;
}

/** The messages of an answer; undefined if its end is missing: there are too many. */
function messagesIn(parts: readonly Buffer[]): Message[] | undefined {
  const found: Message[] = [];
  for (const part of parts) {
    for (let at = 0; at + HEADER <= part.length; ) {
      const length = part.readUInt32LE(at);
      const type = part.readUInt16LE(at + 4);
      if (type === NLMSG_DONE) return found;
      if (length < HEADER || at + length > part.length) return undefined;
      found.push({ type, body: part.subarray(at + HEADER, at + length) });
      at += align(length);
    }
  }
  return undefined;
}

export function linksIn(parts: readonly Buffer[]): Link[] | undefined {
  return bodiesOf(RTM.NEWLINK, parts)?.map((body) => ({
    index: body.readInt32LE(4),
    name: textOf(attributesIn(body, 16).get(IFLA.IFNAME)),
    up: (body.readUInt32LE(8) & IFF.IFF_UP) !== 0,
  }));
}

export function addressesIn(parts: readonly Buffer[]): Address[] | undefined {
  return bodiesOf(RTM.NEWADDR, parts)?.map((body) => {
    const found = attributesIn(body, 8);
    const bytes = found.get(IFA.LOCAL) ?? found.get(IFA.ADDRESS) ?? Buffer.alloc(0);
    return { index: body.readUInt32LE(4), address: `${[...bytes].join('.')}/${body.readUInt8(1)}` };
  });
}

/** The destinations of the main table: `10.4.9.16/30`, or `default`. */
export function routesIn(parts: readonly Buffer[]): string[] | undefined {
  return bodiesOf(RTM.NEWROUTE, parts)
    ?.filter((body) => body.readUInt8(4) === RT_TABLE_MAIN)
    .map((body) => {
      const to = attributesIn(body, 12).get(RTA_DST);
      return to ? `${[...to].join('.')}/${body.readUInt8(1)}` : 'default';
    });
}

function bodiesOf(wanted: number, parts: readonly Buffer[]): Buffer[] | undefined {
  return messagesIn(parts)
    ?.filter(({ type }) => type === wanted)
    .map(({ body }) => body);
}

function textOf(bytes: Buffer = Buffer.alloc(0)): string {
  return bytes.toString('utf8').replace(/\0.*$/s, '');
}
