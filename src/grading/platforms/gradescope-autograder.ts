/**
 * An autograder for Gradescope: a folder whose contents are zipped and uploaded.
 * setup.sh runs when Gradescope builds its image, run_autograder for each
 * submission. Source: Gradescope's autograder specifications.
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Entry } from '../../catalogue/exercises.ts';
import { toGradescope } from '../emitters/gradescope.ts';
import { makeReport } from '../report.ts';
import { copyKit, newFolder } from './kit-copy.ts';

/** Gradescope's own limit is ten minutes unless a teacher raises it; a result must be there before. */
const LIMIT_S = 540;

export function buildGradescope(directory: string, exercises: readonly Entry[], timeout: number): void {
  newFolder(directory);
  copyKit(join(directory, 'kit'));
  writeFileSync(join(directory, 'setup.sh'), SETUP, { mode: 0o755 });
  writeFileSync(join(directory, 'run_autograder'), runAutograder(exercises, timeout), { mode: 0o755 });
}

const SETUP = `#!/usr/bin/env bash
# Gradescope runs this once, as root, when it builds the image.
set -euo pipefail
cd "$(dirname "$0")"

export DEBIAN_FRONTEND=noninteractive
apt-get update -qq
apt-get install -y -qq gcc libc6-dev linux-libc-dev iproute2 iputils-ping procps util-linux coreutils >/dev/null

# The distribution's Node.js may be too old for the kit: then npm has a newer one.
node_is_new() { command -v node >/dev/null && [ "$(node -p 'process.versions.node.split(".")[0]')" -ge 20 ]; }
if ! node_is_new || ! command -v npm >/dev/null; then
	command -v npm >/dev/null || apt-get install -y -qq nodejs npm >/dev/null
	if ! node_is_new; then
		npm install --prefix "$PWD/node" --no-save "node-linux-$(uname -m | sed 's/x86_64/x64/;s/aarch64/arm64/')@22"
		ln -sf "$PWD"/node/node_modules/node-linux-*/bin/node /usr/local/bin/node
		hash -r
	fi
fi

(cd kit && npm ci --omit=dev --no-audit --no-fund)
# A sandbox sees the kit as nobody does.
chmod -R go+rX .
`;

function runAutograder(exercises: readonly Entry[], timeout: number): string {
  const ids = exercises.map(({ id }) => id).join(',');
  return `#!/usr/bin/env bash
# Gradescope runs this for each submission. Whatever happens, there is a result.
base=\${AUTOGRADER:-/autograder}
results=$base/results/results.json
export PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin

mkdir -p "$base/results"
rm -rf "$results"
work=$(mktemp -d)
submission=$base/submission
as=()
# Gradescope's root lacks most capabilities, and sees less than an ordinary user whose namespaces are all their own.
if ! unshare --mount true 2>/dev/null; then
	cp -dR "$submission" "$work/submission"
	submission=$work/submission
	chown -hR 65534:65534 "$work"
	as=(setpriv --reuid 65534 --regid 65534 --clear-groups env "HOME=$work")
fi
cd "$base/source/kit" && "\${as[@]}" timeout --kill-after=10 ${LIMIT_S} \\
	node bin/lab.cjs grade "$submission" --only ${ids} --timeout ${timeout} --gradescope "$work/results.json" --exit-zero
[ ! -s "$work/results.json" ] || cp "$work/results.json" "$results"
rm -rf "$work"

[ -s "$results" ] || cat >"$results" <<'END'
${failure(exercises).trimEnd()}
END
exit 0
`;
}

/** The result when the grader itself could not begin, or did not end. */
function failure(exercises: readonly Entry[]): string {
  const grades = exercises.map(({ id, title, points }) => ({
    ...{ id, title, points: 0, max: points, status: 'error' as const, checks: [], trace: [], seconds: 0 },
    message: 'The grader did not come to an end. Tell your teacher: it is no fault of yours.',
  }));
  return toGradescope(makeReport(grades, { begun: new Date(0), seconds: 0 }));
}
