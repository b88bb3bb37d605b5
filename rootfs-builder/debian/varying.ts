/**
 * What differs between two bootstraps of the same packages, or comes from the
 * machine that made them. Patterns of tar(1), from the image's root on.
 */
export const VARYING: readonly string[] = [
  // Logs; not their folders, without which apt refuses to work.
  './var/log/*.log',
  './var/log/*/*',
  // Backups that package tools make of their files, and caches that they make again.
  './var/lib/dpkg/*-old',
  './var/cache/debconf/*-old',
  './var/cache/ldconfig/*',
  // This machine's name servers and name, and identities that every system is to make for itself.
  './etc/resolv.conf',
  './etc/hostname',
  './etc/machine-id',
  './var/lib/dbus/machine-id',
  './var/lib/systemd/random-seed',
  './etc/ssh/ssh_host_*',
];
