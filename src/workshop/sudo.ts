/** How to run one of the kit's scripts with sudo from here. */
import { dirname } from 'node:path';

/** The folders in which sudo looks for programs on Debian and Ubuntu, whatever PATH says. */
const SECURE_PATH = /^(?:\/usr(?:\/local)?)?\/s?bin$/;

/** With nvm, say, sudo finds no npm unless it is told where. */
export function withSudo(script: string, node = process.execPath): string {
  const path = SECURE_PATH.test(dirname(node)) ? '' : 'env "PATH=$PATH" ';
  return `sudo ${path}npm run ${script}`;
}
