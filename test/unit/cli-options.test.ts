/** What may be typed after `npm run step N`, and what is said of the rest. */
import { readFileSync } from 'node:fs';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { UsageError } from '../../src/command-line/usage-error.ts';
import { bytes, integer } from '../../src/command-line/values.ts';
import type { IdRange } from '../../src/proc/id-maps.ts';
import { helpText, OPTIONS, optionsTable, parseOptions, refuseSwallowedOptions } from '../../src/run/options.ts';
import { resolveSettings } from '../../src/run/resolve-settings.ts';
import { hostName } from '../../src/settings/host-name.ts';
import { cpuCount, cpuListText } from '../../src/settings/resources.ts';
import { capabilitiesOf, DEFAULT_RIGHTS } from '../../src/settings/rights.ts';
import { DEFAULTS, type Settings } from '../../src/settings/settings.ts';
import { idRange } from '../../src/settings/users.ts';
import { steps } from '../../src/steps/index.ts';
import { pretendToBe } from '../support/recorder.ts';
import { stepAt } from '../support/steps.ts';

/** The one line that is said, where something is refused. */
function complaint(act: () => unknown): string {
  try {
    act();
  } catch (error) {
    assert.instance(error, UsageError);
    const { message } = error as UsageError;
    assert.not.match(message, '\n');
    return message;
  }
  throw new Error('accepted');
}

const parse = (line: string, step = 8) => parseOptions(line.split(' ').filter(Boolean), stepAt(step));

test('nothing at all: the defaults, and no command', () => {
  assert.equal(parse(''), { settings: {}, rootless: false, pause: false, plan: false, quiet: false, command: [] });
});

test('the first word that is no option starts the command', () => {
  assert.equal(parse('--pause ps -a --memory 1').command, ['ps', '-a', '--memory', '1']);
  assert.equal(parse('-- ps ax').command, ['ps', 'ax']);
  assert.equal(parse('--pause -- --odd-program -- x').command, ['--odd-program', '--', 'x']);
  assert.equal(parse('--').command, []);
});

test('every option, with its value after a blank or after =', () => {
  const line =
    '--trace=json --pause --quiet --rootless --hostname a --uid-map 0:1:2 --uid-map=5:6:7 --gid-map 0:0:1 ' +
    '--memory 64m --cpus=.5 --cpu-shares 512 --cpuset-cpus=0-1,3 --pids 64 --device-write-bps 1mb --rootfs=./x=y sh';
  assert.equal(parse(line), {
    rootless: true,
    settings: {
      hostname: 'a',
      users: {
        uidMappings: [
          { inside: 0, outside: 1, count: 2 },
          { inside: 5, outside: 6, count: 7 },
        ],
        gidMappings: [{ inside: 0, outside: 0, count: 1 }],
      },
      resources: {
        memory: 64 * 2 ** 20,
        cpus: 0.5,
        cpuShares: 512,
        cpusetCpus: '0-1,3',
        pids: 64,
        deviceWriteBps: 2 ** 20,
      },
      root: { path: './x=y' },
    },
    trace: 'json',
    pause: true,
    plan: false,
    quiet: true,
    command: ['sh'],
  });
});

test('mounts: each adds one, and --read-only keeps the image that is usual', () => {
  assert.equal(parse('-v /a:/b:ro --tmpfs /tmp --volume=/c=d:/e// --read-only', 9).settings, {
    root: { readonly: true },
    mounts: [
      { type: 'bind', source: '/a', destination: '/b', readonly: true },
      { type: 'tmpfs', destination: '/tmp' },
      { type: 'bind', source: '/c=d', destination: '/e', readonly: false },
    ],
  });
  assert.equal(parse('--read-only --rootfs ./x', 9).settings.root, { readonly: true, path: './x' });
  assert.match(helpText(stepAt(9)), /^ {2}--volume, -v HOST:INSIDE\[:ro\] /m);
});

test('--trace takes no word: the next one starts the command', () => {
  assert.equal([parse('--trace json').trace, parse('--trace json').command], ['text', ['json']]);
  assert.is(parse('--trace ps').trace, 'text');
});

test('of an option that is given twice, the last counts; limits add up', () => {
  assert.equal(parse('--memory 7m --pids 3 --memory 6m').settings.resources, { memory: 6 * 2 ** 20, pids: 3 });
  assert.is(parse('--hostname a --hostname b').settings.hostname, 'b');
});

test('refusals: one line that names the option and what it wants', () => {
  const cases: [string, RegExp][] = [
    ['--memroy 1m', /^There is no option --memroy\. Options: --trace .*--security-opt$/],
    ['-m 1m', /^There is no option -m\./],
    ['-', /^There is no option -\./],
    ['--=x', /^There is no option --\./],
    ['--memory', /^--memory needs a value: --memory BYTES$/],
    ['--rootfs', /^--rootfs needs a value: --rootfs NAME\|DIR$/],
    ['--memory lots', /^--memory: "lots" is not a size\..*64m\.$/],
    ['--memory=', /^--memory: "" is not a size/],
    ['--memory 6143k', /^--memory: "6143k" is less than a container needs to begin: 6m at least\.$/],
    ['--cpus many', /^--cpus: "many" is not a number of CPUs/],
    ['--pids 0', /^--pids: "0" is not a whole number from 1 to 4194304\.$/],
    ['--cpu-shares 1', /^--cpu-shares: "1" is not a whole number from 2 to 262144\.$/],
    ['--cpuset-cpus 1-0', /^--cpuset-cpus: "1-0" is not a list of CPUs/],
    ['--uid-map 0:0', /^--uid-map: "0:0" is not INSIDE:OUTSIDE:COUNT/],
    ['--hostname=', /^--hostname: "" is not a host name/],
    ['--pause=yes', /^--pause takes no value\.$/],
    ['--plan --trace', /^--plan makes no call that --trace could print\.$/],
    ['--pause --plan', /^--plan makes no call that --pause could wait for\.$/],
    ['--trace=xml', /^--trace is alone or --trace=json, not --trace=xml\.$/],
  ];
  for (const [line, expected] of cases) {
    assert.match(
      complaint(() => parse(line)),
      expected,
      line,
    );
  }
});

test('refusals about the network of step 11', () => {
  const cases: [string, RegExp][] = [
    ['-p 8080', /^--publish: "8080" is not \[ADDRESS:\]HOST:INSIDE\[\/tcp\|udp\], such as 8080:80\.$/],
    ['-p 8080:80/sctp', /^--publish: "8080:80\/sctp" is not /],
    ['-p 0:80', /^--publish: 0 is no port: 1 to 65535\.$/],
    ['-p 8080:65536', /^--publish: 65536 is no port/],
    ['-p localhost:8080:80', /^--publish: "localhost" is no IPv4 address, such as 127\.0\.0\.1\.$/],
    ['--ip 10.11.0', /^--ip: "10\.11\.0" is no IPv4 address, such as 10\.11\.0\.9\.$/],
    ['--mac-address 03:00:00:00:00:01', /^--mac-address: "03:00:00:00:00:01" is no hardware address of one station/],
    ['--network host', /^--network: "host" is neither bridge nor none\.$/],
    ['--device-net lo', /^--device-net: the container has lo of its own/],
    ['--device-net a/b', /^--device-net: "a\/b" is no name of an interface/],
    ['-p 80:80 -p 80:81', /^--publish: the port 80\/tcp is given twice\.$/],
    ['-p 127.0.0.1:80:80 -p 80:81', /^--publish: the port 80\/tcp is given twice\.$/],
  ];
  for (const [line, expected] of cases) {
    assert.match(
      complaint(() => parse(line, 11)),
      expected,
      line,
    );
  }
  const twice = parse('-p 127.0.0.1:80:80 -p 192.0.2.1:80:81 -p 80:80/udp', 11).settings.network?.ports;
  assert.equal(twice, [
    { address: '127.0.0.1', host: 80, inside: 80, protocol: 'tcp' },
    { address: '192.0.2.1', host: 80, inside: 81, protocol: 'tcp' },
    { host: 80, inside: 80, protocol: 'udp' },
  ]);
});

test('refusals of rights and devices', () => {
  const cases: [string, RegExp][] = [
    ['--cap-add net_admn', /^--cap-add: "net_admn" is no capability\. Near it: CAP_NET_ADMIN\.$/],
    [
      '--cap-drop xyzzy',
      /^--cap-drop: "xyzzy" is no capability\. They are in capabilities\(7\), and ALL stands for all of them\.$/,
    ],
    ['--user root', /^--user: "root" is not UID or UID:GID, in numbers, such as 1000:1000\.$/],
    ['-u 1:99999999999', /^--user: "1:99999999999" is not UID/],
    ['--security-opt seccomp', /^--security-opt: "seccomp" is not no-new-privileges\[=false\], seccomp=FILE, /],
    ['--security-opt no-new-privileges=no', /^--security-opt: "no-new-privileges=no" is not/],
    ['--device fuse', /^--device: "fuse" is not HOST\[:INSIDE\]\[:rwm\], such as \/dev\/fuse\.$/],
    ['--device /dev/fuse:rr', /^--device: "rr" is not r, w and m, each once at most: read, write, make a node\.$/],
    ['--device /dev/fuse:/etc/fuse', /^--device: "\/etc\/fuse" is no place for a device: /],
    ['--device /dev/fuse:/dev/pts/7', /^--device: "\/dev\/pts\/7" is no place for a device: /],
  ];
  for (const [line, expected] of cases) {
    assert.match(
      complaint(() => parse(line, 12)),
      expected,
      line,
    );
  }
});

test('capabilities: docker’s rules for ALL, and names with and without CAP_', () => {
  const kept = (line: string) => {
    const { rights = DEFAULT_RIGHTS } = parse(line, 12).settings;
    return capabilitiesOf(rights, ['CAP_CHOWN', 'CAP_KILL', 'CAP_SYS_ADMIN']).join(' ');
  };
  assert.is(kept(''), 'CAP_CHOWN CAP_KILL');
  assert.is(kept('--cap-add sys_admin'), 'CAP_CHOWN CAP_KILL CAP_SYS_ADMIN');
  assert.is(kept('--cap-drop CAP_KILL --cap-add SYS_ADMIN'), 'CAP_CHOWN CAP_SYS_ADMIN');
  assert.is(kept('--cap-drop kill --cap-add kill'), 'CAP_CHOWN CAP_KILL');
  assert.is(kept('--cap-drop ALL'), '');
  assert.is(kept('--cap-drop all --cap-add Kill'), 'CAP_KILL');
  assert.is(kept('--cap-add ALL --cap-drop CHOWN'), 'CAP_KILL CAP_SYS_ADMIN');
});

test('devices: where from, where to, and what for', () => {
  const devices = (line: string) => parse(line, 12).settings.devices;
  assert.equal(devices('--device /dev/fuse'), [{ source: '/dev/fuse', destination: '/dev/fuse', access: 'rwm' }]);
  assert.equal(devices('--device /dev/fuse:r --device /x/y:/dev/net/z:wm'), [
    { source: '/dev/fuse', destination: '/dev/fuse', access: 'r' },
    { source: '/x/y', destination: '/dev/net/z', access: 'wm' },
  ]);
});

test('a name that every object has is no option', () => {
  for (const name of ['constructor', '__proto__', 'toString', 'hasOwnProperty']) {
    assert.match(
      complaint(() => parse(`--${name}`)),
      'There is no option',
    );
    assert.match(
      complaint(() => parseOptions([`-${name}`], stepAt(8))),
      'There is no option',
    );
  }
});

test('an option applies to the steps that have what it is about', () => {
  for (const { name, about, value, optional } of OPTIONS) {
    if (about === undefined) continue;
    const words = value && !optional ? [name, 'x'] : [name];
    const [from = 0, ...others] = steps.filter(({ has }) => has.has(about)).map(({ number }) => number);
    const toTheEnd = others.length === steps.length - 1 - from;
    const where = toTheEnd ? `from step ${from} on` : `to steps? .*${others.at(-1) ?? from}`;
    assert.match(
      complaint(() => parseOptions(words, stepAt(from - 1))),
      new RegExp(`^${name} applies ${where}; this is step ${from - 1}\\.$`),
    );
  }
});

test('the table of README.md has every option', () => {
  const readme = readFileSync(new URL('../../README.md', import.meta.url), 'utf8');
  for (const line of optionsTable()) assert.match(readme, `\n${line}\n`, `README.md lacks: ${line}`);
});

test('help: the options that a step takes, each with its value', () => {
  const names = (text: string) => [...text.matchAll(/^ {2}(--[a-z-]+)/gm)].map(([, name]) => name);
  assert.equal(
    names(helpText()),
    OPTIONS.map(({ name }) => name),
  );
  assert.equal(names(helpText(stepAt(0))), [
    '--trace',
    '--pause',
    '--plan',
    '--quiet',
    '--help',
    '--rootless',
    '--rootfs',
  ]);
  assert.match(helpText(stepAt(7)), /^ {2}--memory BYTES +memory limit: 64m, 1g$/m);
  assert.match(helpText(), /^ {2}--memory BYTES .*\(from step 7 on\)$/m);
  assert.match(helpText(), /^ {2}--trace\[=json\] /m);
  assert.is(parse('--help').help, true);
});

test('options that npm kept for itself are noticed', () => {
  const step = stepAt(7);
  refuseSwallowedOptions(step, [], {});
  for (const [kept, words, advice] of [
    [{ npm_config_cpuset_cpus: '0' }, [], '--cpuset-cpus 0'],
    [{ npm_config_memory: '64m' }, ['true'], '--memory 64m true'],
    [{ npm_config_pause: 'true' }, [], '--pause'],
    // npm takes the word after an option that it does not know for its value.
    [{ npm_config_trace: 'ps' }, ['ax'], '--trace ps ax'],
    [{ npm_config_memory: '64m', npm_config_pids: '9' }, ['sh'], '--memory 64m --pids 9 sh'],
  ] as const) {
    const [name] = advice.split(' ');
    assert.is(
      complaint(() => refuseSwallowedOptions(step, words, kept)),
      `npm kept ${name} for itself. Put -- before the options: npm run step 7 -- ${advice}`,
    );
    // What is advised is understood.
    parseOptions(advice.split(' '), step);
  }
});

test('an option is not taken for the value of the one before it', () => {
  assert.is(
    complaint(() => parse('--hostname --trace true')),
    '--hostname needs a value: --hostname NAME',
  );
  assert.is(parse('--hostname=--trace true').settings.hostname, '--trace');
});

test('bytes: docker run’s units', () => {
  const good: [string, number][] = [
    ['1', 1],
    ['17b', 17],
    ['2k', 2048],
    ['2KB', 2048],
    ['1.5m', 1_572_864],
    ['64M', 67_108_864],
    ['3g', 3_221_225_472],
    ['1gb', 2 ** 30],
  ];
  for (const [text, expected] of good) assert.is(bytes(text), expected, text);
  const bad = [
    '',
    ' ',
    'lots',
    '0',
    '0m',
    '-1',
    '+1',
    '1t',
    '1mib',
    '1 m',
    'm',
    '.5m',
    '1.',
    '1e9',
    '0x10',
    'NaN',
    '0.1',
    '1,5m',
    '1m\n',
    'Infinity',
  ];
  for (const text of bad)
    assert.match(
      complaint(() => bytes(text)),
      'is not a size',
      text,
    );
});

test('bytes: more than a number can count exactly is refused', () => {
  assert.match(
    complaint(() => bytes('9'.repeat(400))),
    'is not a size',
  );
  assert.match(
    complaint(() => bytes('99999999999g')),
    'is not a size',
  );
});

test('cpuCount', () => {
  const good: [string, number][] = [
    ['1', 1],
    ['0.5', 0.5],
    ['.5', 0.5],
    ['0.01', 0.01],
    ['16', 16],
  ];
  for (const [text, expected] of good) assert.is(cpuCount(text), expected, text);
  for (const text of ['', '0', '0.009', '-1', '1.', '.', '1e3', '50%', 'one', '1 ', '9'.repeat(400)]) {
    assert.match(
      complaint(() => cpuCount(text)),
      'is not a number of CPUs',
      text,
    );
  }
});

test('integer: both ends belong to it', () => {
  const parse = integer(2, 10);
  assert.equal([parse('2'), parse('10'), parse('007')], [2, 10, 7]);
  for (const text of ['1', '11', '', '5.0', '-5', '+5', ' 5', '5\n', '0x5', '1e1']) {
    assert.match(
      complaint(() => parse(text)),
      'is not a whole number from 2 to 10',
      text,
    );
  }
});

test('cpuList: as it was typed', () => {
  for (const text of ['0', '0-1', '0,2', '0-1,3,5-7', '3-3']) assert.is(cpuListText(text), text);
  for (const text of ['', ',', '0,', ',0', '0-', '-1', '1-0', '0--1', 'a', '0 1', '0-1-2', '0\n']) {
    assert.match(
      complaint(() => cpuListText(text)),
      'is not a list of CPUs',
      text,
    );
  }
});

test('hostName: 1 to 64 bytes', () => {
  for (const text of ['a', 'x'.repeat(64), 'ä'.repeat(32)]) assert.is(hostName(text), text);
  for (const text of ['', 'x'.repeat(65), 'ä'.repeat(33), 'a\0b']) {
    assert.match(
      complaint(() => hostName(text)),
      '1 to 64 bytes',
      text,
    );
  }
});

test('idRange: inside, outside, count, each a number that an id can be', () => {
  assert.equal(idRange('0:100000:65536'), { inside: 0, outside: 100_000, count: 65_536 });
  assert.equal(idRange('0:0:4294967295'), { inside: 0, outside: 0, count: 4_294_967_295 });
  const bad = [
    '',
    '0',
    '0:0',
    '0:0:0',
    '0:0:1:1',
    ':0:1',
    '0::1',
    '0:0:',
    '-1:0:1',
    '0:-1:1',
    '0:0:-1',
    'a:b:c',
    '1.5:0:1',
    '0:0:1 ',
    '0:0:4294967296',
    '4294967295:0:1',
    '0:4294967295:1',
    '0:1:4294967295',
  ];
  for (const text of bad)
    assert.match(
      complaint(() => idRange(text)),
      'is not INSIDE:OUTSIDE:COUNT',
      text,
    );
});

const request = (settings: Partial<Settings> = {}, rootless = false) => ({
  settings,
  rootless,
  quiet: true,
  command: [],
});

async function refusal(act: () => Promise<unknown>): Promise<string> {
  try {
    await act();
  } catch (error) {
    assert.instance(error, UsageError);
    return (error as UsageError).message;
  }
  throw new Error('accepted');
}

test('settings: defaults, and what was asked for on top', async () => {
  const back = pretendToBe(0);
  assert.equal(await resolveSettings(stepAt(4), request({ hostname: 'x' })), { ...DEFAULTS, hostname: 'x' });
  const classic = (await resolveSettings(stepAt(7), request())).resources;
  assert.is(classic.memory, 512 * 2 ** 20);
  assert.match(classic.cpusetCpus ?? '', /^\d+(,\d+)?$/);
  assert.equal((await resolveSettings(stepAt(7), request({ resources: { pids: 5 } }))).resources, { pids: 5 });
  back();
});

test('settings: who may run what', async () => {
  const user = pretendToBe(1000);
  assert.equal(await resolveSettings(stepAt(0), request()), DEFAULTS);
  assert.match(
    await refusal(() => resolveSettings(stepAt(1), request())),
    /^Step 1 makes namespaces.*sudo, or add --rootless\.$/,
  );
  assert.equal(await resolveSettings(stepAt(1), request({}, true)), DEFAULTS);
  const mapped = (...uidMappings: IdRange[]) => resolveSettings(stepAt(5), request({ users: { uidMappings } }, true));
  const own = { inside: 7, outside: 1000, count: 1 };
  assert.equal((await mapped(own)).users.uidMappings, [own]);
  for (const uidMap of [[{ ...own, outside: 0 }], [{ ...own, count: 2 }], [own, { ...own, inside: 8 }]])
    assert.is(
      await refusal(() => mapped(...uidMap)),
      '--uid-map: without root the kernel maps your own id and no other: --uid-map 0:1000:1.',
    );
  user();
  const root = pretendToBe(0);
  assert.match(await refusal(() => resolveSettings(stepAt(1), request({}, true))), /you are root/);
  root();
});

test('settings: a folder for an image, seen from where we are', async () => {
  const back = pretendToBe(0);
  const before = process.cwd();
  process.chdir('/usr');
  assert.is((await resolveSettings(stepAt(8), request({ root: { path: './bin' } }))).root.path, '/usr/bin');
  assert.is((await resolveSettings(stepAt(8), request({ root: { path: '/usr/' } }))).root.path, '/usr');
  assert.match(
    await refusal(() => resolveSettings(stepAt(8), request({ root: { path: './nowhere' } }))),
    /\/usr\/nowhere is not a directory/,
  );
  assert.match(
    await refusal(() => resolveSettings(stepAt(8), request({ root: { path: '/etc/passwd' } }))),
    /is not a directory/,
  );
  process.chdir(before);
  back();
});

test('settings: an image that there is none of is a mistake in what was typed', async () => {
  const back = pretendToBe(0);
  try {
    assert.match(
      await refusal(() => resolveSettings(stepAt(8), request({ root: { path: 'no-such-image' } }))),
      /no-such-image/,
    );
    assert.match(await refusal(() => resolveSettings(stepAt(8), request({ root: { path: '' } }))), /--rootfs/);
  } finally {
    back();
  }
});

test.run();
