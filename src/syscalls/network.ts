/** System calls on sockets and network interfaces. */
import { isIPv4 } from 'node:net';
import { type Argument, type Call, defineCall, type Inside, isOut, type Out, type Struct, sizeOf } from './call.ts';
import { AF, IFF, IPPROTO, MSG, SIOC, SO, SOCK } from './flags.ts';
import { described, Mistake, needText } from './mistake.ts';
import { answer, descriptor, flags, flagText, oneOf, plain, quoted } from './show.ts';

const SOCKET = defineCall({
  name: 'socket',
  source: 'socket(2)',
  purpose: 'Opens a socket; interfaces are set up through one, too.',
  show: [oneOf(AF), flags(SOCK), protocol],
  opens: true,
  subject: 'descriptors',
});

/** A socket to name interfaces by in ioctl(2). Source: netdevice(7). */
export function interfaceSocket(): Call {
  return SOCKET(AF.AF_INET, SOCK.SOCK_DGRAM | SOCK.SOCK_CLOEXEC, 0);
}

/** A socket to the kernel's network configuration. Source: rtnetlink(7). */
export function netlinkSocket(): Call {
  return SOCKET(AF.AF_NETLINK, SOCK.SOCK_RAW | SOCK.SOCK_CLOEXEC, 0);
}

/** A socket that sends echo requests, and receives all of ICMP. Source: raw(7), icmp(7). */
export function icmpSocket(): Call {
  return SOCKET(AF.AF_INET, SOCK.SOCK_RAW | SOCK.SOCK_CLOEXEC, IPPROTO.IPPROTO_ICMP);
}

/** A socket that can have a name; interfaces can be named by it, too. Source: unix(7). */
export function unixSocket(): Call {
  return SOCKET(AF.AF_UNIX, SOCK.SOCK_DGRAM | SOCK.SOCK_CLOEXEC, 0);
}

const BIND = defineCall({
  name: 'bind',
  source: 'unix(7)',
  purpose: 'Gives a socket a name, which no other has in this network namespace as long as it is open.',
  show: [descriptor, plain, plain],
  descriptors: [0],
  subject: 'descriptors',
  advice: { EADDRINUSE: 'Another socket has that name.' },
  examples: () => [takeName(-1, 'container-lab/lab0')],
});

/** Takes a name that stands in no file system: an abstract one. Source: unix(7). */
export function takeName(fd: number | Call, name: string): Call {
  // struct sockaddr_un: the family, and a zero byte before the name.
  const bytes = Buffer.alloc(3 + sizeOf(name));
  bytes.writeUInt16LE(AF.AF_UNIX);
  bytes.write(name, 3);
  return BIND(fd, { bytes, text: `{sa_family=AF_UNIX, sun_path=@${quoted(name)}}` }, bytes.length);
}

/** A socket that takes connections, or datagrams, at a port. Source: tcp(7), udp(7). */
export function portSocket(protocol: 'tcp' | 'udp'): Call {
  return SOCKET(AF.AF_INET, (protocol === 'tcp' ? SOCK.SOCK_STREAM : SOCK.SOCK_DGRAM) | SOCK.SOCK_CLOEXEC, 0);
}

const BIND_PORT = defineCall({
  name: 'bind',
  source: 'ip(7)',
  purpose: 'Takes a port of this machine, at one of its addresses or at all.',
  show: [descriptor, plain, plain],
  descriptors: [0],
  subject: 'descriptors',
  look: { parent: () => 'ss -tuln' },
  advice: {
    EADDRINUSE: 'Another program has that port: `ss -tulnp` tells which. Choose another.',
    EADDRNOTAVAIL: 'No interface of this machine has that address: see `ip address`.',
    EACCES: 'A port below 1024 needs CAP_NET_BIND_SERVICE.',
  },
  examples: () => [takePort(-1, '127.0.0.1', 8080)],
});

/** Takes a port at an IPv4 address; 0.0.0.0 stands for all. Source: ip(7). */
export function takePort(fd: number | Call, address: string, port: number): Call {
  const bytes = internetAddress(address);
  bytes.writeUInt16BE(port, 2);
  const text = `{sa_family=AF_INET, sin_port=htons(${port}), sin_addr=${address}}`;
  return BIND_PORT(fd, { bytes, text }, bytes.length);
}

/** struct sockaddr_in, at port 0. */
function internetAddress(address: string): Buffer {
  const bytes = Buffer.alloc(16);
  bytes.writeUInt16LE(AF.AF_INET, 0);
  Buffer.from(address.split('.').map(Number)).copy(bytes, 4);
  return bytes;
}

const LISTEN = defineCall({
  name: 'listen',
  source: 'listen(2)',
  purpose: 'From now on connections to the port are taken; they wait until somebody accepts them.',
  show: [descriptor, plain],
  descriptors: [0],
  subject: 'descriptors',
  examples: () => [listen(-1, 128)],
});

/** Takes connections; at most `backlog` wait. Source: listen(2). */
export function listen(fd: number | Call, backlog: number): Call {
  return LISTEN(fd, backlog);
}

const SOL_SOCKET = 1;

const SETSOCKOPT = defineCall({
  name: 'setsockopt',
  source: 'socket(7)',
  purpose: 'Sets an option of a socket.',
  show: [descriptor, oneOf({ SOL_SOCKET }), oneOf(SO), plain, plain],
  descriptors: [0],
  subject: 'descriptors',
  examples: () => [reuseAddress(-1)],
});

/** The port may be taken again while connections of its last owner are still dying. Source: socket(7), SO_REUSEADDR. */
export function reuseAddress(fd: number | Call): Call {
  return SETSOCKOPT(fd, SOL_SOCKET, SO.SO_REUSEADDR, { bytes: Uint8Array.of(1, 0, 0, 0), text: '[1]' }, 4);
}

const SENDTO = defineCall({
  name: 'sendto',
  source: 'rtnetlink(7)',
  purpose: 'Sends a request to the kernel’s network configuration.',
  show: [descriptor, plain, plain, plain, plain, plain],
  descriptors: [0],
  subject: 'interfaces',
  needs: ['CAP_NET_ADMIN'],
  look: { child: bothLinks, parent: linksOf },
  advice: {
    EEXIST: 'An interface has that name already, on one side or the other. Run it again: it takes another name.',
  },
});

/** Sends a netlink request. Source: rtnetlink(7). */
export function sendRequest(fd: number | Call, message: Struct): Call {
  return SENDTO(fd, message, message.bytes.length, 0, null, 0);
}

const RECVFROM = defineCall({
  name: 'recvfrom',
  source: 'rtnetlink(7)',
  purpose: 'Reads the kernel’s answer.',
  show: [descriptor, answer, plain, flags(MSG), plain, plain],
  descriptors: [0],
  waits: 0,
  look: { child: bothLinks, parent: linksOf },
});

/** Reads a netlink answer. Source: rtnetlink(7). */
export function receiveAnswer(fd: number | Call, out: Out): Call {
  return RECVFROM(fd, out, isOut(out) ? out.size : 0, 0, null, null);
}

const SEND_ECHO = defineCall({
  name: 'sendto',
  source: 'icmp(7)',
  purpose: 'Sends an echo request: ping.',
  show: [descriptor, plain, plain, flags(MSG), plain, plain],
  descriptors: [0],
  needs: ['CAP_NET_RAW'],
  examples: () => [sendEcho(-1, '127.0.0.1', 'container-lab')],
});

const ECHO_HEADER = 8;

/** Sends an ICMP echo request with a text to an IPv4 address. Source: icmp(7), RFC 792. */
export function sendEcho(fd: number | Call, address: string, text: string): Call {
  const message = Buffer.alloc(ECHO_HEADER + Buffer.byteLength(text));
  message.writeUInt8(8, 0);
  message.write(text, ECHO_HEADER);
  message.writeUInt16BE(checksum(message), 2);
  const to = internetAddress(address);
  return SEND_ECHO(
    fd,
    { bytes: message, text: quoted(message) },
    message.length,
    0,
    { bytes: to, text: `{sa_family=AF_INET, sin_addr=${address}}` },
    to.length,
  );
}

/** Whether a packet, with its IP header, is the answer to `sendEcho` with that text. Source: RFC 791, RFC 792. */
export function isEchoReply(packet: Buffer, text: string): boolean {
  const start = ((packet[0] ?? 0) & 0xf) * 4;
  return packet[start] === 0 && packet.subarray(start + ECHO_HEADER).equals(Buffer.from(text));
}

/** The ones' complement of the ones' complement sum of its 16-bit words: RFC 1071. */
function checksum(bytes: Buffer): number {
  let sum = 0;
  for (let at = 0; at < bytes.length; at += 2) sum += ((bytes[at] ?? 0) << 8) | (bytes[at + 1] ?? 0);
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >>> 16);
  return ~sum & 0xffff;
}

const RECEIVE_AT_ONCE = defineCall({
  name: 'recvfrom',
  source: 'recv(2)',
  purpose: 'Reads what has come to a socket, and does not wait for it.',
  show: [descriptor, answer, plain, flags(MSG), plain, plain],
  descriptors: [0],
  advice: { EAGAIN: 'Nothing has come.' },
  examples: () => [receiveAtOnce(-1, { size: 8, text: () => '' })],
});

/** Reads what has come; EAGAIN if that is nothing. Source: recv(2), MSG_DONTWAIT. */
export function receiveAtOnce(fd: number | Call, out: Out): Call {
  return RECEIVE_AT_ONCE(fd, out, out.size, MSG.MSG_DONTWAIT, null, null);
}

function protocol(argument: Argument): string {
  return argument === 0 ? '0' : oneOf(IPPROTO)(argument, () => undefined);
}

function bothLinks(pid: number, inside: Inside): string {
  return `ip link; ${inside(pid, 'net', 'ip link')}`;
}

function linksOf(child: number | undefined, inside: Inside): string {
  return child === undefined ? 'ip link' : bothLinks(child, inside);
}

const IOCTL = defineCall({
  name: 'ioctl',
  source: 'netdevice(7)',
  purpose: 'Asks about a network interface by its name, or sets it up.',
  show: [descriptor, oneOf(SIOC), plain],
  descriptors: [0],
  subject: 'interfaces',
  needs: ['CAP_NET_ADMIN'],
  look: { child: (pid, inside) => inside(pid, 'net', 'ip address'), parent: () => 'ip address' },
  advice: {
    EPERM: 'Setting up an interface needs CAP_NET_ADMIN in its network namespace.',
    ENODEV: 'There is no interface of that name in this network namespace.',
  },
});

/** Switches an interface on. Source: netdevice(7). */
export function interfaceUp(fd: number | Call, name: string): Call {
  const flag = IFF.IFF_UP | IFF.IFF_RUNNING;
  const request = interfaceRequest(name, `ifr_flags=${flagText(flag, IFF)}`);
  request.bytes.writeUInt16LE(flag, 16);
  return IOCTL(fd, SIOC.SIOCSIFFLAGS, request);
}

/** Gives an interface an IPv4 address, such as `169.254.1.2`. Source: netdevice(7). */
export function interfaceAddress(fd: number | Call, name: string, address: string): Call {
  return IOCTL(fd, SIOC.SIOCSIFADDR, addressRequest(name, 'ifr_addr', address));
}

/** Gives an interface its netmask, such as `255.255.255.252`. Source: netdevice(7). */
export function interfaceNetmask(fd: number | Call, name: string, netmask: string): Call {
  return IOCTL(fd, SIOC.SIOCSIFNETMASK, addressRequest(name, 'ifr_netmask', netmask));
}

/** Asks for an interface's index: see `indexIn`. Source: netdevice(7). */
export function interfaceIndex(fd: number | Call, name: string): Call {
  const { bytes } = interfaceRequest(name, '');
  const answer: Out = {
    size: bytes.length,
    initial: bytes,
    text: (filled) => `{ifr_name="${name}", ifr_ifindex=${filled.readInt32LE(16)}}`,
  };
  return IOCTL(fd, SIOC.SIOCGIFINDEX, answer);
}

/** The index that `interfaceIndex` has asked for, as the first in its list that answers; 0 if there is no such interface. Source: netdevice(7). */
export function indexIn(performed: { readonly outs: ReadonlyMap<unknown, Buffer> }): number {
  return [...performed.outs.values()][0]?.readInt32LE(16) ?? 0;
}

/** struct ifreq: a name of 16 bytes, then a union of 24. */
function interfaceRequest(name: string, text: string): Struct & { bytes: Buffer } {
  const bytes = Buffer.alloc(40);
  bytes.write(needText(name, 'The name of an interface'), 0, 15, 'utf8');
  return { bytes, text: `{ifr_name="${name}", ${text}}` };
}

function addressRequest(name: string, field: string, address: string): Struct {
  const request = interfaceRequest(name, `${field}={sa_family=AF_INET, sin_addr=${address}}`);
  request.bytes.writeUInt16LE(AF.AF_INET, 16);
  if (!isIPv4(address)) {
    throw new Mistake(
      `${described(address)} is no IPv4 address, such as 169.254.1.2, or 255.255.255.252 as a netmask.`,
    );
  }
  Buffer.from(address.split('.').map(Number)).copy(request.bytes, 20);
  return request;
}
