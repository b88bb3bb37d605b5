/** test/scratch.ts and test/command.ts: a run of tests that a signal ends leaves no folder and no process. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { until } from '../support/kernel-test.ts';
import { loader } from '../support/lab.ts';

const script = `
  import { scratchFolder } from './test/scratch.ts';
  import { runCommand } from './test/command.ts';
  console.log(scratchFolder());
  await runCommand(['sh', '-c', 'echo $$; exec sleep 60'], { timeoutS: 60, hear: (line) => console.log(line) });`;

for (const [signal, status] of [
  ['SIGINT', 130],
  ['SIGTERM', 143],
] as const) {
  test(`${signal} in the middle: the folder and the command are gone`, async () => {
    const cwd = fileURLToPath(new URL('../..', import.meta.url));
    const words = ['--import', loader, '--input-type=module', '-e', script];
    const run = spawn(process.execPath, words, { cwd, stdio: ['ignore', 'pipe', 'inherit'] });
    try {
      let said = '';
      run.stdout.on('data', (text) => {
        said += text;
      });
      const [, folder = '', pid = ''] = await until('its command', () => /^(.+)\n(\d+)\n/.exec(said), 60_000);
      assert.ok(existsSync(folder));
      const ended = once(run, 'exit');
      run.kill(signal);
      assert.equal(await ended, [status, null]);
      assert.not.ok(existsSync(folder));
      assert.not.ok(existsSync(`/proc/${pid}`));
    } finally {
      run.kill('SIGKILL');
    }
  });
}

test.run();
