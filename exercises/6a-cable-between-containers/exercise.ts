import type { Exercise } from '#src/catalogue/exercise.ts';
import { sentry } from '#src/checks/draw.ts';
import { linksOf, subnet } from '#src/checks/namespaces.ts';
import { expectAnswer, expectEnd, expectOwnNetwork, hasAddresses } from '#src/checks/networks.ts';
import type { Process } from '#src/checks/process.ts';

export const exercise: Exercise = {
  title: 'A cable between two containers',
  kind: 'write it',
  points: 10,
  starterFails: "the program's link: expected one besides lo, observed none",
  hints: [
    {
      when: "the program's link",
      text: 'An end is made out here, unless `addVeth` is told a process: `{ name: "eth0", pid: program.pid }`.',
    },
    {
      when: "the neighbour's link",
      text: "A cable has two ends, and each can have a `pid`: one the program's, the other the neighbour's.",
    },
    {
      when: "the neighbour's network",
      text: 'In one network the two need no cable: they reach each other through lo. Each clone needs CLONE_NEWNET.',
    },
    { when: "the sandbox's links", text: 'An end stayed outside. Both belong inside, one in each container.' },
    {
      when: "the program's address",
      text: 'Look at `given.addresses` again: each has its own, and the netmask is for both.',
    },
    { text: 'Two containers need two checkpoints: neither may run before its end of the cable has arrived.' },
    {
      text: '`setUpNetwork({ inside, netmask })` gives `eth0` an address and switches it on. Call the ends `eth0`: in two networks, both can be called the same.',
    },
    {
      text: 'In order: two checkpoints, two clones with CLONE_NEWNET, one request by `addVeth` with the `pid` of each, and then two releases.',
    },
  ],
  round() {
    const { first, second, netmask, prefix } = subnet();
    const wanted = { program: `${first}/${prefix}`, neighbour: `${second}/${prefix}` };
    const running = new Map<string, Process>();
    let lacking: string[] = [];
    return {
      given: { addresses: { program: first, neighbour: second }, netmask },
      scripts: { program: sentry(), neighbour: sentry() },
      async begins(process, name) {
        running.set(name, process);
        if (running.size < 2) return;
        // When both run, all is there.
        lacking = Object.keys(wanted);
        const found = await Promise.all(
          Object.entries(wanted).map(async ([whose, address]) => {
            return (await hasAddresses(running.get(whose) ?? process, [address])) ? [] : [whose];
          }),
        );
        lacking = found.flat();
      },
      async check(trial) {
        const [program, neighbour] = [await trial.program(), await trial.program('neighbour')];
        expectOwnNetwork(trial, "the program's network", program, { "the sandbox's": trial.ground });
        expectOwnNetwork(trial, "the neighbour's network", neighbour, {
          "the sandbox's": trial.ground,
          "the program's": program,
        });
        await expectEnd(trial, "the program's", program, `${first}/${prefix}`);
        await expectEnd(trial, "the neighbour's", neighbour, `${second}/${prefix}`);
        const { links, command } = await linksOf(trial.ground);
        trial.expect("the sandbox's links", { expected: ['lo'], observed: links.map(({ name }) => name), command });
        await expectAnswer(trial, 'the program to the neighbour', program, second);
        await expectAnswer(trial, 'the neighbour to the program', neighbour, first);
        trial.expect('the cable, when the second of both began', {
          expected: 'it was there',
          observed: lacking.length > 0 ? `not yet for the ${lacking.join(' and the ')}` : 'it was there',
        });
        await trial.expectStatus();
      },
    };
  },
};
