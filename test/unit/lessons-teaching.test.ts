/** What the check finds of a lesson that a person could not get through. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { Lesson, Library } from '../../src/catalogue/lessons.ts';
import { checkDescriptors } from '../../src/lessons/check/descriptors.ts';
import { checkLabels } from '../../src/lessons/check/labels.ts';
import { checkMachines } from '../../src/lessons/check/machines.ts';
import { checkPromises } from '../../src/lessons/check/promises.ts';
import { checkTerms } from '../../src/lessons/check/terms.ts';
import { checkTyping } from '../../src/lessons/check/typing.ts';
import type { Finding } from '../../src/lessons/finding.ts';
import { pageWith } from '../support/lessons.ts';

const test = suite('what lessons ask of people');

const said = (findings: readonly Finding[]) => findings.map(({ line, message }) => `${line}: ${message}`);
const block = (commands: string, words = '') => pageWith(`\`\`\`console${words}\n${commands}\n\`\`\`\n`);
const typing = (commands: string) => said(checkTyping(block(commands)));
const machines = (commands: string, words = '') => said(checkMachines(block(commands, words)));
const promises = (text: string) => said(checkPromises(pageWith(text)));

test('a process that is over before somebody has typed up to its last use is found', () => {
  for (const [uses, number] of [
    ['$ ps -p $!', 60],
    ['$ ps -p ⟨pid⟩', 60],
    ['$ true\n$ true\n$ echo x > /proc/$!/uid_map', 30],
    ['$ pgrep -f "sleep 60"', 60],
  ] as const) {
    const found = typing(`$ sleep ${number} &\n[1] ⟨pid⟩\n${'$ cat /proc/self/status\n'.repeat(4)}${uses}\n`);
    assert.is(found.length, 1, uses);
    assert.match(found[0] ?? '', new RegExp(`^2: This lives for ${number} s and is used for \\d+ s .*sleep 600`));
  }
  const inBoth = (life: string) =>
    `$ npm run -s step 3 -- sleep ${life}\n2# ps -p 1\n2# ps -p 2; cat /proc/1/status\n$ true`;
  assert.match(typing(inBoth('20'))[0] ?? '', /^2: This lives for 20 s/);
  assert.match(typing('$ sleep 20 & left=$!\n$ true\n$ ps -p $left')[0] ?? '', /^2: /);
});

test('what lives for ten minutes, is not used again, or is meant to be over, is right', () => {
  assert.equal(typing('$ sleep 600 &\n[1] ⟨pid⟩\n$ ps -p $!\n$ kill $!; wait'), []);
  assert.equal(typing('$ sleep 10m &\n$ ps -p $!'), []);
  assert.equal(typing('$ sleep 1 &\n$ echo on'), []);
  assert.equal(typing("$ bash -c 'sleep 0.1 & exec sleep 600' &\n$ ps --ppid $!"), []);
  assert.equal(typing('$ npm run -s step 3 -- sleep 600\n2# ps -p 1\n2# ps -p 2'), []);
  assert.equal(typing('$ npm run -s step 3\ncontainer# sleep 1000 &\n2# ps'), []);
});

test('a short life that is only advised is found, too', () => {
  assert.match(said(checkTyping(pageWith('Start `sleep 60 &`, and look.')))[0] ?? '', /^1: sleep 60 &: .*ten minutes/);
  assert.equal(checkTyping(pageWith('Start `sleep 600 &`, and `sleep`.')), []);
});

test('a loop that may never end is found, one that is bounded is not', () => {
  assert.match(machines('$ until rmdir x; do sleep 1; done')[0] ?? '', /^2: This loop may never end/);
  assert.match(machines('$ x=1; while ip link show lab0; do :; done')[0] ?? '', /never end/);
  assert.equal(machines("$ timeout 10 bash -c 'until true; do sleep 1; done'"), []);
  assert.equal(machines('$ while [ $SECONDS -lt 3 ]; do :; done'), []);
  assert.equal(machines('$ for i in 1 2; do sleep 1; done\nwhile it waits'), []);
});

test('a wait that may come too late to say how a job ended is found', () => {
  assert.match(machines('$ kill $!; wait')[0] ?? '', /^2: .*kill \$!; sleep 1/);
  assert.equal(machines('$ kill $!; sleep 1\n$ (true & wait)'), []);
});

test('a word that says the same when nothing was run is found', () => {
  assert.match(
    machines('$ npm run -s step 8 -- grep -q x /etc/os-release || echo out')[0] ?? '',
    /^2: This prints the same/,
  );
  assert.equal(machines('$ true && echo yes'), []);
});

test('for one cgroup version: no ordinary folder, no file by an empty variable, nothing without its limit', () => {
  const group = '/sys/fs/cgroup/lab';
  assert.match(machines(`$ mkdir ${group}`, ' v2')[0] ?? '', /^2: .*ordinary folder/);
  assert.equal(machines(`$ test -e /sys/fs/cgroup/cgroup.procs && mkdir ${group}`, ' v2'), []);
  assert.equal(machines('$ mkdir /sys/fs/cgroup/pids/lab', ' v1'), []);
  assert.match(machines('2# echo 64M > $group/memory.max', ' v2')[0] ?? '', /variable may be empty/);
  assert.equal(machines('2# test -f $limit && echo 64M > $limit', ' v2'), []);
  assert.match(machines("$ sh -c 'echo $$ > /sys/fs/cgroup/lab/cgroup.procs; ls'", ' v2')[0] ?? '', /without limits/);
  assert.equal(machines("$ sh -c 'echo $$ > /sys/fs/cgroup/lab/cgroup.procs && ls'", ' v2'), []);
  assert.equal(machines('$ mkdir /tmp/lab; echo x > $file'), [], 'for every machine');
});

test('a promise without a link is found with its words and its line', () => {
  for (const [text, words] of [
    ['A later step builds it.', 'A later step'],
    ['Now.\nIt will matter.', 'will matter'],
    ['That is the next lesson.', 'next lesson'],
    ['As in lesson 1, it works.', 'lesson 1'],
    ['One of the experiments shows it.', 'One of the experiments'],
  ] as const)
    assert.match(promises(text)[0] ?? '', new RegExp(`^${text.split('\n').length}: “${words}” promises`), text);
  assert.is(promises('That is [lesson 4](04-mount.md). The next step is another.').length, 1, 'each by itself');
});

test('a promise that leads there is right, and so is what promises nothing', () => {
  assert.equal(promises('That is [the next lesson](04-mount.md).'), []);
  assert.equal(promises('In step 3 ps lies. See `npm run lesson 4`.\n\n## The next step\n'), []);
});

const lesson = (number: number, text: string): Lesson => ({
  ...pageWith(text, `lessons/0${number}-x.md`),
  number,
  id: 'x',
});
const GLOSSARY = pageWith(
  '# Glossary\n\n## Zombie\n\nDead, with EPERM.\n\n## Fork\n\n(Also: clone.) Two.\n\n## Open file\n\nRead.\n',
  'lessons/glossary.md',
);
const terms = (...texts: string[]) => {
  const library: Library = {
    top: '/',
    index: undefined,
    lessons: texts.map((text, at) => lesson(at, text)),
    glossary: GLOSSARY,
  };
  return checkTerms(library).map(({ path, line, message }) => `${path}:${line}: ${message}`);
};

test('a word that is used before it is explained or linked is found where it is used first', () => {
  assert.match(
    terms('Text.\n\nSome zombies. A *zombie*. [fork](x)')[0] ?? '',
    /^lessons\/00-x\.md:3: .*“Zombie”.*#zombie/,
  );
  assert.match(terms('A *zombie*.', 'To\nclone.')[0] ?? '', /^lessons\/01-x\.md:2: .*“Fork”/);
  assert.equal(
    terms('A [zombie](glossary.md#zombie) and a *fork*. An *open\nfile*. A zombie.', 'Zombies fork open files.'),
    [],
  );
  assert.match(terms('A *zombie*, a *fork*.\n\nOne\ntwo open\nfiles.')[0] ?? '', /^lessons\/00-x\.md:4: .*“Open file”/);
  assert.equal(terms('# Zombies\n\nIn `zombie`: a *zombie*. A *clone*, an *open file*.'), []);
});

test('a word that no lesson uses is found, and a name that the glossary does not have', () => {
  assert.match(terms('A *zombie*, an *open file*.')[0] ?? '', /glossary\.md:1: .*“Fork”/);
  const names = terms('A *zombie*, a *fork*, an *open file*.\n\nIt says EPERM, or `EBUSY`; SIGHUP.');
  assert.equal(
    names.map((name) => /(\d+): .* what (\w+)/.exec(name)?.slice(1)),
    [
      ['3', 'EBUSY'],
      ['3', 'SIGHUP'],
    ],
  );
});

test('a descriptor that stays open is found', () => {
  const left = (commands: string) => said(checkDescriptors(block(commands)));
  assert.match(left('$ mkfifo ~/door\n$ exec 3<>~/door')[0] ?? '', /^3: Descriptor 3 stays open.*exec 3<&-/);
  assert.is(left('2# exec 3< x\n$ exec 3<&-').length, 1, 'in another terminal');
  assert.equal(left('2# exec 3< x\n2# exec 3<&-'), []);
});

const SECTIONS = [
  'The code',
  'A run',
  'Experiments',
  'How others do it',
  'Check your understanding',
  'Exercise',
  'Manual pages',
];
const RUN = '```console\n$ true\n```';
const EXPERIMENT = `### One\n\n*What do you expect?* Much?\n\n${RUN}\n\n*Why?* So.`;
const whole = (experiment: string, title = '# Lesson 3: T', opening = '**The question: what?** So.') =>
  said(
    checkLabels(
      lesson(
        3,
        [
          title,
          opening,
          ...SECTIONS.map((name) => `## ${name}${name === 'Experiments' ? `\n\n${experiment}` : ''}`),
          '',
        ].join('\n\n'),
      ),
    ),
  );

test('every lesson has the same labels, and asks before it shows', () => {
  assert.equal(whole(EXPERIMENT), []);
  assert.match(whole(EXPERIMENT.replace('*What do you expect?* Much?', 'Look.'))[0] ?? '', /^11: Ask first/);
  assert.match(whole(`### One\n\n${RUN}\n\n*What do you expect?*\n\n*Why?* So.`)[0] ?? '', /Ask first/);
  assert.match(whole(EXPERIMENT.replace('*Why?*', 'As'))[0] ?? '', /^11: Say why/);
  assert.match(whole(EXPERIMENT, '# T')[0] ?? '', /^1: The title begins with “# Lesson 3: ”/);
  assert.match(whole(EXPERIMENT, undefined, 'Who is root?')[0] ?? '', /^3: A lesson begins with what it answers/);
  assert.match(
    said(checkLabels(lesson(3, '# Lesson 3: T\n\n**The question: a?**\n')))[0] ?? '',
    /^1: .*these sections/,
  );
});

test.run();
