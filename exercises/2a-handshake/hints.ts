import type { Hint } from '#src/catalogue/exercise.ts';

export const hints: readonly Hint[] = [
  {
    when: 'what runs while the child prepares itself',
    text: 'The parent goes on before the child has said that it is ready. What could the parent wait for, until then?',
  },
  {
    when: 'the parent, while the child prepares itself',
    text: 'The parent cannot hear the child. It needs a pipe to which the child writes, and has to sleep in a read of it. A fixed time is no message.',
  },
  {
    when: 'who could wake the parent',
    text: 'A pipe ends when nobody holds its write end any more. Close the parent’s copy first: if the child died, the parent would wait for itself.',
  },
  {
    when: 'the helper, once the child is ready',
    text: 'The child has prepared itself, and the parent has not heard of it. Who has read the byte? One pipe has one direction.',
  },
  {
    when: 'the program, while the helper runs',
    text: 'Either the child does not wait after it has said that it is ready, or the parent lets it go too early.',
  },
  { when: 'where the child waits for its go', text: 'One pipe has one direction. For two directions there are two.' },
  {
    when: 'who could wake the child',
    text: 'The child holds a copy of the write end of the pipe that it reads from. See `waitFor` in src/steps/02-ipc.ts.',
  },
  {
    text: 'The child’s list: read from standard input; write to the first pipe; wait at the second pipe; the program.',
  },
  {
    text: 'The parent: close its copy of the first pipe’s write end, and read from that pipe; clone the helper, and wait for its end; `release` the second pipe; wait for the child.',
  },
  {
    text: '`waitFor(ready)` are the calls that wait at a pipe, whoever makes them. `lab.perform(waitFor(ready))` lets the parent wait.',
  },
  {
    when: 'the parent, once the child has died',
    text: 'A read that gives no byte says that the pipe has ended: nobody is left who could write one. `atLeast` makes a failure of that.',
  },
];
