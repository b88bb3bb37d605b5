/**
 * An autograder for Classroom 50: the contents of a folder
 * `CLASSROOM/autograders/ASSIGNMENT`. Its runner calls autograder.py in the
 * student's checkout. Source: Classroom 50's wiki, Advanced Autograding.
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Entry } from '../../catalogue/exercises.ts';
import { copyKit, newFolder } from './kit-copy.ts';

export function buildClassroom50(directory: string, exercises: readonly Entry[], timeout: number): void {
  newFolder(directory);
  copyKit(join(directory, 'kit'));
  writeFileSync(join(directory, 'autograder.py'), autograder(exercises, timeout), { mode: 0o755 });
  writeFileSync(join(directory, 'runtime.json'), `${JSON.stringify(RUNTIME, null, 2)}\n`);
}

/** For `gh teacher assignment add --runtime`. */
const RUNTIME = {
  'runs-on': 'ubuntu-24.04',
  node: '22',
  apt: ['gcc', 'libc6-dev', 'iproute2', 'iputils-ping', 'procps'],
};

function autograder(exercises: readonly Entry[], timeout: number): string {
  return `#!/usr/bin/env python3
"""Grades the student's checkout, the current directory, and writes ./result.json.

Ends with 0 whenever grading itself worked. Namespaces and cgroups of all kinds
need root, which Actions' own runners give by sudo.
"""
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

SOURCE = pathlib.Path(__file__).resolve().parent / "kit"
EXERCISES = "${exercises.map(({ id }) => id).join(',')}"
TIMEOUT = "${timeout}"
IDENTITY = ("CLASSROOM", "ASSIGNMENT", "ASSIGNMENT_TYPE", "OWNER", "USERNAME",
            "SUBMISSION_TAG", "COMMIT_URL", "RELEASE_URL", "REVIEW_URL")


def main() -> int:
    checkout = os.getcwd()
    result = os.path.join(checkout, "result.json")
    if os.path.isdir(result) and not os.path.islink(result):
        shutil.rmtree(result)
    # A home may be closed to others, and a sandbox sees the kit as nobody does.
    with tempfile.TemporaryDirectory() as scratch:
        os.chmod(scratch, 0o755)
        kit = os.path.join(scratch, "kit")
        shutil.copytree(SOURCE, kit)
        subprocess.run(["npm", "ci", "--omit=dev", "--no-audit", "--no-fund"], cwd=kit, check=True)
        known = [f"{name}={os.environ[name]}" for name in ("PATH", *IDENTITY) if name in os.environ]
        sudo = [] if os.geteuid() == 0 else ["sudo", "-n"]
        command = ["node", "bin/lab.cjs", "grade", checkout, "--only", EXERCISES, "--timeout", TIMEOUT,
                   "--classroom50", result, "--exit-zero"]
        return subprocess.run([*sudo, "env", *known, *command], cwd=kit, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
`;
}
