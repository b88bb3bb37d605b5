/** A call as a line of text, as strace(1) would print it. */
import { type Argument, type Call, isCall, isOut, isStruct } from '../syscalls/call.ts';
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

/** A whole list, a call a line; further in, below it, what its structures hold, and what a cloned process makes. */
export function listTexts(list: readonly Call[], known: Known = {}): string[] {
  return list.flatMap((call) => [
    requestText(call, known),
    ...detailsOf(call).map((line) => `    ${line}`),
    ...listTexts(call.list ?? [], known).map((line) => `    ${line}`),
  ]);
}

function detailsOf({ args }: Call): string[] {
  return args.flatMap((argument) => (argument !== null && isStruct(argument) ? [...(argument.detail?.() ?? [])] : []));
}

/** Each argument as it is printed. */
export function argumentTexts(call: Call, { results, outs }: Known = {}): string[] {
  const resolve = (argument: Argument) => {
    if (argument === null || (!isCall(argument) && !isOut(argument))) return undefined;
    if (isCall(argument)) return results?.get(argument);
    const bytes = outs?.get(argument);
    return bytes && argument.text(bytes);
  };
  return call.args.map((argument, position) => (call.info.show[position] ?? plain)(argument, resolve));
}

/** `= 0`, or `= -1 EPERM (Operation not permitted)`; `= ?` of a call that never came back. */
export function resultText(result: number | undefined, show: (result: number) => string = String): string {
  if (result === undefined) return '= ?';
  if (result >= 0) return `= ${show(result)}`;
  return `= -1 ${errnoName(-result)} (${errnoText(-result)})`;
}

/** `sethostname("lab", 3) = 0`. */
export function callText(call: Call, result: number | undefined, known: Known = {}): string {
  return `${requestText(call, known)} ${resultText(result, call.info.showResult)}`;
}
