import { readFileSync } from 'node:fs';
import type { Exercise } from '#src/catalogue/exercise.ts';
import { exitStatus, servant, word } from '#src/checks/draw.ts';
import { nameOf } from '#src/checks/namespaces.ts';
import { HOSTNAME } from '#src/sandbox/sandbox.ts';

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
    const [hostname, domain, status] = [word(), `${word()}.example`, exitStatus()];
    return {
      settings: { hostname },
      given: { domain },
      scripts: { program: servant(status) },
      async check(trial) {
        const inside = await trial.program();
        trial.expect('the host name inside', { expected: hostname, ...(await nameOf(inside, 'hostname')) });
        trial.expect('the domain name inside', { expected: domain, ...(await nameOf(inside, 'domainname')) });
        const outside = trial.parent;
        trial.expect("the sandbox's host name", {
          expected: HOSTNAME,
          ...(await nameOf(outside, 'hostname')),
        });
        trial.expect("the sandbox's domain name", {
          // A new namespace begins as a copy, and the sandbox has never changed this name.
          expected: readFileSync('/proc/sys/kernel/domainname', 'utf8').trim(),
          ...(await nameOf(outside, 'domainname')),
        });
        await trial.expectStatus(status);
      },
    };
  },
};
