/** Wrong solutions that are the solution but for a line or two: see CONTRIBUTING, "Add an exercise". */
import type { WrongSolution } from '#src/catalogue/wrong-solutions.ts';

const WHITEOUT = "mkdir('upper/etc'), makeDevice(`upper/${hidden}`, 0, 0, 0)";

export const wrong: readonly WrongSolution[] = [
  {
    name: 'all-of-etc',
    fails: "the other files of /etc: expected all there, and the image's own, observed 0 of 5",
    change: [WHITEOUT, "makeDevice('upper/etc', 0, 0, 0)"],
  },
  {
    name: 'an-empty-file',
    fails: 'the file that is to be hidden: expected not there, observed there',
    changes: [
      [WHITEOUT, "mkdir('upper/etc'), openat(`upper/${hidden}`, O_WRONLY | O_CREAT, 0o644)"],
      ['chdir, makeDevice, mkdir', 'chdir, mkdir, openat'],
      ['CLONE_NEWPID, MNT }', 'CLONE_NEWPID, MNT, O_CREAT, O_WRONLY }'],
    ],
  },
  {
    name: 'another-device',
    fails: 'the program runs: expected a running program, observed exit status 125',
    change: ['0, 0, 0)', '1, 3)'],
  },
  {
    name: 'too-late',
    fails: 'the program runs: expected a running program, observed exit status 125',
    changes: [
      ['    ...hide(hidden),\n', ''],
      ["    chdir('merged'),\n", "    chdir('merged'),\n    ...hide(hidden),\n"],
      [WHITEOUT, 'makeDevice(hidden, 0, 0, 0)'],
    ],
  },
  {
    name: 'covered',
    fails: 'the file that is to be hidden: expected not there, observed there',
    changes: [
      [WHITEOUT, ''],
      ['(hidden: string): Call[] {\n  return', '(_: string): Call[] {\n  return'],
      ["    chdir('merged'),\n", "    chdir('merged'),\n    mount('/dev/null', hidden, null, MS_BIND),\n"],
      ['CLONE_NEWPID, MNT }', 'CLONE_NEWPID, MNT, MS_BIND }'],
      ['chdir, makeDevice, mkdir', 'chdir, mkdir'],
    ],
  },
  {
    name: 'mounts-behind-a-link',
    fails: '/etc: expected a directory, observed a link to another place',
    changes: [
      [WHITEOUT, "symlink('srv/files', 'upper/etc'), mkdir('upper/srv'), mkdir('upper/srv/files')"],
      ['(hidden: string): Call[] {\n  return', '(): Call[] {\n  return'],
      ['...hide(hidden)', '...hide()'],
      [
        "    chdir('merged'),\n",
        `    chdir('merged'),
    ...['group', 'hosts', 'nsswitch.conf', 'os-release', 'passwd', 'profile']
      .filter((name) => !hidden.endsWith(name))
      .flatMap((name) => {
        const file = openat(\`srv/files/\${name}\`, O_WRONLY | O_CREAT);
        return [file, close(file), mount(\`\${image}/etc/\${name}\`, \`srv/files/\${name}\`, null, MS_BIND)];
      }),
`,
      ],
      ['CLONE_NEWPID, MNT }', 'CLONE_NEWPID, MNT, MS_BIND, O_CREAT, O_WRONLY }'],
      ['chdir, makeDevice, mkdir', 'chdir, close, mkdir, openat, symlink'],
    ],
  },
  {
    name: 'deleted-too-late',
    fails: 'the file that is to be hidden: expected not there, observed there',
    changes: [
      ['    ...hide(hidden),\n', ''],
      [
        '  return lab.wait',
        `  await new Promise((resolve) => setTimeout(resolve, 100));
  spawnSync('nsenter', ['-t', String(container.pid), '-m', 'rm', \`/\${hidden}\`]);
  return lab.wait`,
      ],
      ['import type { End }', "import { spawnSync } from 'node:child_process';\nimport type { End }"],
      [
        `/** What is in \`upper\` lies over the image. */
function hide(hidden: string): Call[] {
  return [mkdir('upper/etc'), makeDevice(\`upper/\${hidden}\`, 0, 0, 0)];
}

`,
        '',
      ],
      ['image: string, hidden: string', 'image: string'],
      ['enter(lab.settings.root.path, hidden)', 'enter(lab.settings.root.path)'],
      ['chdir, makeDevice, mkdir', 'chdir, mkdir'],
    ],
  },
  {
    name: 'a-folder-over-it',
    fails: 'what is mounted in /etc: expected nothing, observed /etc',
    changes: [
      [WHITEOUT, ''],
      ['(hidden: string): Call[] {\n  return', '(_: string): Call[] {\n  return'],
      ["    chdir('merged'),\n", "    chdir('merged'),\n    mount('empty', 'etc', 'tmpfs'),\n"],
      ['chdir, makeDevice, mkdir', 'chdir, mkdir'],
      ['image: string, hidden: string', 'image: string, hidden: string'],
    ],
  },
  {
    name: 'a-copy',
    fails: "the other files of /etc: expected all there, and the image's own, observed 0 of 5",
    changes: [
      [WHITEOUT, ''],
      ['(hidden: string): Call[] {\n  return', '(_: string): Call[] {\n  return'],
      ['chdir, makeDevice, mkdir', 'chdir, mkdir'],
      ['import type { End }', "import { cpSync, rmSync } from 'node:fs';\nimport type { End }"],
      ['lowerdir=${image},upperdir=upper', 'lowerdir=/dev/shm/copy,upperdir=upper'],
      [
        '  const container',
        "  const filter = (path: string) => !path.endsWith('/root');\n  cpSync(lab.settings.root.path, '/dev/shm/copy', { recursive: true, verbatimSymlinks: true, filter });\n  rmSync(`/dev/shm/copy/${hidden}`);\n  const container",
      ],
    ],
  },
];
