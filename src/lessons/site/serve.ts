/** Serves the site on this machine, and to this machine only. */
import { readFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { extname, join, normalize } from 'node:path';
import { POLICY } from './page.ts';

export const ADDRESS = '127.0.0.1';

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.svg': 'image/svg+xml',
};

/** Returns the server when it listens. @throws Error with `code` EADDRINUSE or EACCES */
export function serve(directory: string, port: number): Promise<Server> {
  const server = createServer((request, response) => answer(directory, request, response));
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, ADDRESS, () => resolve(server));
  });
}

function answer(directory: string, { method, url = '/' }: IncomingMessage, response: ServerResponse): void {
  if (method !== 'GET' && method !== 'HEAD') {
    response.writeHead(405, { Allow: 'GET, HEAD' }).end();
    return;
  }
  const found = read(directory, url);
  const headers = {
    'Content-Security-Policy': POLICY,
    'X-Content-Type-Options': 'nosniff',
    'Cache-Control': 'no-cache',
  };
  if (found) response.writeHead(200, { ...headers, 'Content-Type': found.type });
  else response.writeHead(404, { ...headers, 'Content-Type': 'text/plain; charset=utf-8' });
  response.end(method === 'HEAD' ? undefined : (found?.bytes ?? 'There is no such page.\n'));
}

/** Only files of types that the site has, and only from its folder. */
function read(directory: string, url: string): { bytes: Buffer; type: string } | undefined {
  try {
    const wanted = normalize(decodeURIComponent(url.split(/[?#]/)[0] ?? '/'));
    const path = wanted.endsWith('/') ? `${wanted}index.html` : wanted;
    const type = TYPES[extname(path)];
    // `normalize` of an absolute path leaves no way up.
    return type && path.startsWith('/') ? { bytes: readFileSync(join(directory, path)), type } : undefined;
  } catch {
    return undefined;
  }
}
