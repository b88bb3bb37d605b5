import type { Exercise } from '#src/catalogue/exercise.ts';
import { sentry, word } from '#src/checks/draw.ts';
import { ownNamespace } from '#src/checks/ground.ts';
import { programsName, sandboxsName } from '#src/checks/namespaces.ts';

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
    {
      when: "the sandbox's domain name",
      text: 'A call in the child’s list changes the child’s namespace. Whose does a call of `lab.perform` change?',
    },
    { text: '`setdomainname` stands beside `sethostname`, in src/syscalls/namespaces.ts.' },
    { text: 'Both calls go into the child’s list, before `...lab.program`: after it nothing of the list is left.' },
  ],
  round() {
    const [hostname, domain] = [word(), `${word()}.example`];
    return {
      settings: { hostname },
      given: { domain },
      scripts: { program: sentry() },
      async check(trial) {
        const inside = await trial.program();
        trial.expect('the host name inside', await programsName(trial, inside, 'hostname', hostname));
        trial.expect('the domain name inside', await programsName(trial, inside, 'domainname', domain));
        trial.expect("the sandbox's host name", await sandboxsName(trial, 'hostname'));
        trial.expect("the sandbox's domain name", await sandboxsName(trial, 'domainname'));
        trial.expect('the UTS namespace', ownNamespace(trial, inside, 'uts'));
        await trial.expectStatus();
      },
    };
  },
};
