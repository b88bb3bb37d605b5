import type { Exercise } from '#src/catalogue/exercise.ts';
import { sentry } from '#src/checks/draw.ts';
import type { Process } from '#src/checks/process.ts';
import type { Trial } from '#src/checks/trial.ts';

export const exercise: Exercise = {
  title: 'One foot outside',
  kind: 'find the bug',
  points: 10,
  needs: ['image'],
  starterFails: "the program's working directory: expected the image's top, observed the sandbox's top",
  hints: [
    {
      when: "the program's working directory",
      text: 'A process has two directories. chroot(2) moves one of them. Which one did nobody move afterwards?',
    },
    { when: "the program's root", text: 'Its root is not the image any more. The chroot was right as it was.' },
    {
      when: 'the program runs',
      text: 'What path does the image have, seen from inside of it? Look at the trace: which call failed, and where was the child by then?',
    },
    { text: '`/` means another directory before chroot than after it.' },
    { text: 'Two calls of the list are in the wrong order.' },
  ],
  round() {
    return {
      scripts: { program: sentry() },
      async check(trial) {
        const program = await trial.program();
        trial.expect("the program's root", look(trial, program, 'root'));
        trial.expect("the program's working directory", look(trial, program, 'cwd'));
        await trial.expectStatus();
      },
    };
  },
};

function look(trial: Trial, process: Process, which: 'root' | 'cwd') {
  const now = inWords(trial, process.directory(which));
  const first = inWords(trial, (trial.beginningOf(process) ?? process).directory(which));
  return {
    expected: "the image's top",
    observed: first === now ? now : `${first}, when the program began`,
    command: `stat -L -c %d:%i /proc/${process.pid}/root /proc/${process.pid}/cwd`,
  };
}

function inWords(trial: Trial, directory: string): string {
  if (directory === trial.image) return "the image's top";
  return directory === trial.ground.root ? "the sandbox's top" : 'some other directory';
}
