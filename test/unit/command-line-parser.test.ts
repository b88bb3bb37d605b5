/** What commands take, as tables: what is read, and what is said of the rest. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { type Form, flag, helpText, keptByNpm, type Option, parse, usageLine } from '../../src/command-line/options.ts';
import { UsageError } from '../../src/command-line/usage-error.ts';
import { integer } from '../../src/command-line/values.ts';

const test = suite('the parser of commands');

const PORT: Option<number> = { name: '--port', value: 'NUMBER', help: 'where', read: integer(0, 9) };
const NAMES: Option<string> = { name: '--name', value: 'NAME', help: 'who', read: (text) => text, npm: 'ignored' };
const BUILD = flag('--build', 'only build');
const AS_JSON = flag('--json', 'for programs', { npm: 'counts' });
const SERVE: Form = { name: 'serve', options: [PORT, NAMES, BUILD, AS_JSON], words: { shown: '[FILE]', most: 1 } };

const words = (line: string) => line.split(' ').filter(Boolean);

function complaint(act: () => unknown): string {
  try {
    act();
  } catch (error) {
    assert.instance(error, UsageError);
    return (error as UsageError).message;
  }
  throw new Error('accepted');
}

test('values come with their types, before and behind words', () => {
  const typed = parse(SERVE, words('--port=3 a --build --name x --name=y=z --port 4'));
  assert.equal([typed.value(PORT), typed.values(PORT), typed.value(NAMES)], [4, [3, 4], 'y=z']);
  assert.equal([typed.has(BUILD), typed.has(AS_JSON), typed.words], [true, false, ['a']]);
  assert.is(parse(SERVE, []).value(PORT), undefined);
});

test('what follows -- is no option; with a program, nor is what follows its name', () => {
  assert.equal(parse(SERVE, words('--build -- --port')).words, ['--port']);
  const form: Form = { name: 'vm', program: '[COMMAND]', options: [BUILD] };
  assert.equal(parse(form, words('--build ls --build -- x')).words, words('ls --build -- x'));
  assert.equal(parse(form, words('-- --build')).words, ['--build']);
  assert.is(parse(form, words('ls --build')).has(BUILD), false);
});

test('everything else is refused in one line', () => {
  const bare: Form = { name: 'clean' };
  const usage = 'Usage: npm run serve [FILE] [-- [--port NUMBER] [--name NAME] [--build] [--json]]';
  const cases: [Form, string, string][] = [
    [SERVE, '--prot 3', `serve does not know --prot. ${usage}`],
    [SERVE, '--prot=3', `serve does not know --prot=3. ${usage}`],
    [SERVE, '-', `serve does not know -. ${usage}`],
    [SERVE, 'a b', `serve does not know b. ${usage}`],
    [SERVE, '-- a b', `serve does not know b. ${usage}`],
    [SERVE, '--port', '--port needs a value: --port NUMBER'],
    [SERVE, '--build=1', '--build takes no value.'],
    [SERVE, '--port 10', '--port: "10" is not a whole number from 0 to 9.'],
    [SERVE, '--constructor', `serve does not know --constructor. ${usage}`],
    [bare, 'x', 'clean takes no arguments, and x is one.'],
    [bare, '--x', 'clean takes no arguments, and --x is one.'],
    [{ name: 'doctor', options: [AS_JSON] }, 'x', 'doctor does not know x. Usage: npm run doctor [-- --json]'],
    [{ name: 'pack', words: { shown: 'A B', least: 2, most: 2 } }, 'a', 'Usage: npm run pack A B'],
    [{ name: 'vm', program: 'X', options: [BUILD] }, '--x=1', 'There is no option --x. Options: --build'],
    [{ name: 'own', help: 'Long.' }, '--x', 'own does not know --x. To see what there is: npm run own -- --help'],
  ];
  for (const [form, line, message] of cases) {
    assert.is(
      complaint(() => parse(form, words(line))),
      message,
      line,
    );
  }
});

test('a message of a value that names its option stands alone', () => {
  const read = () => {
    throw new UsageError('--when is never.');
  };
  const form: Form = { name: 'x', options: [{ name: '--when', value: 'TIME', help: '', read }] };
  assert.is(
    complaint(() => parse(form, words('--when now'))),
    '--when is never.',
  );
});

test('an option that does not apply is refused before its value is looked at, and is not in the help', () => {
  interface Row extends Option {
    readonly from: number;
  }
  const rows: Row[] = [
    { ...PORT, from: 3 },
    { ...BUILD, from: 0 },
  ];
  const form: Form<Row> = {
    name: 'x',
    options: rows,
    objection: ({ name, from }) => (from > 2 ? `${name} applies from ${from} on.` : undefined),
  };
  assert.is(
    complaint(() => parse(form, words('--port many'))),
    '--port applies from 3 on.',
  );
  assert.is(parse(form, words('--build')).given[0]?.option.from, 0);
  assert.not.match(helpText(form), '--port');
});

test('options that change a draft are applied in the order in which they were typed', () => {
  type Change = (draft: string[]) => void;
  const add: Option<Change> = { name: '--add', value: 'WORD', help: '', read: (text) => (draft) => draft.push(text) };
  const clear: Option<Change> = { name: '--clear', help: '', read: () => (draft) => draft.splice(0) };
  const form: Form<Option<Change>> = { name: 'x', options: [add, clear] };
  const draft: string[] = [];
  for (const { option, text } of parse(form, words('--add a --clear --add b --add c')).given) option.read(text)(draft);
  assert.equal(draft, ['b', 'c']);
});

test('help: a usage line, what it is for, and a line for every option', () => {
  for (const word of ['--help', '-h']) assert.is(parse(SERVE, ['--build', word, '--nonsense']).wantsHelp, true);
  assert.is(parse(SERVE, ['--', '--help']).wantsHelp, false);
  assert.is(
    helpText({ ...SERVE, purpose: 'Serves.' }),
    [
      `Usage: ${usageLine(SERVE)}`,
      'Serves.',
      '',
      '  --port NUMBER  where',
      '  --name NAME    who',
      '  --build        only build',
      '  --json         for programs',
      '  --help         this list',
    ].join('\n'),
  );
  const optional: Form = { name: 'x', options: [{ ...BUILD, value: 'json', optional: true }] };
  assert.match(helpText(optional), /^ {2}--build\[=json\] {2}only build$/m);
  assert.equal([parse(optional, ['--build']).given.length, parse(optional, ['--build=a']).given[0]?.text], [1, 'a']);
  assert.is(helpText({ name: 'x', help: 'All of it.' }), 'All of it.');
});

test('what npm kept for itself is noticed, unless npm has such an option too', () => {
  assert.equal(keptByNpm(SERVE, [], {}), []);
  assert.is(
    complaint(() => keptByNpm(SERVE, ['x'], { npm_config_port: '3' })),
    'npm kept --port for itself. Put -- before the options: npm run serve -- --port 3 x',
  );
  assert.is(
    complaint(() => keptByNpm({ ...SERVE, example: 'npm run serve 4 --' }, [], { npm_config_build: 'true' })),
    'npm kept --build for itself. Put -- before the options: npm run serve 4 -- --build',
  );
  assert.equal(keptByNpm(SERVE, [], { npm_config_name: 'me', npm_config_json: 'true' }), ['--json']);
});

test.run();
