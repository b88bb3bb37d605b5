/** `npm run step 4 -- --help`: the options that this step takes. */
import { OPTIONS } from './options.ts';

export function helpText(step = Number.POSITIVE_INFINITY): string {
  const rows = Object.entries(OPTIONS)
    .filter(([, { from }]) => from <= step)
    .map(([name, { value, optional, from, help }]): [string, string] => [
      `${name}${value ? (optional ? `[=${value}]` : ` ${value}`) : ''}`,
      Number.isFinite(step) || from === 0 ? help : `${help} (from step ${from} on)`,
    ]);
  const width = Math.max(...rows.map(([usage]) => usage.length));
  return [
    'Usage: npm run step NUMBER -- [OPTION]... [--] [COMMAND [ARGUMENT]...]',
    '',
    ...rows.map(([usage, help]) => `  ${usage.padEnd(width)}  ${help}`),
  ].join('\n');
}
