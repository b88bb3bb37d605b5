/** `--trace` for people: one line a call, as strace prints it, a column for each side. */
import { Chalk } from 'chalk';
import { argumentTexts, requestText, resultText } from '../executor/text.ts';
import type { Site } from '../lab/observer.ts';
import { type Call, isOut } from '../syscalls/call.ts';
import { isExec } from './observer.ts';
import type { Moment } from './timeline.ts';

/** Gives a printer of moments; `colour` as chalk's level says. */
export function textPrinter(write: (line: string) => void, level: 0 | 1 | 2 | 3): (moment: Moment) => void {
  const chalk = new Chalk({ level });
  const styles = { parent: chalk.cyan, child: chalk.yellow };
  /** By process, or where its number is not known by what it makes: a call that has started and not finished, and whether that is on paper. */
  const open = new Map<number | Call, { site: Site; printed: boolean }>();

  function line({ side, depth, pid }: Site, text: string): void {
    const column = side === 'parent' ? '' : '    '.repeat(1 + depth);
    write(`${styles[side](`${side.padEnd(6)} ${String(pid).padStart(7)}`)}  ${column}${text}`);
  }

  /** Another line is about to come between a call and its result. */
  function interrupt(): void {
    for (const entry of open.values()) {
      if (entry.printed) continue;
      entry.printed = true;
      const { call, known } = entry.site;
      // A successful execve never comes back: what it began is the whole line.
      const text = isExec(call) ? requestText(call, known) : `${call.info.name}(${asked(entry.site)} <unfinished ...>`;
      line(entry.site, text);
    }
  }

  return ({ kind, site, result, line: said }) => {
    if (said !== undefined) {
      interrupt();
      write(chalk.dim(said));
    } else if (site && kind === 'started') {
      interrupt();
      open.set(keyOf(site), { site, printed: false });
      if (isExec(site.call)) interrupt();
    } else if (site) {
      const begun = open.get(keyOf(site));
      open.delete(keyOf(site));
      interrupt();
      const outcome = resultText(result, site.call.info.showResult);
      const failed = result !== undefined && result < 0;
      const shown = failed ? chalk.red(outcome) : outcome;
      if (!begun?.printed) line(site, `${requestText(site.call, site.known)} ${shown}`);
      else if (!isExec(site.call) || result === undefined || failed)
        line(site, `<... ${site.call.info.name} resumed>${answered(site)}) ${shown}`);
    }
  };
}

function keyOf({ pid, call }: Site): number | Call {
  return pid === 0 ? call : pid;
}

/** The arguments before the first that the kernel fills in: all that is known when a call begins. */
function asked({ call, known }: Site): string {
  const texts = argumentTexts(call, known);
  return texts.slice(0, firstOut(call)).join(', ') + (firstOut(call) < texts.length ? ',' : '');
}

/** The others. */
function answered({ call, known }: Site): string {
  return argumentTexts(call, known).slice(firstOut(call)).join(', ');
}

function firstOut(call: Call): number {
  const at = call.args.findIndex((argument) => argument !== null && isOut(argument));
  return at < 0 ? call.args.length : at;
}
