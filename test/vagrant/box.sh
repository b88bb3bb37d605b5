#!/bin/bash
# Packages a Debian as a box for Vagrant's libvirt provider, so that the
# Vagrantfile can be tried where no box can be downloaded:
#
#   box.sh FOLDER
#
# makes in FOLDER the box and catalog.json, which tells Vagrant that this is the
# box, in the version, that the Vagrantfile names: so it is used as it is.
set -euo pipefail
folder=$1
here=$(realpath "$(dirname "$0")")
read -r name version < <(sed -n "s/^  libvirt: \['\([^']*\)', '\([^']*\)'\],$/\1 \2/p" "$here/../../Vagrantfile")

packages=(
	systemd systemd-sysv systemd-resolved udev dbus libpam-systemd openssh-server rsync sudo
	linux-image-amd64 initramfs-tools ca-certificates kmod e2fsprogs iproute2
)

cd "$folder"
mkdir contents
# In namespaces and a place of its own, so that its mounts and files end with it, whatever ends it.
export TMPDIR=$PWD
setpriv --pdeathsig KILL unshare --mount --pid --mount-proc --fork --kill-child \
	mmdebstrap --quiet --variant=apt --include="$(IFS=,; echo "${packages[*]}")" \
	--customize-hook="$here/box-set-up.sh" \
	--customize-hook="download /vmlinuz contents/vmlinuz" \
	--customize-hook="download /initrd.img contents/initrd" \
	bookworm root.tar
mkdir root
tar --extract --file root.tar --directory root --numeric-owner
mke2fs -q -t ext4 -d root disk.raw 12G
qemu-img convert -O qcow2 disk.raw contents/box.img
rm -r root root.tar disk.raw

cp "$here/box.rb" contents/Vagrantfile
echo '{"provider": "libvirt", "format": "qcow2", "virtual_size": 12}' >contents/metadata.json
tar --create --gzip --file debian.box --directory contents .
rm -r contents
cat >catalog.json <<END
{"name": "$name", "versions": [
  {"version": "$version", "providers": [{"name": "libvirt", "url": "file://$PWD/debian.box"}]}
]}
END
