/** Wrong solutions that are the solution but for a line or two: see CONTRIBUTING, "Add an exercise". */
import type { WrongSolution } from '#src/catalogue/wrong-solutions.ts';

export const wrong: readonly WrongSolution[] = [
  {
    name: 'becomes-the-program',
    fails: "the program's number inside: expected more than 1",
    change: ['"$@" &', 'exec "$@"'],
  },
  {
    name: 'deaf-to-sigterm',
    fails: 'the program after SIGTERM to process 1: expected ended, observed it still runs',
    change: [`trap 'kill -TERM "$child"; again=yes' TERM`, ''],
  },
  {
    name: 'does-not-reap',
    fails: 'the orphans, ended: expected gone, observed 3 zombies',
    change: ['child=$!', 'exec tail -f /dev/null'],
  },
  {
    name: 'ends-at-once',
    fails: 'the exit status: expected',
    change: [`'kill -TERM "$child"; again=yes'`, "'exit 0'"],
  },
  {
    name: 'no-namespace',
    fails: 'the PID namespace: expected another one',
    change: ['[init], CLONE_NEWPID', '[init], 0'],
  },
  {
    name: 'status-of-the-trap',
    fails: 'observed exit status 143',
    change: ['; again=yes', ''],
  },
  {
    name: 'status-swallowed',
    fails: 'observed exit status 0',
    change: ['exit "$status"', "echo 'The program has ended.'"],
  },
  {
    name: 'trap-in-the-foreground',
    fails: 'the program after SIGTERM to process 1: expected ended, observed it still runs',
    change: [
      `"$@" &\n  child=$!\n  trap 'kill -TERM "$child"; again=yes' TERM\n  wait "$child"; status=$?`,
      `trap 'kill -TERM -1' TERM\n  "$@"; status=$?`,
    ],
  },
  {
    name: 'deaf-to-the-end',
    fails: 'process 1, once the program has ended: expected ended, observed it still runs',
    changes: [
      ["again=yes' TERM", "again=yes; told=yes' TERM"],
      ['exit "$status"', 'while ! [ "$told" ]; do sleep 1; done; exit "$status"'],
    ],
  },
];
