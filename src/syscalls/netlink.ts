/** Requests to the kernel's network configuration: netlink(7), rtnetlink(7). */

import { isIPv4 } from 'node:net';
import { atLeast, type Call, type Out, type Struct, withVerdict } from './call.ts';
import { errnoName } from './errno.ts';
import { close } from './files.ts';
import { AF } from './flags.ts';
import { described, Mistake, needNumber, needText } from './mistake.ts';
import { netlinkSocket, receiveAnswer, sendRequest } from './network.ts';

const NLM_F = { REQUEST: 1, ACK: 4, DUMP: 0x300, EXCL: 0x200, CREATE: 0x400 };
const RTM = { NEWLINK: 16, DELLINK: 17, GETLINK: 18, NEWADDR: 20, GETADDR: 22, NEWROUTE: 24, GETROUTE: 26 };
const IFLA = { ADDRESS: 1, IFNAME: 3, MASTER: 10, LINKINFO: 18, NET_NS_PID: 19, IFALIAS: 20 };
const IFLA_INFO = { KIND: 1, DATA: 2 };
const VETH_INFO_PEER = 1;
const IFA = { ADDRESS: 1, LOCAL: 2 };
const RTA_DST = 1;
const RTA_GATEWAY = 5;
/** struct rtmsg: what a route is. */
const RTM_BODY = { TABLE_MAIN: 254, PROTOCOL_STATIC: 4, TYPE_UNICAST: 1 };
const NLMSG_ERROR = 2;
const NLMSG_DONE = 3;

/** For test/unit/flags, which compares them with the C headers. */
export const CONSTANTS = {
  NLM_F,
  RTM,
  IFLA,
  IFLA_INFO,
  IFA,
  RTA_DST,
  RTA_GATEWAY,
  RTM_BODY,
  VETH_INFO_PEER,
  NLMSG_ERROR,
  NLMSG_DONE,
};

const HEADER = 16;

/**
 * Makes a request and hears the kernel's verdict. If that is an error, the list
 * fails with it, at the call that sent the request. Source: netlink(7), NLMSG_ERROR.
 */
export function request(message: Struct): Call[] {
  const socket = netlinkSocket();
  const sent = sendRequest(socket, message);
  const answer: Out = { size: 256, text: answerText };
  const received = atLeast(HEADER + 4, 'The kernel did not answer.', receiveAnswer(socket, answer));
  return [socket, sent, withVerdict(HEADER, sent, received), close(socket)];
}

function answerText(bytes: Buffer): string {
  const verdict = verdictOf(bytes);
  return `{NLMSG_ERROR, error=${verdict === 0 ? '0' : `-${errnoName(-verdict)}`}}`;
}

/** One end of a cable that is to be made. */
export interface CableEnd {
  readonly name: string;
  /** A process in the network namespace where it is to be; without one, it is ours. */
  readonly pid?: number;
  /** Its hardware address, such as `02:42:0a:0b:00:02`; without one, the kernel draws it. */
  readonly mac?: string;
  /** The index of the bridge whose port it is to be. */
  readonly bridge?: number;
}

/**
 * Makes a cable with two ends: `ip link add NAME netns PID type veth peer name NAME netns PID`. It is sent by
 * `request`. Source: veth(4).
 */
export function addVeth(end: CableEnd, peer: CableEnd): Struct {
  const info = Buffer.concat([
    attribute(IFLA_INFO.KIND, text('veth')),
    attribute(IFLA_INFO.DATA, attribute(VETH_INFO_PEER, Buffer.concat([link(0), ...placed(peer)]))),
  ]);
  return message(
    RTM.NEWLINK,
    NLM_F.CREATE | NLM_F.EXCL,
    [link(0), ...placed(end), attribute(IFLA.LINKINFO, info)],
    `RTM_NEWLINK, NLM_F_CREATE|NLM_F_EXCL, {${placeText(end)}, IFLA_INFO_KIND="veth", VETH_INFO_PEER={${placeText(peer)}}}`,
  );
}

/**
 * Makes a bridge, with a note: `ip link add NAME address MAC type bridge; ip link set dev NAME alias ALIAS`. Without an
 * address of its own it would take a port's, and another one's when that goes. Both requests are one message to the
 * kernel: there is no bridge without its note, whenever the sender is killed. Sent by `request`. Source: rtnetlink(7).
 */
export function addBridge(name: string, mac: string, alias: string): Struct {
  const info = attribute(IFLA_INFO.KIND, text('bridge'));
  // Without NLM_F_ACK the first is answered only if it fails.
  const made = message(
    RTM.NEWLINK,
    NLM_F.CREATE | NLM_F.EXCL,
    [link(0), ...placed({ name, mac }), attribute(IFLA.LINKINFO, info)],
    `RTM_NEWLINK, NLM_F_CREATE|NLM_F_EXCL, {${placeText({ name, mac })}, IFLA_INFO_KIND="bridge"}`,
    NLM_F.REQUEST,
  );
  const noted = setAlias(name, alias);
  return { bytes: Buffer.concat([made.bytes, noted.bytes]), text: `[${made.text}, ${noted.text}]` };
}

/**
 * Moves an interface into the network namespace of a process, under a name: `ip link set dev NAME netns PID name NAME`.
 * Sent by `request`. Source: rtnetlink(7).
 */
export function moveLink(index: number, { name, pid }: Required<Pick<CableEnd, 'name' | 'pid'>>): Struct {
  return message(
    RTM.NEWLINK,
    0,
    [link(index), ...placed({ name, pid })],
    `RTM_NEWLINK, {ifi_index=${index}, ${placeText({ name, pid })}}`,
  );
}

/** Sends everything without a route of its own to a gateway: `ip route add default via GATEWAY`. Sent by `request`. Source: rtnetlink(7). */
export function addDefaultRoute(gateway: string): Struct {
  const body = Buffer.alloc(12);
  body.writeUInt8(AF.AF_INET, 0);
  body.writeUInt8(RTM_BODY.TABLE_MAIN, 4);
  body.writeUInt8(RTM_BODY.PROTOCOL_STATIC, 5);
  body.writeUInt8(RTM_BODY.TYPE_UNICAST, 7);
  return message(
    RTM.NEWROUTE,
    NLM_F.CREATE | NLM_F.EXCL,
    [body, attribute(RTA_GATEWAY, addressBytes(gateway))],
    `RTM_NEWROUTE, NLM_F_CREATE|NLM_F_EXCL, {RTA_GATEWAY=${gateway}}`,
  );
}

/** What is known of an interface of ours. */
export interface FoundLink {
  readonly index: number;
  readonly alias: string;
}

/** The calls that ask for an interface by its name, `ip link show NAME`; ENODEV if there is none. Source: rtnetlink(7). */
export function askForLink(name: string): { readonly calls: readonly Call[]; readonly answer: Out } {
  const socket = netlinkSocket();
  const asked = message(
    RTM.GETLINK,
    0,
    [link(0), attribute(IFLA.IFNAME, text(name))],
    `RTM_GETLINK, {IFLA_IFNAME="${name}"}`,
    NLM_F.REQUEST,
  );
  const answer: Out = { size: 8192, text: (bytes) => linkText(linkIn(bytes)) };
  const received = atLeast(HEADER + 4, 'The kernel did not answer.', receiveAnswer(socket, answer));
  return { calls: [socket, sendRequest(socket, asked), received, close(socket)], answer };
}

/** The interface in an answer; undefined if there is none of that name. */
export function linkIn(answer: Buffer): FoundLink | undefined {
  if (answer.readUInt16LE(4) !== RTM.NEWLINK) return undefined;
  const body = answer.subarray(HEADER, answer.readUInt32LE(0));
  const alias = attributesIn(body, 16).get(IFLA.IFALIAS) ?? Buffer.alloc(0);
  return { index: body.readInt32LE(4), alias: alias.toString('utf8').replace(/\0.*$/s, '') };
}

function linkText(found: FoundLink | undefined): string {
  if (!found) return '{NLMSG_ERROR, error=-ENODEV}';
  return `{RTM_NEWLINK, {ifi_index=${found.index}, IFLA_IFALIAS="${found.alias}"}}`;
}

/** The struct rtattr behind a body's fixed part, by their type. Source: rtnetlink(7). */
export function attributesIn(body: Buffer, from: number): Map<number, Buffer> {
  const found = new Map<number, Buffer>();
  for (let at = from; at + 4 <= body.length; ) {
    const length = body.readUInt16LE(at);
    if (length < 4 || at + length > body.length) break;
    found.set(body.readUInt16LE(at + 2), body.subarray(at + 4, at + length));
    at += align(length);
  }
  return found;
}

/** Messages and attributes begin at multiples of four bytes. */
export function align(length: number): number {
  return Math.ceil(length / 4) * 4;
}

/** Notes something beside an interface: `ip link set dev NAME alias ALIAS`. Sent by `request`. Source: rtnetlink(7). */
export function setAlias(name: string, alias: string): Struct {
  return message(
    RTM.NEWLINK,
    0,
    [link(0), attribute(IFLA.IFNAME, text(name)), attribute(IFLA.IFALIAS, text(alias))],
    `RTM_NEWLINK, {IFLA_IFNAME="${name}", IFLA_IFALIAS="${alias}"}`,
  );
}

/** Removes an interface, `ip link delete …`; the other end of a cable goes with it. Sent by `request`. Source: rtnetlink(7). */
export function deleteLink(index: number): Struct {
  return message(RTM.DELLINK, 0, [link(index)], `RTM_DELLINK, {ifi_index=${index}}`);
}

/**
 * Asks for all that there is: `ip link`, `ip -4 address`, `ip -4 route`. The answers are many messages: see
 * src/network/dump.ts. Source: rtnetlink(7).
 */
export function askForAll(what: 'links' | 'addresses' | 'routes'): Struct {
  const [type, name, size] = {
    links: [RTM.GETLINK, 'RTM_GETLINK', 16] as const,
    addresses: [RTM.GETADDR, 'RTM_GETADDR', 8] as const,
    routes: [RTM.GETROUTE, 'RTM_GETROUTE', 12] as const,
  }[what];
  // struct ifinfomsg, ifaddrmsg or rtmsg: all of them begin with the family.
  const body = Buffer.alloc(size);
  body.writeUInt8(what === 'links' ? AF.AF_UNSPEC : AF.AF_INET);
  return message(type, NLM_F.DUMP, [body], `${name}, NLM_F_DUMP`, NLM_F.REQUEST);
}

/** The kernel's verdict in an answer: 0, or -errno. */
export function verdictOf(answer: Buffer): number {
  return answer.readUInt16LE(4) === NLMSG_ERROR ? answer.readInt32LE(HEADER) : 0;
}

function message(
  type: number,
  flags: number,
  parts: Buffer[],
  shown: string,
  always = NLM_F.REQUEST | NLM_F.ACK,
): Struct {
  const header = Buffer.alloc(HEADER);
  const bytes = Buffer.concat([header, ...parts]);
  bytes.writeUInt32LE(bytes.length, 0);
  bytes.writeUInt16LE(type, 4);
  bytes.writeUInt16LE(always | flags, 6);
  return { bytes, text: `{${shown}}` };
}

function placed({ name, pid, mac, bridge }: CableEnd): Buffer[] {
  const named = needText(name, 'The name of a cable’s end');
  return [
    attribute(IFLA.IFNAME, text(named)),
    ...(pid === undefined ? [] : [attribute(IFLA.NET_NS_PID, word(needNumber(pid, 'The pid beside a name')))]),
    ...(mac === undefined ? [] : [attribute(IFLA.ADDRESS, macBytes(mac))]),
    ...(bridge === undefined ? [] : [attribute(IFLA.MASTER, word(bridge))]),
  ];
}

function placeText({ name, pid, mac, bridge }: CableEnd): string {
  return [
    `IFLA_IFNAME="${name}"`,
    ...(pid === undefined ? [] : [`IFLA_NET_NS_PID=${pid}`]),
    ...(mac === undefined ? [] : [`IFLA_ADDRESS=${mac}`]),
    ...(bridge === undefined ? [] : [`IFLA_MASTER=${bridge}`]),
  ].join(', ');
}

function macBytes(mac: string): Buffer {
  if (/^[0-9a-f]{2}(:[0-9a-f]{2}){5}$/i.test(mac)) return Buffer.from(mac.replaceAll(':', ''), 'hex');
  throw new Mistake(`${described(mac)} is no hardware address, such as 02:42:0a:0b:00:02.`);
}

function addressBytes(address: string): Buffer {
  if (isIPv4(address)) return Buffer.from(address.split('.').map(Number));
  throw new Mistake(`${described(address)} is no IPv4 address, such as 10.11.0.1.`);
}

/** struct ifinfomsg. */
function link(index: number): Buffer {
  const bytes = Buffer.alloc(16);
  bytes.writeInt32LE(index, 4);
  return bytes;
}

/** struct rtattr: length and type, then the value, padded to four bytes. */
function attribute(type: number, value: Buffer): Buffer {
  const bytes = Buffer.alloc(align(4 + value.length));
  bytes.writeUInt16LE(4 + value.length, 0);
  bytes.writeUInt16LE(type, 2);
  value.copy(bytes, 4);
  return bytes;
}

function text(value: string): Buffer {
  return Buffer.from(`${value}\0`);
}

function word(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes;
}
