/** Wrong solutions that are the solution but for a line or two: see CONTRIBUTING, "Add an exercise". */
import type { WrongSolution } from '#src/catalogue/wrong-solutions.ts';

export const wrong: readonly WrongSolution[] = [
  {
    name: 'child-does-not-wait',
    fails: 'the child, once it is prepared, with its parent stopped: expected it sleeps at a pipe, observed',
    change: ['...waitFor(go),', ''],
  },
  {
    name: 'child-keeps-its-copy',
    fails: 'who could wake the child: expected the parent, observed the parent and the child',
    change: ['waitFor(go)', 'waitFor(go).slice(1)'],
  },
  {
    name: 'helper-first',
    fails: 'what runs while the child prepares itself: expected the child alone, observed the child and',
    change: [
      'await lab.perform(waitFor(ready));\n  await lab.wait(await lab.clone(given.helper, 0));',
      `const helper = await lab.clone(given.helper, 0);
  await lab.perform(waitFor(ready));
  await lab.wait(helper);`,
    ],
  },
  // The helper is usually done by then.
  {
    name: 'goes-on-by-a-timer',
    fails: 'the program, while the helper runs: expected it does not run, observed',
    change: [
      'await lab.wait(await lab.clone(given.helper, 0));',
      'await lab.clone(given.helper, 0);\n  await new Promise((resolve) => setTimeout(resolve, 1500));',
    ],
  },
  {
    name: 'lets-go-too-early',
    fails: 'the program, while the helper runs: expected it does not run, observed',
    change: [
      'await lab.wait(await lab.clone(given.helper, 0));\n  await release(lab, go);',
      'const helper = await lab.clone(given.helper, 0);\n  await release(lab, go);\n  await lab.wait(helper);',
    ],
  },
  {
    name: 'parent-keeps-its-copy',
    fails: 'who could wake the parent: expected the child, observed the parent and the child',
    change: ['waitFor(ready)', 'waitFor(ready).slice(1)'],
  },
  {
    name: 'ready-too-early',
    fails: 'what runs while the child prepares itself: expected the child alone, observed the child and',
    changes: [
      ['prepare(given.length),', ''],
      ['      ...waitFor(go),', '      prepare(given.length),\n      ...waitFor(go),'],
    ],
  },
  {
    name: 'sleeps-instead',
    fails:
      'the parent, while the child prepares itself: expected it sleeps at a pipe, observed it does not sleep at a pipe',
    change: ['await lab.perform(waitFor(ready));', 'await new Promise((resolve) => setTimeout(resolve, 1000));'],
  },
  {
    name: 'end-taken-for-a-byte',
    fails: 'the parent, once the child has died: expected it has ended, observed it has started `given.helper`',
    change: [
      'await lab.perform(waitFor(ready));',
      "await lab.perform([close(ready.writeEnd), read(ready.readEnd, { size: 1, text: () => '.' })]);",
    ],
  },
];
