/** `--pause` at a real terminal: each call is shown, explained and waited with, and its change is shown. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { kernelTest, until } from '../support/kernel-test.ts';
import { launcher, markedProcesses } from '../support/lab.ts';
import { canRun, program } from '../support/needs.ts';
import { Terminal } from '../support/terminal.ts';

const test = suite('pause');
const needs = [program('tmux'), program('nsenter')];
const PROMPT = '[Enter: make this call; c and Enter: go on to the end]';

const prompts = (terminal: Terminal) => terminal.screen().split(PROMPT).length - 1;

/** Waits for a prompt that was not there before; false when the run is over instead. */
async function nextPrompt(terminal: Terminal, seen: number): Promise<boolean> {
  const answer = await until('a prompt, or the end', () => {
    if (/^status=\d+$/m.test(terminal.screen())) return 'end';
    return prompts(terminal) > seen && 'prompt';
  });
  return answer === 'prompt';
}

/** Presses Enter at every prompt, to the end, and gives all that was shown. */
async function stepThrough(words: string, kit = 'kit', columns?: number): Promise<string> {
  const terminal = new Terminal(columns);
  terminal.type(`${kit} step ${words}; echo status=$?`);
  for (let seen = 0; await nextPrompt(terminal, seen); seen += 1) terminal.key('Enter');
  return terminal.screen();
}

/** What a call changed: the last such call, for a name of an interface that is taken is tried again with another. */
function changesAfter(screen: string, result: RegExp): string[] {
  const lines = screen.split('\n');
  const at = lines.findLastIndex((line) => result.test(line));
  assert.ok(at >= 0, `${result} is not in\n${screen}`);
  const rest = lines.slice(at + 1);
  return rest.slice(
    0,
    rest.findIndex((line) => !/^ {2}[+-] /.test(line)),
  );
}

kernelTest(
  test,
  [canRun(4), ...needs, program('strace')],
  'a child slow to take the terminal stops nobody',
  async () => {
    // The first ioctl of each thread comes late, and that by which the child takes the terminal is the first of its.
    const slow = 'strace -f -qq -o /dev/null -e trace=ioctl -e inject=ioctl:delay_enter=700000:when=1';
    const screen = await stepThrough('4 --pause true', `${slow} '${process.execPath}' '${launcher}'`);
    assert.match(screen, /^status=0$/m);
  },
);

kernelTest(test, [canRun(4), ...needs], 'what a call is for is broken between words', async () => {
  const screen = await stepThrough('4 --pause true', 'kit', 80);
  // The terminal breaks a line that is too long anywhere; tmux gives it as one.
  const lines = screen.split('\n');
  const prose = lines.filter((line) => /^ {2}[A-Z]/.test(line) && !line.startsWith('  From a second terminal'));
  assert.ok(prose.length > 8);
  for (const line of prose) assert.ok(line.length <= 80, line);
  assert.match(screen, /^ {2}Makes a child process; .*\n {2}.*clone\(2\)$/m);
});

kernelTest(test, [canRun(8), ...needs], 'step 8, call by call: what each one changes', async () => {
  const screen = await stepThrough('8 --pause true');
  assert.match(screen, /^status=0$/m);

  const names = screen.match(/^ {2}[A-Z].* [a-z_0-9]+\(\d\)\n {2}From a second terminal: \S.*$/gm) ?? [];
  assert.is(names.length, screen.split(PROMPT).length - 1, 'each prompt has a sentence, a page, and what to look at');

  const cloned = changesAfter(screen, /^parent \d+ {2}clone\(CLONE_NEWUTS\|.* = \d+$/);
  for (const name of ['ipc', 'mnt', 'net', 'pid', 'user', 'uts']) {
    assert.is(cloned.filter((line) => line.startsWith(`  + namespace: ${name}:[`)).length, 1, name);
  }
  assert.ok(cloned.includes('  + link: lo down'));
  assert.equal(changesAfter(screen, /^child \d+ {2}sethostname\(.* = 0$/).at(-1), '  + host name: container');
  assert.match(changesAfter(screen, /^child \d+ {2}mount\("proc", .* = 0$/)[0] ?? '', /^ {2}\+ mount: proc proc on /);
  assert.match(changesAfter(screen, /write\(\d+, "0 \d+ \d+\\n", \d+\) = \d+$/)[0] ?? '', /^ {2}\+ gid_map: 0 /);
  assert.match(changesAfter(screen, /sendto\(.*VETH_INFO_PEER.* = \d+$/).join(), /link outside: lab\d+ down/);
  assert.match(changesAfter(screen, /sendto\(.*IFLA_NET_NS_PID.* = \d+$/).join(), /\+ link: eth0 down/);
  assert.match(changesAfter(screen, /^child .*SIOCSIFFLAGS, \{ifr_name="eth0".* = 0$/).join(), /\+ link: eth0 up 169/);
  assert.match(changesAfter(screen, /^child \d+ {2}chroot\(.* = 0$/).at(-1) ?? '', /^ {2}\+ root: \/.*rootfs\/host$/);
  // The helper that held a user namespace has gone meanwhile; that it had anything is no news.
  assert.not.match(screen, '- namespace: time');
});

kernelTest(
  test,
  [canRun(9), ...needs],
  'step 9: pivot_root moves the top, and umount2 takes the host’s mounts away',
  async () => {
    const screen = await stepThrough('9 --pause true');
    assert.match(screen, /^status=0$/m);
    const pivoted = changesAfter(screen, /^child \d+ {2}pivot_root\(.* = 0$/);
    assert.ok(
      pivoted.some((line) => /^ {2}- mount: .* on \S+rootfs\/host /.test(line)),
      pivoted.join('\n'),
    );
    assert.ok(
      pivoted.some((line) => /^ {2}\+ mount: .* on \/dev\/pts /.test(line)),
      pivoted.join('\n'),
    );
    const unmounted = changesAfter(screen, /^child \d+ {2}umount2\(.* = 0$/);
    assert.ok(unmounted.length > 3, unmounted.join('\n'));
    for (const line of unmounted) assert.match(line, /^ {2}- mount: /);
  },
);

kernelTest(test, [canRun(7), ...needs], 'step 7: the cgroup and its limits', async () => {
  const screen = await stepThrough('7 --pause --pids 9 true');
  assert.match(screen, /^ {2}\+ \/sys\/fs\/cgroup\/\S+\/pids\.max: 9$/m);
  assert.match(screen, /^ {2}\+ cgroup: \S*container-lab-/m);
});

kernelTest(test, [canRun(4), ...needs], 'c goes on to the end, and the program has the terminal', async () => {
  const terminal = new Terminal();
  terminal.type('kit step 4 --pause; echo status=$?');
  await nextPrompt(terminal, 0);
  terminal.key('Enter');
  await nextPrompt(terminal, 1);
  terminal.type('c');
  await terminal.answers('inside');
  assert.is(prompts(terminal), 2);
  terminal.type('exit 5');
  await terminal.shows(/^status=5$/m);
});

for (const calls of [0, 1, 4]) {
  kernelTest(test, [canRun(4), ...needs], `Ctrl-C at the prompt after ${calls} calls ends the run`, async () => {
    const terminal = new Terminal();
    terminal.type('kit step 4 --pause echo it ran after all; echo status=$?');
    for (let seen = 0; seen < calls; seen += 1) {
      await nextPrompt(terminal, seen);
      terminal.key('Enter');
    }
    await nextPrompt(terminal, calls);
    terminal.key('C-c');
    await terminal.shows(/^status=130$/m);
    assert.not.match(terminal.screen(), /^it ran/m);
    assert.equal(markedProcesses(), []);
    await terminal.answers('outside');
  });
}

kernelTest(test, [canRun(1), ...needs], 'what is piped in is for the program; the answers are typed', async () => {
  const terminal = new Terminal();
  terminal.type('echo through the pipe | kit step 1 --pause cat; echo status=$?');
  for (let seen = 0; await nextPrompt(terminal, seen); seen += 1) terminal.key('Enter');
  assert.match(terminal.screen(), /^through the pipe$/m);
  assert.match(terminal.screen(), /^status=0$/m);
});

kernelTest(test, [canRun(1), program('setsid'), ...needs], 'without any terminal it refuses in a line', async () => {
  const terminal = new Terminal();
  terminal.type('out=$(setsid --wait "$BASH" -c "$(declare -f kit); kit step 1 --pause true" </dev/null 2>&1)');
  terminal.type('echo "status=$? $out"');
  await terminal.shows(/^status=2 --pause waits for Enter at a terminal, and there is none here\.$/m);
});

test.run();
