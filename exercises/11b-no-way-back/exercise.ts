import type { Exercise } from '#src/catalogue/exercise.ts';
import { sentry } from '#src/checks/draw.ts';
import { ping } from '#src/checks/namespaces.ts';
import {
  ALL_HOSTS,
  arrivals,
  expectAddresses,
  expectAnswer,
  expectEnd,
  expectOwnNetwork,
  expectRoutes,
  NETWORK_PATIENCE_MS,
  twoNetworks,
} from '#src/checks/networks.ts';
import type { Process } from '#src/checks/process.ts';

const ALL = ['program', 'router', 'server'];

export const exercise: Exercise = {
  title: 'No way back',
  kind: 'find the bug',
  points: 10,
  starterFails: "the program's address: expected",
  hints: [
    {
      when: "the program's address",
      text: 'The address is right, and the number behind it is not. Both networks lie side by side: with the wrong netmask they are one, and nobody asks the router.',
    },
    {
      when: "the program's link",
      text: 'A cable past the router is faster, but the server is not to be a neighbour.',
    },
    {
      when: "the server's network",
      text: 'Each of the three is a machine of its own, with a network of its own.',
    },
    {
      when: "ping from the server to the router's other address",
      text: 'ENETUNREACH comes from the server’s own kernel: it knows no way there. To answer is to send a packet, too.',
    },
    {
      when: 'ping from the program to the server',
      text: 'The packet gets as far as the router. Look at /proc/sys/net/ipv4/ip_forward there, with nsenter: whose was written?',
    },
    {
      when: 'what the server hears of the program, to all hosts',
      text: 'Whoever hears what is sent to all is in the same network: then nothing goes through the router.',
    },
    {
      when: 'the way, when the last of the three began',
      text: 'All must be there before the programs begin. What belongs to the network of a container, its own list can do.',
    },
    {
      text: 'Go one hop after the other, in both directions. Which is the first that does not answer, and to whom? There are three faults.',
    },
    { text: 'A prefix of 27 bits is 255.255.255.224. What does `netmaskOf` make of it?' },
  ],
  round() {
    const [{ hosts: one, ...near }, { hosts: two, ...far }] = twoNetworks();
    const addresses = { program: one[0], server: two[0], router: { one: one[1], two: two[1] } };
    const running = new Map<string, Process>();
    let early = 'an answer';
    return {
      given: { addresses, prefix: near.prefix },
      forwarding: false,
      unhurried: true,
      scripts: { program: sentry(), server: sentry(), router: sentry() },
      async begins(process, name) {
        running.set(name, process);
        if (running.size < ALL.length) return;
        early = await firstAnswer(running.get('program') ?? process, addresses.server);
      },
      async check(trial) {
        const [program, router, server] = [
          await trial.program(),
          await trial.program('router'),
          await trial.program('server'),
        ];
        const others: Record<string, Process> = { "the sandbox's": trial.ground };
        for (const [index, process] of [program, router, server].entries()) {
          expectOwnNetwork(trial, `the ${ALL[index]}'s network`, process, others);
          others[`the ${ALL[index]}'s`] = process;
        }
        await expectEnd(trial, "the program's", program, `${addresses.program}/${near.prefix}`);
        await expectEnd(trial, "the server's", server, `${addresses.server}/${far.prefix}`);
        await expectAddresses(trial, "the router's", router, [
          `${addresses.router.one}/${near.prefix}`,
          `${addresses.router.two}/${far.prefix}`,
        ]);
        await expectAnswer(trial, 'the program to the router', program, addresses.router.one);
        await expectAnswer(trial, 'the server to the router', server, addresses.router.two);
        await expectAnswer(trial, "the program to the router's other address", program, addresses.router.two);
        await expectAnswer(trial, "the server to the router's other address", server, addresses.router.one);
        await expectAnswer(trial, 'the program to the server', program, addresses.server);
        await expectAnswer(trial, 'the server to the program', server, addresses.program);
        await expectRoutes(trial, "the program's", program, [near.destination, 'default']);
        await expectRoutes(trial, "the server's", server, [far.destination, 'default']);
        trial.expect('what the server hears of the program, to all hosts', await arrivals(program, server, ALL_HOSTS));
        trial.expect('the way, when the last of the three began', { expected: 'an answer', observed: early });
        await trial.expectStatus();
      },
    };
  },
};

/** A cable can take a moment until it carries. */
async function firstAnswer(process: Process, address: string): Promise<string> {
  const deadline = Date.now() + NETWORK_PATIENCE_MS;
  for (;;) {
    const { expected, observed } = await ping(process, address);
    if (observed === expected || Date.now() > deadline) return String(observed);
  }
}
