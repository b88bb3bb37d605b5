import type { Exercise } from '#src/catalogue/exercise.ts';
import { sentry, whole } from '#src/checks/draw.ts';
import { linksOf, ping, routesOf, subnet } from '#src/checks/namespaces.ts';
import { descendants, type Process } from '#src/checks/process.ts';
import type { Trial } from '#src/checks/trial.ts';

/** When the program runs, all should be there. */
const PATIENCE_MS = 2000;

export const exercise: Exercise = {
  title: 'Half up',
  kind: 'find the bug',
  points: 10,
  starterFails: 'lo inside: expected up, observed down',
  hints: [
    {
      when: 'lo inside',
      text: 'A new network namespace has one link, and it is down. A container that cannot reach 127.0.0.1 surprises its programs.',
    },
    {
      when: 'the link outside',
      text: 'A cable carries something when both of its ends are up. An address does not switch an interface on.',
    },
    {
      when: 'the address inside',
      text: 'An address without a netmask gets the one of its class, from the days before 1993: a whole /8 for 10.x.y.z.',
    },
    {
      when: 'the routes inside',
      text: 'The kernel makes a route from address and netmask. Too wide a netmask claims networks that are not here.',
    },
    {
      text: 'Compare the two lists, inside and outside, line by line: what does each have that the other has not? There are three faults.',
    },
    {
      text: 'In step 6, `setUp` makes one list for all ends: socket, address, netmask, up, close. And `lo` gets its up.',
    },
  ],
  round() {
    const [there, missing] = [seconds(), seconds()];
    const { first: outside, second: inside, netmask, prefix, destination } = subnet();
    let wasThere: boolean | undefined;
    return {
      given: { outside, inside, netmask },
      unhurried: true,
      scripts: { program: sentry({ first: lookForRoute(destination, there, missing) }) },
      async begins(process) {
        const { links } = await linksOf(process);
        wasThere = links.some(({ up, addresses }) => up && addresses.includes(`${inside}/${prefix}`));
      },
      async check(trial) {
        const program = await trial.program();
        trial.expect('the network inside', {
          expected: 'one of its own',
          observed: program.namespace('net') === trial.ground.namespace('net') ? "the sandbox's" : 'one of its own',
          command: `readlink /proc/${program.pid}/ns/net /proc/${trial.parent.pid}/ns/net`,
        });
        await expectUp(trial, 'lo inside', program, (name) => name === 'lo');
        await expectUp(trial, 'the link inside', program, (name) => name !== 'lo');
        await expectUp(trial, 'the link outside', trial.ground, (name) => name !== 'lo');
        await expectAddress(trial, 'the address inside', program, `${inside}/${prefix}`);
        await expectAddress(trial, 'the address outside', trial.ground, `${outside}/${prefix}`);
        await expectRoutes(trial, 'the routes inside', program, destination);
        await expectRoutes(trial, 'the routes outside', trial.ground, destination);
        await trial.expectSoon('ping to lo, inside', () => ping(program, '127.0.0.1'), PATIENCE_MS);
        await trial.expectSoon('ping from the container', () => ping(program, outside), PATIENCE_MS);
        await trial.expectSoon('ping to the container', () => ping(trial.ground, inside), PATIENCE_MS);
        const look = () => ({
          expected: 'it was there',
          observed: wasThere === false ? 'it was not there yet' : firstLook(program, there, missing),
        });
        // What has been seen cannot become another.
        await trial.expectSoon('the network, when the program began', look, wasThere === false ? 0 : PATIENCE_MS);
        await trial.expectStatus();
      },
    };
  },
};

/** So long that nothing else sleeps just as long. */
function seconds(): string {
  return String(whole(10 ** 8, 10 ** 9));
}

/** Shell that has a child sleep, for one time or the other: whether there is a route when the program begins. */
function lookForRoute(destination: string, there: string, missing: string): string {
  const bytes = (destination.split('/')[0] ?? '').split('.').map((byte) => Number(byte).toString(16).padStart(2, '0'));
  // The kernel prints it as a number of this machine: the lowest byte first.
  const number = bytes.reverse().join('').toUpperCase();
  return `seen=${missing}; while read -r name to rest; do [ $to = ${number} ] && seen=${there}; done </proc/net/route; sleep $seen &`;
}

function firstLook(program: Process, there: string, missing: string): string {
  const words = descendants(program.pid).map((child) => child.argv.join(' '));
  if (words.includes(`sleep ${there}`)) return 'it was there';
  return words.includes(`sleep ${missing}`) ? 'it was not there yet' : 'the program has not looked';
}

function expectUp(trial: Trial, what: string, process: Process, which: (name: string) => boolean): Promise<void> {
  const look = async () => {
    const { links, command } = await linksOf(process);
    const [link, ...more] = links.filter(({ name }) => which(name));
    const state = link?.up ? 'up' : 'down';
    const count = more.length > 0 ? `${more.length + 1} links` : state;
    return { expected: 'up', observed: link ? count : 'no link', command };
  };
  return trial.expectSoon(what, look, PATIENCE_MS);
}

function expectAddress(trial: Trial, what: string, process: Process, expected: string): Promise<void> {
  const look = async () => {
    const { links, command } = await linksOf(process);
    const found = links.flatMap(({ addresses }) => addresses).filter((address) => address !== '127.0.0.1/8');
    return { expected, observed: found.join(', ') || 'none', command };
  };
  return trial.expectSoon(what, look, PATIENCE_MS);
}

function expectRoutes(trial: Trial, what: string, process: Process, expected: string): Promise<void> {
  const look = async () => {
    const { routes, command } = await routesOf(process);
    return { expected, observed: routes.join(', ') || 'none', command };
  };
  return trial.expectSoon(what, look, PATIENCE_MS);
}
