/** Many containers at once, and killing the parent at each of its calls. */
import { spawn, spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { ensureImage } from '../../rootfs-builder/images.ts';
import { lab, loader, read, top } from '../support/lab.ts';
import { hostView, leftoversOf, linksOf, lostLinks, NONE, processesOf, unmarkedLinks } from '../support/leftovers.ts';
import { eventually, many, start } from '../support/many.ts';
import { root, testWith } from '../support/needs.ts';

const CONTAINERS = 20;
const PATIENCE_MS = 60_000;

/** Says its address, pings the other end of its cable, and waits for a line. */
const INSIDE = `
  address=$(ip -4 -o address show dev eth0 | sed 's/.* inet \\([0-9.]*\\).*/\\1/')
  other=\${address%.*}.$((\${address##*.} - 1))
  ping -c 1 -W 5 "$other" >/dev/null && echo "ready $(hostname) $address $other"
  read line
  ip -o link | wc -l`;

testWith(
  test,
  [root],
  `${CONTAINERS} containers of step 8 at once: each has its own cable, and pings its own peer`,
  async () => {
    await ensureImage('host');
    const before = hostView();
    const all = Array.from({ length: CONTAINERS }, (_, index) =>
      start(['step', '8', '--quiet', '--hostname', `box${index}`, '--pids', '50', '--', 'sh', '-c', INSIDE]),
    );
    try {
      const ready = /^ready (\S+) (\S+) (\S+)$/m;
      await eventually(() => all.every(({ said }) => ready.test(said())), PATIENCE_MS);
      const facts = all.map(({ said, pid }, index) => {
        const [, name = '', inside = '', outside = ''] = ready.exec(said()) ?? [];
        assert.is(name, `box${index}`, said());
        return { inside, outside, links: linksOf(new Set([pid])) };
      });
      assert.is(new Set(facts.map(({ inside }) => inside)).size, CONTAINERS, 'addresses inside');
      assert.is(new Set(facts.flatMap(({ links }) => links)).size, CONTAINERS, 'links');
      for (const { inside, outside, links } of facts) {
        assert.is(links.length, 1);
        const { stdout } = spawnSync('ip', ['-4', '-o', 'address', 'show', 'dev', links[0] ?? ''], {
          encoding: 'utf8',
        });
        assert.match(stdout, ` ${outside}/30 `);
        assert.is(spawnSync('ping', ['-c', '1', '-W', '5', inside]).status, 0, `${inside} answers`);
      }
    } finally {
      for (const { process: each } of all) each.stdin?.end('go\n');
    }
    assert.equal(
      await Promise.all(all.map(({ ended }) => ended)),
      Array.from({ length: CONTAINERS }, () => 0),
    );
    for (const { said } of all) assert.match(said(), /^2$/m, 'lo and eth0 are all that it sees');
    assert.equal(leftoversOf(new Set(all.map(({ pid }) => pid))), NONE);
    assert.is(hostView(), before);
  },
);

function clean(): string {
  const { status, stdout, stderr } = lab(['clean']);
  assert.is(status, 0, stderr);
  return stdout;
}

testWith(test, [root], 'names that are taken are passed over', async () => {
  const taken =
    Array.from({ length: 1000 }, (_, number) => `lab${number}`).find(
      (name) => read(`/sys/class/net/${name}/ifindex`) === '',
    ) ?? '';
  spawnSync('ip', ['link', 'add', taken, 'type', 'veth', 'peer', 'name', 'lab-test-peer']);
  try {
    const running = start(['step', '6', '--quiet', '--', 'sh', '-c', 'echo up; read line']);
    assert.ok(await eventually(() => running.said().includes('up'), PATIENCE_MS), running.said());
    const [link = ''] = linksOf(new Set([running.pid]));
    assert.match(link, /^lab\d+$/);
    assert.is.not(link, taken);
    running.process.stdin?.end('go\n');
    assert.is(await running.ended, 0);
    clean();
    assert.not.equal(read(`/sys/class/net/${taken}/ifindex`), '', 'a link that is not ours stays');
  } finally {
    spawnSync('ip', ['link', 'delete', taken]);
  }
});

testWith(
  test,
  [root],
  'a parent that is killed right after a call of its own: clean finds all that is left',
  async () => {
    const helper = ['--import', loader, join(top, 'test/support/die-at-call.ts')];
    const { stdout, stderr } = spawnSync(process.execPath, helper, { encoding: 'utf8', timeout: PATIENCE_MS });
    const names = stdout.trim().split(' ');
    assert.ok(names.length > 20, stderr);
    // The calls that make something; after the others there is no more and no less than after these.
    const places = names.flatMap((name, index) =>
      /^(sendto|recvfrom|mkdirat|clone|open_tree)$/.test(name) ? [index] : [],
    );
    const unmarked = unmarkedLinks();
    const before = hostView();
    const pids = await many(places.length, async (index) => {
      const child = spawn(process.execPath, [...helper, String(places[index])], {
        stdio: ['ignore', 'ignore', 'pipe'],
      });
      let said = '';
      child.stderr.on('data', (bytes) => {
        said += bytes;
      });
      const signal = await new Promise((resolve) => child.once('close', (_, by) => resolve(by)));
      assert.is(signal, 'SIGKILL', `after call ${places[index]}, ${names[places[index] ?? 0]}: ${said}`);
      return child.pid ?? 0;
    });
    const killed = new Set(pids);
    assert.ok(await eventually(() => processesOf(killed).length === 0, PATIENCE_MS), processesOf(killed).join('\n'));
    clean();
    assert.equal(leftoversOf(killed), NONE);
    assert.is(hostView(), before);
    const lost = await lostLinks(unmarked, 2000);
    for (const name of lost) spawnSync('ip', ['link', 'delete', name]);
    console.log(`${places.length} places; links that clean does not know: ${lost.length}`);
    assert.equal(lost, []);
  },
);

/** What a shell can leave running behind, each in its way; \`$1\` tells them from others. */
const STRAYS = [
  'sleep 1000 &',
  'setsid sleep 1000 &',
  'nohup sleep 1000 >/dev/null 2>&1 &',
  '(setsid sh -c "sleep 1000 & sleep 1000 & wait" &) &',
  'sh -c "trap : TERM HUP INT; while :; do sleep 1; done" &',
  'setsid sh -c "setsid sh -c \\"setsid sleep 1000 &\\" &" &',
].join('\n');

for (const step of ['0', '1', '2', '3', '4', '8']) {
  testWith(test, [root], `step ${step}: what a shell leaves running behind is gone after the end`, async () => {
    for (const end of ['sleep 0.3; exit 7', 'sleep 0.3; kill -KILL $$']) {
      const running = start(['step', step, '--quiet', '--', 'sh', '-c', `${STRAYS}\n${end}`]);
      running.process.stdin?.end();
      const status = await running.ended;
      // Nobody can kill process 1 of a PID namespace from within.
      assert.is(status, end.endsWith('7') ? 7 : Number(step) < 3 ? 137 : 0, running.said());
      assert.equal(processesOf(new Set([running.pid])), []);
    }
  });
}

testWith(
  test,
  [root],
  'steps 0 to 2: what a shell left running behind is found by clean, if the parent was killed',
  async () => {
    const runs = await many(3, async (index) => {
      const running = start(['step', String(index), '--quiet', '--', 'sh', '-c', `${STRAYS}\necho up; sleep 1000`]);
      assert.ok(await eventually(() => running.said().includes('up'), PATIENCE_MS), running.said());
      running.process.kill('SIGKILL');
      await running.ended;
      return running.pid;
    });
    const pids = new Set(runs);
    assert.ok(processesOf(pids).length > 0);
    assert.match(clean(), /^removed process \d+$/m);
    assert.ok(await eventually(() => processesOf(pids).length === 0, PATIENCE_MS));
  },
);

test.run();
