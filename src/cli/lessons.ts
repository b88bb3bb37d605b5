/** `npm run lessons`: the lessons as a web site, on this machine only; and their upkeep. */
import { join } from 'node:path';
import { readLibrary } from '../catalogue/lessons.ts';
import { print } from '../command-line/output.ts';
import { UsageError } from '../command-line/usage-error.ts';
import { integer } from '../command-line/values.ts';
import { buildSite } from '../lessons/site/build.ts';
import { ADDRESS, serve } from '../lessons/site/serve.ts';
import { buildAsOwner } from './build-as-owner.ts';
import { lessonsCheck } from './lessons-check.ts';
import { lessonsSync } from './lessons-sync.ts';

const FOLDER = 'site';
const PORT = 8000;
const USAGE = 'Usage: npm run lessons [-- [--port NUMBER] [--build]]';

export async function lessons(words: string[]): Promise<number> {
  const [word, ...rest] = words;
  if (word === 'sync') return lessonsSync(rest);
  if (word === 'check') return lessonsCheck(rest);
  const { port, buildOnly } = parse(words);
  const library = readLibrary();
  const directory = join(library.top, FOLDER);
  const pages = buildAsOwner(() => buildSite(library, directory));
  print(`${pages.length} pages are in ${FOLDER}/.`);
  if (!buildOnly) await serveUntilStopped(directory, port);
  return 0;
}

function parse(words: readonly string[]): { port: number; buildOnly: boolean } {
  let [port, buildOnly] = [PORT, false];
  const rest = [...words];
  for (let word = rest.shift(); word !== undefined; word = rest.shift()) {
    const [, inline] = /^--port=(.*)$/.exec(word) ?? [];
    if (word === '--build') buildOnly = true;
    else if (word === '--port' || inline !== undefined) port = portOf(inline ?? rest.shift() ?? '');
    else throw new UsageError(`lessons does not know ${word}. ${USAGE}`);
  }
  return { port, buildOnly };
}

function portOf(text: string): number {
  try {
    return integer(0, 65_535)(text);
  } catch (error) {
    throw new UsageError(`--port: ${(error as Error).message}. ${USAGE}`);
  }
}

async function serveUntilStopped(directory: string, port: number): Promise<void> {
  const server = await serve(directory, port).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'EADDRINUSE' && error.code !== 'EACCES') throw error;
    const reason = error.code === 'EACCES' ? 'only root may use it' : 'something else uses it';
    throw new UsageError(`Port ${port}: ${reason}. Choose another: npm run lessons -- --port ${PORT + 80}`);
  });
  const address = server.address();
  const real = typeof address === 'object' && address ? address.port : port;
  print(`Read them at http://${ADDRESS}:${real}/ — Ctrl-C ends it.`);
  await new Promise<void>((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => resolve());
  });
  server.close();
  server.closeAllConnections();
}
