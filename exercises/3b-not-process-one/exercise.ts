import type { Exercise } from '#src/catalogue/exercise.ts';
import { sentry, word } from '#src/checks/draw.ts';
import { programsName, sandboxsName } from '#src/checks/namespaces.ts';
import { descendants, type Process } from '#src/checks/process.ts';

export const exercise: Exercise = {
  title: 'Not process 1',
  kind: 'find the bug',
  points: 10,
  starterFails: 'the PID namespace: expected another one',
  hints: [
    {
      when: 'the PID namespace',
      text: 'A process keeps its number as long as it lives. So which processes can a call to unshare move into a new PID namespace? See lesson 3, "unshare without --fork".',
    },
    {
      when: 'the PID namespace',
      text: 'Compare the links `pid` and `pid_for_children` in /proc/PID/ns: where the process is, and where its children will be.',
    },
    {
      when: "the PID namespace of the program's child",
      text: 'There are two new PID namespaces now, one in the other. The program is in the first, and its children go to the second.',
    },
    {
      when: "the parent's namespace for its children",
      text: 'It works, but the parent has moved all its future children, too. And once the container has ended, it can have none at all.',
    },
    {
      text: 'A UTS namespace can be changed under a living process, a PID namespace cannot: it has to be there when the process begins.',
    },
    { text: 'CLONE_NEWPID belongs to the second argument of `lab.clone`, and nowhere else.' },
  ],
  round() {
    const hostname = word();
    return {
      settings: { hostname },
      scripts: { program: sentry() },
      async check(trial) {
        const inside = await trial.program();
        const [own, sandbox] = [inside.namespace('pid'), trial.ground.namespace('pid')];
        trial.expect('the PID namespace', {
          expected: "another one than the sandbox's",
          observed: own === sandbox ? `the sandbox's, in which the program is process ${inside.ownNumber}` : own,
          command: `grep NSpid /proc/${inside.pid}/status; ls -l /proc/${inside.pid}/ns`,
          holds: own !== sandbox,
        });
        trial.expect("the program's number inside", {
          expected: 1,
          observed: inside.ownNumber,
          command: `grep NSpid /proc/${inside.pid}/status`,
        });
        await trial.expectSoon("the PID namespace of the program's child", () => ofItsChild(inside));
        const same = trial.parent.namespace('pid_for_children') === sandbox;
        const again = trial.history?.movedChildren(trial.parent) ? "the parent's own again, after another one" : '';
        trial.expect("the parent's namespace for its children", {
          expected: "the parent's own",
          observed: same ? again || "the parent's own" : 'another one',
          command: `ls -l /proc/${trial.parent.pid}/ns`,
        });
        trial.expect('the host name inside', await programsName(trial, inside, 'hostname', hostname));
        trial.expect("the sandbox's host name", await sandboxsName(trial, 'hostname'));
        await trial.expectStatus();
      },
    };
  },
};

/** What the program starts must be in the namespace that the program is in. */
function ofItsChild(inside: Process) {
  const [, child] = descendants(inside.pid);
  const same = child?.namespace('pid') === inside.namespace('pid');
  return {
    expected: "the program's",
    observed: !child ? 'no child: it cannot start one' : same ? "the program's" : 'another one',
    command: `ls -l /proc/${inside.pid}/ns`,
  };
}
