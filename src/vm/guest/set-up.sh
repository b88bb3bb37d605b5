# Runs on the host, with the machine's root directory as $1: makes of a plain
# Debian the machine of `npm run vm`. The packages are installed already.
set -eu
root=$1

# The kernel without its dependencies, which would build an initrd that nobody needs:
# Debian's cloud kernel has nvme and ext4 built in.
cd "$root/tmp"
export APT_CONFIG="$MMDEBSTRAP_APT_CONFIG"
apt-get download -q "$(apt-cache depends "$KERNEL" | sed -n 's/.*Depends: //p' | head -n 1)"
dpkg-deb --fsys-tarfile linux-image-*.deb | tar -x --keep-directory-symlink -C "$root"
rm linux-image-*.deb
chroot "$root" /sbin/depmod "$(ls "$root/lib/modules")"
mv "$root"/boot/vmlinuz-* "$root/vmlinuz"

chmod 755 "$root/usr/local/bin/node"
ln -s ../lib/node_modules/npm/bin/npm-cli.js "$root/usr/local/bin/npm"
ln -s ../lib/node_modules/npm/bin/npx-cli.js "$root/usr/local/bin/npx"
chroot "$root" /usr/local/bin/node --version

echo lab-vm >"$root/etc/hostname"
printf '127.0.0.1 localhost lab-vm\n::1 localhost\n' >"$root/etc/hosts"
chroot "$root" /sbin/useradd --uid 1000 --create-home --shell /bin/bash learner
mkdir -p "$root/home/learner/container-lab/node_modules"
chroot "$root" chown learner: /home/learner/container-lab
echo 'learner ALL=(ALL) NOPASSWD: ALL' >"$root/etc/sudoers.d/learner"

# An ordinary user gets all controllers of cgroup v2, not only memory and pids.
mkdir -p "$root/etc/systemd/system/user@.service.d"
printf '[Service]\nDelegate=cpu cpuset io memory pids\n' >"$root/etc/systemd/system/user@.service.d/delegate.conf"

# The machine starts for one job and is thrown away: what serves a long life is left out.
chroot "$root" systemctl mask -q apt-daily.timer apt-daily-upgrade.timer dpkg-db-backup.timer e2scrub_all.timer \
	fstrim.timer systemd-tmpfiles-clean.timer systemd-journal-flush.service systemd-random-seed.service \
	systemd-sysusers.service systemd-update-utmp.service systemd-pstore.service \
	modprobe@configfs.service modprobe@dm_mod.service modprobe@drm.service modprobe@efi_pstore.service \
	modprobe@fuse.service modprobe@loop.service sys-kernel-config.mount sys-fs-fuse-connections.mount \
	sys-kernel-debug.mount sys-kernel-tracing.mount dev-hugepages.mount proc-sys-fs-binfmt_misc.automount
