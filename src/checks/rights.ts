/**
 * Root without CAP_SYS_PTRACE, as in Docker's containers, sees less of a
 * sandbox's processes than an ordinary user sees of their own: right work would
 * look wrong.
 */
import { readFileSync } from 'node:fs';
import { lacking, parseStatus } from '../proc/status.ts';

/** capabilities(7): to look at others' processes, and to enter their namespaces. */
const NEEDED = { CAP_SYS_PTRACE: 19, CAP_SYS_ADMIN: 21 } as const;

/** Why this user cannot grade, if that is so. `status` is the text of /proc/self/status. */
export function lackOfRights(
  uid = process.geteuid?.() ?? 0,
  status = readFileSync('/proc/self/status', 'utf8'),
): string | undefined {
  if (uid !== 0) return undefined;
  const missing = lacking(parseStatus(status).effective, NEEDED);
  if (missing.length === 0) return undefined;
  return `This root lacks ${missing.join(' and ')}, and would see less than an ordinary user. Grade as an ordinary user, or as root with all capabilities.`;
}
