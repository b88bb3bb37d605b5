/** Started in a sandbox: loads the kit's sources by tsx, and runs a submission. */
for (const stream of [process.stdout, process.stderr]) stream._handle?.setBlocking?.(true);

const { withOwnCache } = require('./tsx.cjs');

withOwnCache(() => require('tsx/cjs'));

require('../src/submission/run.ts').runSubmission();
