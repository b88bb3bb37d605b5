/** `--pause`: a single-step debugger for a container that is coming into being. */
import { readFileSync } from 'node:fs';
import { Chalk } from 'chalk';
import { printError as print, printProse } from '../command-line/output.ts';
import { callText, requestText } from '../executor/text.ts';
import type { Observer, Site } from '../lab/observer.ts';
import { pathWrittenBy } from '../syscalls/files.ts';
import { isExec } from '../trace/observer.ts';
import { readLine } from './prompt.ts';
import { changes, type Snapshot, takeSnapshot, takeSnapshotOutside } from './snapshot.ts';
import { lookAt } from './where-to-look.ts';

/** Shows every call before it is made, waits for Enter, and shows what it changed. */
export function pauseObserver(level: 0 | 1 | 2 | 3): Observer {
  const chalk = new Chalk({ level });
  const styles = { parent: chalk.cyan, child: chalk.yellow };
  let stepping = true;
  let child: number | undefined;
  let seen = takeSnapshotOutside();
  let turn: Promise<void> = Promise.resolve();
  let asking = false;

  async function ask(site: Site): Promise<void> {
    if (!stepping) return;
    const { side, pid, call, known } = site;
    print('');
    print(`${styles[side](`${side} ${pid}`)}  ${chalk.bold(requestText(call, known))}`);
    printProse(`  ${call.info.purpose} ${chalk.dim(call.info.source)}`);
    print(`  ${chalk.dim(`From a second terminal: ${lookAt(site, child)}`)}`);
    if (side === 'child' && isExec(call)) print('  From here on, the program inside has the terminal.');
    asking = true;
    const answer = await readLine('  [Enter: make this call; c and Enter: go on to the end] ', interrupt);
    asking = false;
    if (answer === undefined || answer.trim() === 'c') stepping = false;
  }

  /** Ctrl-C at the prompt: the child has no program yet that could obey, so it is ended at once. */
  function interrupt(): void {
    if (child !== undefined) process.kill(child, 'SIGKILL');
    process.kill(process.pid, 'SIGINT');
  }

  function show({ side, pid, call, known }: Site, result: number | undefined): void {
    if (!stepping || (isExec(call) && result !== undefined && result >= 0)) return;
    print(`${styles[side](`${side} ${pid}`)}  ${callText(call, result, known)}`);
    const written = pathWrittenBy(call);
    if (written && !written.startsWith('/proc/')) print(chalk.green(`  + ${written}: ${contents(written)}`));
    if (side === 'parent' && call.info.name === 'clone') {
      child = result;
      // What is new about the child is what differs from its parent.
      seen = { ...seen, ...takeSnapshot(process.pid) };
    }
    const now = look();
    for (const line of changes(seen, now)) print((line.startsWith('+') ? chalk.green : chalk.red)(`  ${line}`));
    seen = now;
  }

  function look(): Snapshot {
    const inside = child === undefined ? undefined : takeSnapshot(child);
    if (inside === undefined) child = undefined;
    return { ...takeSnapshotOutside(), ...inside };
  }

  return {
    gates: () => true,
    // Both sides may be about to make a call: one prompt at a time.
    before: (site) => {
      turn = turn.then(() => ask(site));
      return turn;
    },
    // A call that came back while the other side is at its prompt is shown afterwards.
    after(site, result) {
      if (!asking) return show(site, result);
      turn = turn.then(() => show(site, result));
      return turn;
    },
    say: (line) => printProse(chalk.dim(line)),
    end: () => {},
  };
}

function contents(path: string): string {
  try {
    return readFileSync(path, 'utf8').trim().replaceAll('\n', ', ');
  } catch {
    return '(not readable)';
  }
}
