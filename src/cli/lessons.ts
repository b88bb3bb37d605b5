/** `npm run lessons`: the lessons as a web site, on this machine only. */
import { join } from 'node:path';
import { readLibrary } from '../catalogue/lessons.ts';
import { command } from '../command-line/command.ts';
import { flag, type Option } from '../command-line/options.ts';
import { print } from '../command-line/output.ts';
import { UsageError } from '../command-line/usage-error.ts';
import { integer } from '../command-line/values.ts';
import { otherVersion } from '../lessons/console/needs.ts';
import { buildSite, writingPages } from '../lessons/site/build.ts';
import { ADDRESS, serve } from '../lessons/site/serve.ts';

const FOLDER = 'site';
const PORT = 8000;

const PORT_OPTION: Option<number> = {
  name: '--port',
  value: 'NUMBER',
  help: `the port on this machine (${PORT}); 0 is any that is free`,
  read: integer(0, 65_535),
};
const ONLY_BUILD = flag('--build', 'only make the pages');

export const main = command(
  {
    name: 'lessons',
    purpose: 'Makes a web site of the lessons, for this machine only, until Ctrl-C.',
    options: [PORT_OPTION, ONLY_BUILD],
  },
  async (typed) => {
    const library = readLibrary();
    const directory = join(library.top, FOLDER);
    const pages = writingPages(() => buildSite(library, directory, otherVersion()));
    print(`${pages.length} pages are in ${FOLDER}/.`);
    if (!typed.has(ONLY_BUILD)) await serveUntilStopped(directory, typed.value(PORT_OPTION) ?? PORT);
    return 0;
  },
);

async function serveUntilStopped(directory: string, port: number): Promise<void> {
  const server = await serve(directory, port).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'EADDRINUSE' && error.code !== 'EACCES') throw error;
    const reason = error.code === 'EACCES' ? 'only root may use it' : 'something else uses it';
    throw new UsageError(`Port ${port}: ${reason}. Choose another: npm run lessons -- --port ${PORT + 80}`);
  });
  const address = server.address();
  const real = typeof address === 'object' && address ? address.port : port;
  print(`Read them at http://${ADDRESS}:${real}/ — Ctrl-C ends it.`);
  // A virtual machine is reached like this, too.
  if (process.env.SSH_CONNECTION) {
    const way = `-L ${real}:${ADDRESS}:${real}`;
    print(`To read them where you came from, log in once more with: ssh ${way} …, or: vagrant ssh -- ${way}`);
  }
  await new Promise<void>((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => resolve());
  });
  server.close();
  server.closeAllConnections();
}
