/** Wrong solutions that are the solution but for a line or two: see CONTRIBUTING, "Add an exercise". */
import type { WrongSolution } from '#src/catalogue/wrong-solutions.ts';

export const wrong: readonly WrongSolution[] = [
  {
    name: 'bound-the-wrong-way',
    fails: 'the shelf shows: expected /tmp/',
    changes: [
      ['mount(source, shelf,', 'mount(shelf, source,'],
      ['mount(null, shelf,', 'mount(null, source,'],
    ],
  },
  {
    name: 'mounted-by-the-parent',
    fails: "the sandbox's mounts below /tmp: expected none, observed tmpfs at /tmp/",
    changes: [
      [
        'const container',
        `await lab.perform([mount('scratch', scratch, 'tmpfs', MS_NOSUID | MS_NODEV, \`size=\${size}\`)]);
  const container`,
      ],
      ["mount('scratch', scratch, 'tmpfs', MS_NOSUID | MS_NODEV, `size=${size}`),", ''],
    ],
  },
  {
    name: 'no-namespace',
    fails: "the mount namespace: expected another one than the sandbox's",
    change: ['    CLONE_NEWNS,\n', '    0,\n'],
  },
  {
    name: 'not-private',
    fails: "the sandbox's mounts below /tmp: expected none, observed tmpfs at /tmp/",
    change: ['...makePrivate(),', ''],
  },
  {
    name: 'one-call-for-two',
    fails: 'the shelf is: expected ro, observed rw',
    changes: [
      ['shelf, null, MS_BIND)', 'shelf, null, MS_BIND | MS_RDONLY)'],
      ['mount(null, shelf, null, MS_REMOUNT | MS_BIND | MS_RDONLY | MS_NOSUID | MS_NODEV),', ''],
    ],
  },
  {
    name: 'private-in-the-parent',
    fails: "the sandbox's mounts are: expected shared",
    changes: [
      ['const container', 'await lab.perform(makePrivate());\n  const container'],
      ['...makePrivate(),', ''],
    ],
  },
  {
    name: 'private-too-late',
    fails: "the sandbox's mounts below /tmp: expected none, observed tmpfs at /tmp/",
    changes: [
      ['...makePrivate(),', ''],
      ['...lab.program,', '...makePrivate(),\n      ...lab.program,'],
    ],
  },
  {
    name: 'size-forgotten',
    fails: 'the size of the scratch: expected size=',
    change: [', `size=${size}`)', ')'],
  },
  {
    name: 'size-in-kilobytes',
    fails: 'the size of the scratch: expected size=',
    change: ['size=${size}', 'size=${size}k'],
  },
  {
    name: 'source-read-only',
    fails: 'the source can be written: expected yes, observed no',
    changes: [
      ['mount(source, shelf, null, MS_BIND)', 'mount(source, source, null, MS_BIND)'],
      [
        'mount(null, shelf, null, MS_REMOUNT | MS_BIND | MS_RDONLY | MS_NOSUID | MS_NODEV),',
        `mount(null, source, null, MS_REMOUNT | MS_BIND | MS_RDONLY | MS_NOSUID | MS_NODEV),
      mount(source, shelf, null, MS_BIND),`,
      ],
    ],
  },
  // Out of sight, but the container’s mounts are the sandbox’s: it is the parent that has gone.
  {
    name: 'parent-leaves-afterwards',
    fails: "the mount namespace: expected another one than the sandbox's, observed the sandbox's",
    changes: [
      [
        "import { CLONE_NEWNS, MS_BIND, MS_NODEV, MS_NOSUID, MS_RDONLY, MS_REMOUNT } from '#src/syscalls/flags.ts';",
        `import { openCheckpoint, release, waitFor } from '#src/steps/02-ipc.ts';
import { CLONE_NEWNS, MS_BIND, MS_NODEV, MS_NOSUID, MS_RDONLY, MS_REC, MS_REMOUNT, MS_SHARED } from '#src/syscalls/flags.ts';
import { unshare } from '#src/syscalls/namespaces.ts';`,
      ],
      ["import { mount } from '#src/syscalls/mounts.ts';", "import { mount, umount } from '#src/syscalls/mounts.ts';"],
      ['const container', 'const checkpoint = await openCheckpoint(lab);\n  const container'],
      ['...lab.program,', '...waitFor(checkpoint),\n      ...lab.program,'],
      [
        '    CLONE_NEWNS,\n  );',
        `    0,
  );
  await new Promise((resolve) => setTimeout(resolve, 300));
  await lab.perform([
    unshare(CLONE_NEWNS),
    umount(scratch),
    umount(shelf),
    mount('none', '/', null, MS_REC | MS_SHARED),
  ]);
  await release(lab, checkpoint);`,
      ],
    ],
  },
  {
    name: 'leak-taken-back',
    fails: "the sandbox's mount table: expected as it was, the whole time, observed something was mounted",
    changes: [
      [
        'import { CLONE_NEWNS,',
        `import { openCheckpoint, release, waitFor } from '#src/steps/02-ipc.ts';
import { CLONE_NEWNS,`,
      ],
      [
        "import { mount } from '#src/syscalls/mounts.ts';",
        "import { write } from '#src/syscalls/files.ts';\nimport { mount, umount } from '#src/syscalls/mounts.ts';",
      ],
      [
        'const container',
        'const [mounted, checkpoint] = [await openCheckpoint(lab), await openCheckpoint(lab)];\n  const container',
      ],
      ['...makePrivate(),', ''],
      [
        '...lab.program,',
        "...makePrivate(),\n      write(mounted.writeEnd, '.'),\n      ...waitFor(checkpoint),\n      ...lab.program,",
      ],
      [
        '    CLONE_NEWNS,\n  );',
        `    CLONE_NEWNS,
  );
  await lab.perform([...waitFor(mounted), umount(scratch), umount(shelf)]);
  await release(lab, checkpoint);`,
      ],
    ],
  },
  {
    name: 'scratch-read-only',
    fails: 'the scratch can be written: expected yes, observed no',
    change: ["'tmpfs', MS_NOSUID | MS_NODEV, `size", "'tmpfs', MS_RDONLY | MS_NOSUID | MS_NODEV, `size"],
  },
];
