/** Transcripts: reading them, and comparing them with what was printed. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { compare, difference } from '../../src/lessons/console/compare.ts';
import { opensShell } from '../../src/lessons/console/opening.ts';
import { substitute } from '../../src/lessons/console/placeholders.ts';
import { parseTranscript } from '../../src/lessons/console/transcript.ts';

const test = suite('transcripts');

const read = (content: string, words: string[] = []) => parseTranscript({ content, words, line: 10 });
const known = new Map<string, string>();
const equal = (expected: string, output: string, values = known) =>
  'values' in compare(expected === '' ? [] : expected.split('\n'), output, values);

test('a block is commands, where they are typed, and what they print', () => {
  const { commands, needs } = read(
    '$ for x in a; do\n> echo $x\n> done\na\n\n$ npm run -s step 4\ncontainer# ps\n> quoted\n2$ id\n',
  );
  assert.equal(needs, ['root']);
  assert.equal(
    commands.map(({ place, text, expected, line }) => [place, text, expected.join('|'), line]),
    [
      ['host', 'for x in a; do\necho $x\ndone', 'a', 11],
      ['host', 'npm run -s step 4', '', 16],
      ['inside', 'ps\nquoted', '', 17],
      ['second', 'id', '', 19],
    ],
  );
});

test('needs are words of the fence', () => {
  assert.equal(read('$ id\n', ['user', 'v2']).needs, ['user', 'v2']);
  assert.equal(read('$ id\n', ['v1']).needs, ['root', 'v1']);
});

test('the length of blanks does not count, everything else does', () => {
  assert.ok(equal('  PID TTY', 'PID   TTY  \n'));
  assert.not(equal('PIDTTY', 'PID TTY'));
  assert.not(equal('a', 'a\nb'));
  assert.not(equal('a\nb', 'a'));
  assert.not(equal('', 'x'));
  assert.ok(equal('', '\n'));
  assert.not(equal('a.c', 'abc'));
  assert.ok(equal('a\n\nb', '\na\n\nb\n\n'));
  assert.not(equal('a\nb', 'a\n\nb'));
});

test('each placeholder matches its kind, and no other', () => {
  const good: [string, ...string[]][] = [
    ['⟨pid⟩', '1', '31996'],
    ['⟨time⟩', '00:00:01', '0.31 s', '0m0.003s', '12 ms', '3'],
    ['⟨addr⟩', '0x7ffd', 'fe80::1', '52:54:00:12:34:56', '169.254.1.1', 'deadbeef'],
    ['⟨size⟩', '64M', '1.5 GiB', '4096', '12 kB'],
    ['⟨word⟩', 'any-thing:42'],
    ['⟨text⟩', 'any thing', ''],
  ];
  for (const [name, ...values] of good)
    for (const value of values) assert.ok(equal(`x ${name} y`.replace(' y', ''), `x ${value}`), `${name} ${value}`);
  for (const [name, value] of [
    ['⟨pid⟩', '1a'],
    ['⟨n⟩', '-1'],
    ['⟨time⟩', 'soon'],
    ['⟨size⟩', 'big'],
    ['⟨word⟩', 'two words'],
    ['⟨addr⟩', 'xyz'],
  ]) {
    assert.not(equal(`x ${name}`, `x ${value}`), `${name} ${value}`);
  }
});

test('the same name is the same value, within a command and across commands', () => {
  assert.ok(equal('⟨n⟩ ⟨n⟩', '7 7'));
  assert.not(equal('⟨n⟩ ⟨n⟩', '7 8'));
  assert.ok(equal('⟨n⟩ ⟨n2⟩', '7 7'));
  assert.ok(equal('⟨n⟩', '7', new Map([['n', '7']])));
  assert.not(equal('⟨n⟩', '8', new Map([['n', '7']])));
});

test('two pids are two, two inodes are two', () => {
  assert.not(equal('⟨inode⟩ ⟨inode2⟩', '4026531840 4026531840'));
  assert.ok(equal('⟨inode⟩ ⟨inode2⟩', '4026531840 4026531841'));
  assert.not(equal('⟨pid2⟩', '5', new Map([['pid', '5']])));
});

test('⟨…⟩ stands for any number of lines, none as well', () => {
  assert.ok(equal('a\n⟨…⟩\nb', 'a\nb'));
  assert.ok(equal('a\n⟨…⟩\nb', 'a\n1\n2\nb'));
  assert.ok(equal('⟨…⟩', ''));
  assert.not(equal('a\n⟨…⟩\nb', 'a\n1\n2'));
});

test('a placeholder in a command is the value from above', () => {
  assert.is(substitute('kill ⟨pid⟩', new Map([['pid', '7']])), 'kill 7');
  assert.throws(() => substitute('kill ⟨pid⟩', known), /no value yet/);
});

test('a difference shows what is missing, and what came instead', () => {
  const expected = ['a', 'b ⟨n⟩', 'c', '⟨…⟩', 'e'];
  const shown = ['  a', '- b ⟨n⟩', '+ b x', '  c', '  1', '  2', '  e', '+ d'];
  assert.equal(difference(expected, 'a\nb x\nc\n1\n2\ne\nd\n', known), shown);
});

test('a step without a program of its own gives a shell', () => {
  for (const command of ['npm run -s step 4', 'npm run -s step 7 -- --memory 64m', 'npm run step 5 -- --rootless'])
    assert.ok(opensShell(command), command);
  for (const command of [
    'npm run -s step 0',
    'npm run -s step 4 -- ps',
    'npm run -s step 4 | cat',
    'npm run -s step 4 -- --pause',
    'ls',
  ])
    assert.not(opensShell(command), command);
});

test.run();
