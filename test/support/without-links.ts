/** Runs a program for which there are no hard links, as on FAT: `without-links.ts PROGRAM [WORD]...` */
import { Child } from '../../src/executor/child.ts';
import { perform } from '../../src/executor/perform.ts';
import { execve } from '../../src/syscalls/processes.ts';
import { refusing } from './filter.ts';

const [program = '', ...words] = process.argv.slice(2);
const environment = Object.entries(process.env).map(([name, value]) => `${name}=${value}`);

perform(refusing(['link', 'linkat']));
const end = await new Child([execve(program, [program, ...words], environment)], 0, {}).wait();
process.exitCode = 'status' in end ? end.status : 1;
