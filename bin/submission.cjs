/** Started in a sandbox: loads the kit's sources as bin/lab.cjs does, and runs a submission. */
for (const stream of [process.stdout, process.stderr]) stream._handle?.setBlocking?.(true);

require('tsx/cjs');

require('../src/submission/run.ts').runSubmission();
