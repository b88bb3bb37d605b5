/** Why the kit cannot be loaded here, in one line with what mends it: packages, file systems, machines. */
const { readFileSync } = require('node:fs');
const { join, sep } = require('node:path');

const top = join(__dirname, '..');
const INSTALL_ALL = 'Run: npm ci --include=optional';

/**
 * The line for what a loader has thrown; undefined for what is no fault of the surroundings.
 * @param {unknown} error
 * @returns {string | undefined}
 */
function loadProblem(error) {
  if (!(error instanceof Error)) return undefined;
  const { message } = error;
  const code = 'code' in error ? error.code : undefined;
  const here = `${process.platform}-${process.arch}`;
  if (/"@esbuild\/[^"]*".* could not be found|esbuild for another platform/.test(message)) {
    return `The package esbuild has no program for ${here} in node_modules. ${INSTALL_ALL}`;
  }
  if (/native Koffi module/.test(message)) {
    // It says so, too, if its library is there and may not be executed.
    return noexecProblem() ?? `The package koffi has no library for ${here} in node_modules. ${INSTALL_ALL}`;
  }
  if (code === 'MODULE_NOT_FOUND' && !/Cannot find module '[./]/.test(message)) {
    return 'The packages that the kit needs are not installed. Run: npm ci';
  }
  const isRefused =
    code === 'EACCES' || code === 'EPERM' || /spawn.* E(ACCES|PERM)|failed to map segment/.test(message);
  if (isRefused && /\.node\b|\.so\b|esbuild/.test(message))
    return noexecProblem() ?? 'The programs in node_modules may not be executed. Run: npm ci';
  if (code === 'ERR_DLOPEN_FAILED' && /ELF|GLIBC|cannot open shared object/.test(message)) {
    return `The packages in node_modules are those of another system. ${INSTALL_ALL}`;
  }
  return undefined;
}

function noexecProblem() {
  const mount = mountOf(join(top, 'node_modules'));
  if (!mount?.options.split(',').includes('noexec')) return undefined;
  const { point } = mount;
  return `Nothing may be executed in the kit's folder: ${point} is mounted noexec. Run: sudo mount -o remount,exec ${point}`;
}

/**
 * The mount that a path lies in: proc_pid_mountinfo(5).
 * @param {string} path
 */
function mountOf(path) {
  const mounts = readFileSync('/proc/self/mountinfo', 'utf8')
    .split('\n')
    .flatMap((line) => {
      const [, , , , escaped = '', options = ''] = line.split(' ');
      const point = escaped.replace(/\\(\d{3})/g, (_, octal) => String.fromCharCode(Number.parseInt(octal, 8)));
      const isAbove = point !== '' && (path === point || path.startsWith(point.endsWith(sep) ? point : point + sep));
      return isAbove ? [{ point, options }] : [];
    });
  return mounts.reduce(
    /** @type {(best: typeof mounts[0] | undefined, mount: typeof mounts[0]) => typeof mounts[0]} */
    (best, mount) => (best && best.point.length > mount.point.length ? best : mount),
    undefined,
  );
}

module.exports = { loadProblem };
