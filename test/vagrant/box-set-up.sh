#!/bin/bash
# Makes of a plain Debian, with its root directory as $1, what Vagrant expects of
# a box: a user `vagrant` with Vagrant's public key, sudo, and an address by DHCP.
set -euo pipefail
root=$1
public_key=$(dpkg --listfiles vagrant | grep '/keys/vagrant\.pub$')

echo debian >"$root/etc/hostname"
echo '127.0.0.1 localhost debian' >"$root/etc/hosts"
chroot "$root" useradd --create-home --shell /bin/bash vagrant
install -D -m 600 "$public_key" "$root/home/vagrant/.ssh/authorized_keys"
chroot "$root" chown -R vagrant: /home/vagrant
echo 'vagrant ALL=(ALL) NOPASSWD: ALL' >"$root/etc/sudoers.d/vagrant"
printf '[Match]\nName=e*\n[Network]\nDHCP=ipv4\n' >"$root/etc/systemd/network/80-dhcp.network"
chroot "$root" systemctl enable -q systemd-networkd ssh

# The kernel and its initrd are in the box. Packing another initrd takes minutes where instructions are emulated.
echo 'update_initramfs=no' >"$root/etc/initramfs-tools/update-initramfs.conf"

# The machine trusts whom this host trusts: a network's own proxy, say.
own=(/usr/local/share/ca-certificates/*.crt)
if [ -e "${own[0]}" ]; then
	cp "${own[@]}" "$root/usr/local/share/ca-certificates/"
	chroot "$root" update-ca-certificates >/dev/null 2>&1
	echo 'NODE_EXTRA_CA_CERTS=/etc/ssl/certs/ca-certificates.crt' >>"$root/etc/environment"
fi
