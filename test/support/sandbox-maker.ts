/**
 * Makes a sandbox in which the words of its command line run, prints the number of its process 1, and waits to be
 * killed; if the sandbox ends by itself, it prints what that has printed.
 */
import { Sandbox } from '../../src/sandbox/sandbox.ts';

const options = { binds: {}, files: {}, hidden: [], directory: '/', timeout: 60 };

void Sandbox.start({ ...options, argv: process.argv.slice(2) }).then(({ pid, ended, stdout }) => {
  console.log(pid);
  setInterval(() => {}, 1000);
  void ended.then(() => console.log(stdout.text));
});
