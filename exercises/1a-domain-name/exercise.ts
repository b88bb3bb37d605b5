import type { Exercise } from '#src/exercises/exercise.ts';
import { exitStatus, word } from '#src/grading/draw.ts';
import type { Process } from '#src/grading/process.ts';
import { servant } from '#src/grading/programs.ts';
import type { Trial } from '#src/grading/trial.ts';

export const exercise: Exercise = {
  title: 'A domain name, too',
  kind: 'write it',
  points: 10,
  starterFails: 'the domain name inside: expected',
  hints: [
    {
      when: 'the domain name inside',
      text: 'A UTS namespace holds two names. Which call sets the other one? See setdomainname(2).',
    },
    { when: "the sandbox's host name", text: 'A name changed outside. Which flag gives the child names of its own?' },
    { text: '`setdomainname` stands beside `sethostname`, in src/syscalls/namespaces.ts.' },
    { text: 'Both calls go into the child’s list, before `...lab.program`: after it nothing of the list is left.' },
  ],
  round() {
    const [hostname, domain, status] = [word(), `${word()}.example`, exitStatus()];
    return {
      settings: { hostname },
      given: { domain },
      programs: { program: servant(status) },
      async check(trial) {
        const outside = await names(trial, trial.parent);
        const inside = await trial.program();
        const found = await names(trial, inside);
        trial.expect('the host name inside', { expected: hostname, ...found.host });
        trial.expect('the domain name inside', { expected: domain, ...found.domain });
        const after = await names(trial, trial.parent);
        trial.expect("the sandbox's host name", { ...after.host, expected: outside.host.observed });
        trial.expect("the sandbox's domain name", { ...after.domain, expected: outside.domain.observed });
        await trial.expectStatus(status);
      },
    };
  },
};

async function names(trial: Trial, process: Process) {
  const ask = async (file: string) => {
    const { output, command } = await trial.enter(process, ['uts'], 'cat', `/proc/sys/kernel/${file}`);
    return { observed: output, command };
  };
  return { host: await ask('hostname'), domain: await ask('domainname') };
}
