/** System calls that change who a process is. */
import { type Call, defineCall } from './call.ts';
import { plain } from './show.ts';

const unmapped = 'This id has no line in the user namespace’s map.';

const SETRESUID = defineCall({
  name: 'setresuid',
  source: 'setresuid(2)',
  purpose: 'Sets the real, effective and saved user id.',
  show: [plain, plain, plain],
  advice: { EINVAL: unmapped, EPERM: 'Becoming another user needs CAP_SETUID.' },
});

/** Becomes a user: real, effective and saved id alike. Source: setresuid(2). */
export function setUser(uid: number): Call {
  return SETRESUID(uid, uid, uid);
}

const SETRESGID = defineCall({
  name: 'setresgid',
  source: 'setresgid(2)',
  purpose: 'Sets the real, effective and saved group id.',
  show: [plain, plain, plain],
  advice: { EINVAL: unmapped, EPERM: 'Becoming another group needs CAP_SETGID.' },
});

/** Becomes a member of a group: real, effective and saved id alike. Source: setresgid(2). */
export function setGroup(gid: number): Call {
  return SETRESGID(gid, gid, gid);
}

const SETGROUPS = defineCall({
  name: 'setgroups',
  source: 'setgroups(2)',
  purpose: 'Sets the supplementary groups; an empty list drops those of the parent.',
  show: [plain, plain],
  advice: { EPERM: 'The namespace denies setgroups, or CAP_SETGID is missing.' },
});

/** Leaves all supplementary groups. Source: setgroups(2). */
export function dropGroups(): Call {
  return SETGROUPS(0, null);
}
