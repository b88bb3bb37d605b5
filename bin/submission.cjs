/** Started in a sandbox: runs a submission, with the kit's modules from a bundle or, where there is none, by tsx. */
for (const stream of [process.stdout, process.stderr]) stream._handle?.setBlocking?.(true);

const { loadKept } = require('./load.cjs');

const RUN = 'src/submission/run.ts';

function loadRun() {
  const moduleAt = loadKept('submission');
  if (moduleAt) {
    require('./submission-loader.cjs').offer(moduleAt);
    return moduleAt(RUN);
  }
  require('./tsx.cjs').withOwnCache(() => require('tsx/cjs'));
  return require(`../${RUN}`);
}

loadRun().runSubmission();
