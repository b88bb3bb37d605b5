/** A call as a line of text, as strace(1) would print it. */
import { type Argument, type Call, isCall, isOut } from '../syscalls/call.ts';
import { errnoName } from '../syscalls/errno.ts';
import { plain } from '../syscalls/show.ts';
import { errnoText } from './native.ts';

/** The results and out-arguments that are known when a call is printed. */
export interface Known {
  readonly results?: ReadonlyMap<Call, number>;
  readonly outs?: ReadonlyMap<Argument, Buffer>;
}

/** `sethostname("lab", 3)`. */
export function requestText(call: Call, known: Known = {}): string {
  return `${call.info.name}(${argumentTexts(call, known).join(', ')})`;
}

/** Each argument as it is printed. */
export function argumentTexts(call: Call, { results, outs }: Known = {}): string[] {
  const resolve = (argument: Argument) => (argument !== null && isCall(argument) ? results?.get(argument) : undefined);
  return call.args.map((argument, position) => {
    const bytes = argument !== null && isOut(argument) ? outs?.get(argument) : undefined;
    if (bytes && isOut(argument)) return argument.text(bytes);
    return (call.info.show[position] ?? plain)(argument, resolve);
  });
}

/** `= 0`, or `= -1 EPERM (Operation not permitted)`. */
export function resultText(result: number): string {
  if (result >= 0) return `= ${result}`;
  return `= -1 ${errnoName(-result)} (${errnoText(-result)})`;
}

/** `sethostname("lab", 3) = 0`. */
export function callText(call: Call, result: number, known: Known = {}): string {
  return `${requestText(call, known)} ${resultText(result)}`;
}
