import type { Exercise } from '#src/catalogue/exercise.ts';
import { sentry } from '#src/checks/draw.ts';
import {
  ALL_HOSTS,
  arrivals,
  expectAddresses,
  expectAnswer,
  expectEnd,
  expectOwnNetwork,
  expectRoutes,
  hasAddresses,
  twoNetworks,
} from '#src/checks/networks.ts';
import type { Process } from '#src/checks/process.ts';
import type { Trial } from '#src/checks/trial.ts';

export const exercise: Exercise = {
  title: 'Two networks',
  kind: 'write it',
  points: 10,
  starterFails: "the program's link: expected one besides lo, observed none",
  hints: [
    {
      when: "the program's link",
      text: 'A bridge is a switch: it is made once, and each container gets a cable to it. The end in the bridge is made by `addVeth({ name, bridge }, …)`.',
    },
    {
      when: "the router's addresses",
      text: 'The router has two ends of cables, one in each network, and each has an address of that network.',
    },
    {
      when: "the sandbox's addresses",
      text: 'A bridge needs an address only for the machine that it is on. Without one it connects the others, and the sandbox is no part of it.',
    },
    {
      when: "the program's routes",
      text: 'The route to its own network comes with the address. What leads to all others?',
    },
    {
      when: "the stranger's routes",
      text: 'The stranger has another gateway than the program: the address that the router has in its own network.',
    },
    {
      when: 'ping from the program to the friend',
      text: 'A bridge is down at first, like everything else, and so is each end that is in it.',
    },
    {
      when: 'what comes from the program to the stranger',
      text: 'If a packet to all hosts comes through, both are in one network, whatever their addresses say. If only a packet to its address comes, somebody has passed it on. Who?',
    },
    {
      when: 'what comes from the stranger to the program',
      text: 'Nothing may be passed on in the other direction, too.',
    },
    {
      when: 'both networks, when the last of the four began',
      text: 'A checkpoint for each container, and no release before all of them are plugged in.',
    },
    {
      text: '/proc/sys/net/ipv4/ip_forward is one for each network namespace. Who writes it changes that of the namespace that they are in.',
    },
    {
      text: '`npm run calls -- addBridge`, `addVeth`, `addDefaultRoute`, `writeFile`. The index of a bridge: `interfaceIndex`, and `indexIn`.',
    },
    {
      text: 'In order: two bridges, and up; four clones that wait; five cables, each with an end in a bridge, and up; four releases. In each list address and route; in that of the router, `0` into ip_forward.',
    },
  ],
  round() {
    const [{ hosts: one, ...first }, { hosts: two, ...second }] = twoNetworks();
    const addresses = { program: one[0], friend: one[1], stranger: two[0], router: { one: one[2], two: two[2] } };
    const inFirst = (address: string) => `${address}/${first.prefix}`;
    const inSecond = (address: string) => `${address}/${second.prefix}`;
    const wanted = {
      program: [inFirst(addresses.program)],
      friend: [inFirst(addresses.friend)],
      stranger: [inSecond(addresses.stranger)],
      router: [inFirst(addresses.router.one), inSecond(addresses.router.two)],
    };
    const running = new Map<string, Process>();
    let early: string | undefined;
    return {
      given: { addresses, netmask: first.netmask },
      // As on a machine with Docker, or with step 11.
      forwarding: true,
      scripts: { program: sentry(), friend: sentry(), stranger: sentry(), router: sentry() },
      async begins(process, name) {
        running.set(name, process);
        if (running.size < Object.keys(wanted).length) return;
        early = await whatIsWrong(running, wanted, addresses.stranger);
      },
      async check(trial) {
        const all = {
          program: await trial.program(),
          friend: await trial.program('friend'),
          stranger: await trial.program('stranger'),
          router: await trial.program('router'),
        };
        expectFourNetworks(trial, all);
        const { program, friend, stranger, router } = all;
        await expectEnd(trial, "the program's", program, inFirst(addresses.program));
        await expectEnd(trial, "the friend's", friend, inFirst(addresses.friend));
        await expectEnd(trial, "the stranger's", stranger, inSecond(addresses.stranger));
        await expectAddresses(trial, "the router's", router, wanted.router);
        await expectAddresses(trial, "the sandbox's", trial.ground, []);
        await expectRoutes(trial, "the program's", program, [first.destination, 'default']);
        await expectRoutes(trial, "the friend's", friend, [first.destination, 'default']);
        await expectRoutes(trial, "the stranger's", stranger, [second.destination, 'default']);
        await expectAnswer(trial, 'the program to the friend', program, addresses.friend);
        await expectAnswer(trial, 'the router to the program', router, addresses.program);
        await expectAnswer(trial, 'the router to the stranger', router, addresses.stranger);
        // By way of the default route.
        await expectAnswer(trial, "the program to the router's other address", program, addresses.router.two);
        await expectAnswer(trial, "the stranger to the router's other address", stranger, addresses.router.one);
        const crossings = [
          ['from the program to the stranger', program, stranger, addresses.stranger],
          ['from the stranger to the program', stranger, program, addresses.program],
        ] as const;
        const looks = await Promise.all(
          crossings.map(([, from, to, address]) => arrivals(from, to, address, ALL_HOSTS)),
        );
        for (const [index, look] of looks.entries()) trial.expect(`what comes ${crossings[index]?.[0]}`, look);
        trial.expect('both networks, when the last of the four began', {
          expected: 'as they are now',
          observed: early ?? 'as they are now',
        });
        await trial.expectStatus();
      },
    };
  },
};

function expectFourNetworks(trial: Trial, all: Readonly<Record<string, Process>>): void {
  const others: Record<string, Process> = { "the sandbox's": trial.ground };
  for (const [name, process] of Object.entries(all)) {
    expectOwnNetwork(trial, `the ${name}'s network`, process, others);
    others[`the ${name}'s`] = process;
  }
}

/** What is not yet as it should be; undefined if all is. */
async function whatIsWrong(
  running: ReadonlyMap<string, Process>,
  wanted: Readonly<Record<string, readonly string[]>>,
  strangersAddress: string,
): Promise<string | undefined> {
  for (const [name, process] of running) {
    if (!(await hasAddresses(process, wanted[name] ?? []))) return `the ${name} had not all its addresses`;
  }
  const [program, stranger] = [running.get('program'), running.get('stranger')];
  if (!program || !stranger) return undefined;
  const { observed } = await arrivals(program, stranger, strangersAddress, ALL_HOSTS);
  return observed === 'nothing' ? undefined : `${observed} came from the program to the stranger`;
}
