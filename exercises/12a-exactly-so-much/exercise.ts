import type { Exercise } from '#src/catalogue/exercise.ts';
import { sentry, whole, word } from '#src/checks/draw.ts';
import { pathsThere } from '#src/checks/files.ts';
import { sandboxsNamespaces } from '#src/checks/ground.ts';
import type { Trial } from '#src/checks/trial.ts';

/** The bits that nobody may give, alone and together. */
const BITS = [0o4000, 0o2000, 0o6000];
/** A loaded machine takes its time to start Node.js. */
const PATIENCE_MS = 20_000;

/** What the program tries, and what may come of it: each is noted by a directory `WHAT-OUTCOME`. */
const TRIES = ['path', 'tool', 'open', 'new', 'plain-path', 'plain-tool', 'plain-open', 'plain-new', 'fifo', 'socket'];
const OUTCOMES = ['made', 'EPERM', 'other'] as const;

type Outcome = (typeof OUTCOMES)[number] | 'nothing';

const SEEN: Readonly<Record<Outcome, string>> = {
  made: 'it was done',
  EPERM: 'EPERM',
  other: 'another error, or nothing was done',
  nothing: 'its process was killed',
};

/** The part that is Node.js's. It looks itself at what a call has done, as the call may only have said so. */
const PROGRAM = `
const fs = require("fs");
const [folder, low, ...bits] = process.argv.slice(1);
const attempt = (what, act) => {
  let outcome = "other";
  try {
    if (act()) outcome = "made";
  } catch (error) {
    if (Math.abs(error.errno) === 1) outcome = "EPERM";
  }
  if (outcome !== (what.startsWith("plain-") ? "made" : "EPERM")) process.exitCode = 1;
  fs.mkdirSync(folder + "/" + what + "-" + outcome, { recursive: true });
};
let files = 0;
const name = () => folder + "/file" + files++;
const has = (path, mode) => (fs.statSync(path).mode & 0o7777) === mode;
const give = (prefix, mode) => {
  const path = name();
  fs.writeFileSync(path, "");
  attempt(prefix + "path", () => { fs.chmodSync(path, mode); return has(path, mode); });
  const other = fs.openSync(name(), "w");
  attempt(prefix + "open", () => { fs.fchmodSync(other, mode); return (fs.fstatSync(other).mode & 0o7777) === mode; });
  const fresh = name();
  attempt(prefix + "new", () => { fs.openSync(fresh, "w", mode); return has(fresh, mode); });
};
process.umask(0);
for (const mode of [Number(low), 0o600]) give("plain-", mode);
for (const extra of bits) give("", Number(low) | Number(extra));
attempt("socket", () => require("os").networkInterfaces());
`;

/**
 * What the program does first. It leaves word of each deed, which others can
 * change; what it has seen itself decides how it ends, and that nobody can.
 */
function deeds(folder: string, low: number): string {
  const tool = (what: string, mode: number, wanted: 'made' | 'EPERM') => {
    const path = `${folder}/${what}${mode}`;
    const then = (outcome: string) => `mkdir -p ${folder}/${what}-${outcome}${outcome === wanted ? '' : '; right=no'}`;
    return `: >${path}; if chmod ${mode.toString(8)} ${path} 2>/dev/null; then ${then('made')}; else ${then('EPERM')}; fi`;
  };
  return [
    // It is the sandbox's programs that it starts, whatever its environment says.
    'unset -f chmod env mkdir mkfifo test; unset LD_PRELOAD LD_LIBRARY_PATH; PATH=/usr/sbin:/usr/bin:/sbin:/bin',
    `right=yes; mkdir ${folder}`,
    tool('plain-tool', low, 'made'),
    ...BITS.map((bits) => tool('tool', low | bits, 'EPERM')),
    `if mkfifo ${folder}/pipe; then mkdir ${folder}/fifo-made; else right=no; fi`,
    `env -i /kit/node -e '${PROGRAM}' ${folder} ${low} ${BITS.join(' ')} || right=no`,
    'test $right = yes || trap "exit 3" EXIT',
    `mkdir ${folder}/end`,
  ].join('\n');
}

/** How many filters the submission's own process has beyond that of the listener; 0 where the kernel does not count. */
function ownFilters({ parent, ground, history }: Trial): number {
  const [all, before] = [parent, ground].map((process) => Number(process.status('Seccomp_filters')));
  return Math.max(0, (all ?? 0) - (before ?? 0) - (history ? 1 : 0));
}

export const exercise: Exercise = {
  title: 'Exactly so much',
  kind: 'write it',
  points: 10,
  starterFails: 'S_ISUID or S_ISGID, given to a path: expected EPERM, observed it was done',
  hints: [
    {
      when: 'the program runs',
      text: 'It needs execve, and its shell and Node.js need a lot besides. Your rules stand before those of the default profile: is one of them about more than the bits and sockets?',
    },
    {
      when: 'modes without the bits',
      text: 'Too much is refused. A rule without `args` is about every call of that name. Or the argument is the wrong one: the first is number 0.',
    },
    {
      when: 'S_ISUID or S_ISGID, given to a path',
      text: 'Which bits must the argument have, for your rule to fit? SCMP_CMP_MASKED_EQ keeps of the argument what `value` has, and compares that with `valueTwo`. For "this bit is there", both are the bit. "One of two" takes two rules.',
    },
    {
      when: 'S_ISUID or S_ISGID, given to a path',
      text: 'chmod(1) and Node.js give a mode by different calls. See the manual page chmod(2): how many calls are on it? Their modes are not all in the same argument.',
    },
    {
      when: 'S_ISUID or S_ISGID, given to an open file',
      text: 'With a descriptor instead of a path it is another call.',
    },
    {
      when: 'S_ISUID or S_ISGID, given with a new file',
      text: 'A file can have its mode from the beginning. Which call makes a file, and in which argument is the mode?',
    },
    {
      when: 'a fifo',
      text: 'mkfifo(1) makes mknod or mknodat. Their mode says with other bits what kind of file it is to be.',
    },
    {
      when: 'a socket',
      text: 'One rule without `args` is enough: it is about every call of that name.',
    },
    {
      when: 'the filters of the submission’s own process',
      text: 'A call of `lab.perform` is one of this process. The filter belongs into the child’s list.',
    },
    { text: '`errnoRet` is EPERM if nothing is said. And the first rule that fits counts.' },
  ],
  round() {
    const folder = `/tmp/${word()}`;
    const low = 0o500 | whole(0, 0o77);
    return {
      scripts: { program: sentry({ first: deeds(folder, low) }) },
      async check(trial) {
        const program = await trial.program();
        const end = `${folder}/end`;
        await trial.until(async () => (await pathsThere(program, [end])).has(end), PATIENCE_MS);
        // Nobody has put other programs in the place of those that it starts.
        trial.expect('the namespaces', sandboxsNamespaces(trial, program));
        trial.expect('mounts since the beginning', {
          expected: 'none',
          observed: trial.ground.remounted ? 'some' : 'none',
        });
        trial.expect("the program's root", {
          expected: "the sandbox's",
          observed: program.directory('root') === trial.ground.root ? "the sandbox's" : 'some other directory',
        });
        const paths = TRIES.flatMap((what) => OUTCOMES.map((outcome) => `${folder}/${what}-${outcome}`));
        const there = await pathsThere(program, paths);
        const outcomes = (what: string): Outcome[] => {
          const found = OUTCOMES.filter((outcome) => there.has(`${folder}/${what}-${outcome}`));
          return found.length > 0 ? found : ['nothing'];
        };
        const expectOf = (name: string, tries: readonly string[], wanted: Outcome) => {
          const unlike = tries.flatMap(outcomes).find((outcome) => outcome !== wanted);
          const command = `grep Seccomp /proc/${program.pid}/status`;
          trial.expect(name, { expected: SEEN[wanted], observed: SEEN[unlike ?? wanted], command });
        };
        expectOf('modes without the bits', ['plain-path', 'plain-tool', 'plain-open', 'plain-new'], 'made');
        expectOf('a fifo', ['fifo'], 'made');
        expectOf('S_ISUID or S_ISGID, given to a path', ['path', 'tool'], 'EPERM');
        expectOf('S_ISUID or S_ISGID, given to an open file', ['open'], 'EPERM');
        expectOf('S_ISUID or S_ISGID, given with a new file', ['new'], 'EPERM');
        expectOf('a socket', ['socket'], 'EPERM');
        trial.expect('the filters of the submission’s own process', {
          expected: 'none of its own',
          observed: ownFilters(trial) > 0 ? 'some' : 'none of its own',
          command: `grep Seccomp /proc/${trial.parent.pid}/status`,
        });
        await trial.expectStatus();
      },
    };
  },
};
