/**
 * Leads published ports inside, as a program of this machine's: `proxy.cjs ADDRESS PROTOCOL:FD:PORT...`. FD is a socket
 * that has the port already. What comes there is passed on to PORT at ADDRESS, and the answers back. The container sees
 * the bridge as its client.
 */
const dgram = require('node:dgram');
const net = require('node:net');

/** A datagram is answered soon, or not at all. */
const SILENCE_MS = 30_000;

/**
 * @param {number} fd
 * @param {number} port
 * @param {string} host
 */
function passConnections(fd, port, host) {
  const server = net.createServer({ allowHalfOpen: true }, (client) => {
    const inside = net.connect({ port, host, allowHalfOpen: true });
    for (const [one, other] of [
      [client, inside],
      [inside, client],
    ]) {
      one?.on('error', () => other?.destroy());
      if (other) one?.pipe(other);
    }
  });
  server.listen({ fd });
}

/**
 * @param {number} fd
 * @param {number} port
 * @param {string} host
 */
function passDatagrams(fd, port, host) {
  /** @type {Map<string, import('node:dgram').Socket>} */
  const clients = new Map();
  const server = dgram.createSocket('udp4');
  server.on('error', () => {}); // its client is gone
  server.on('message', (bytes, client) => {
    const name = `${client.address}:${client.port}`;
    const known = clients.get(name) ?? dgram.createSocket('udp4');
    if (!clients.has(name)) {
      clients.set(name, known);
      const timer = setTimeout(() => known.close(), SILENCE_MS);
      known.on('error', () => {}); // nobody listens inside
      known.on('close', () => clients.delete(name));
      known.on('message', (answer) => {
        timer.refresh();
        server.send(answer, client.port, client.address);
      });
    }
    known.send(bytes, port, host);
  });
  server.bind({ fd });
}

const [address = '', ...ports] = process.argv.slice(2);
for (const words of ports) {
  const [protocol, fd, port] = words.split(':');
  (protocol === 'udp' ? passDatagrams : passConnections)(Number(fd), Number(port), address);
}
