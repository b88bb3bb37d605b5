#!/bin/bash
# Makes a Debian or Ubuntu machine ready for the lab: installs what the kit
# needs and puts a copy of the kit into a user's home folder. It may be run
# again at any time, and then only does what is missing.
#
#   sudo vagrant/provision.sh [USER [FOLDER]]
#
# USER is who will work with the kit (default: who called sudo), FOLDER where
# the kit is (default: the one that holds this script). Vagrant, Lima, a cloud
# machine, WSL 2 and Multipass all use it like this.
#
# Node.js 20 or newer: the one that is there, else the distribution's if it is
# new enough (Debian 13), else the npm registry's package `node` (Debian 12,
# Ubuntu 22.04 and 24.04), into /usr/local. With NODE_TARBALL=FILE, an archive
# of Node's own is unpacked there instead.
set -euo pipefail

NODE_WANTED=20
NODE_FROM_REGISTRY=22

user=${1:-${SUDO_USER:-root}}
source=$(realpath "${2:-$(dirname "$0")/..}")
home=$(getent passwd "$user" | cut -d: -f6)
kit=$home/container-lab

cd /

say() { echo "provision: $*"; }

if [ "$(id -u)" != 0 ]; then
	echo "provision: this installs packages, which takes root: sudo $0 $*" >&2
	exit 1
fi
if [ -z "$home" ]; then
	echo "provision: there is no user $user here" >&2
	exit 1
fi

install_packages() {
	local missing=() package
	for package in "$@"; do
		dpkg-query -W -f='${Status}' "$package" 2>/dev/null | grep -q 'ok installed' || missing+=("$package")
	done
	[ ${#missing[@]} = 0 ] && return
	say "installing ${missing[*]}"
	[ -n "${lists_are_fresh-}" ] || apt-get update -qq
	lists_are_fresh=yes
	DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
}

node_major() { node --version 2>/dev/null | sed -n 's/^v\([0-9]*\).*/\1/p'; }
has_node() { [ "$(node_major)" ] && [ "$(node_major)" -ge $NODE_WANTED ] && command -v npm >/dev/null; }
offered_node() { apt-cache policy nodejs | sed -n 's/.*Candidate: \([0-9]*\).*/\1/p'; }

install_node() {
	hash -r
	if has_node; then
		say "Node.js $(node --version) is there"
		return
	elif [ -n "${NODE_TARBALL-}" ]; then
		say "unpacking $NODE_TARBALL into /usr/local"
		tar --extract --file "$NODE_TARBALL" --strip-components 1 --directory /usr/local --no-same-owner \
			--wildcards '*/bin' '*/lib' '*/include' '*/share'
	elif offered=$(offered_node) && [ "${offered:-0}" -ge $NODE_WANTED ]; then
		install_packages nodejs npm
	else
		# The distribution's npm fetches a newer Node.js and a newer npm, and is not needed after that.
		install_packages npm
		say "installing Node.js $NODE_FROM_REGISTRY from the npm registry"
		npm install --global --silent --prefix /usr/local "node@$NODE_FROM_REGISTRY" npm@10
		apt-get purge -y -qq npm nodejs >/dev/null
		apt-get autoremove --purge -y -qq >/dev/null
	fi
	hash -r
	has_node || {
		echo "provision: Node.js $NODE_WANTED or newer was not to be had" >&2
		exit 1
	}
	say "Node.js $(node --version)"
}

# What an ordinary user needs to make containers of their own.
allow_rootless() {
	local delegation=/etc/systemd/system/user@.service.d/delegate.conf
	if [ -d /run/systemd/system ] && [ ! -e $delegation ]; then
		say "delegating all cgroup controllers to users ($delegation)"
		mkdir -p "$(dirname $delegation)"
		printf '[Service]\nDelegate=cpu cpuset io memory pids\n' >$delegation
		systemctl daemon-reload
	fi
	if [ "$user" != root ] && ! grep -q "^$user:" /etc/subuid; then
		usermod --add-subuids 100000-165535 --add-subgids 100000-165535 "$user"
	fi
	# Ubuntu 24.04 takes a user namespace's rights away. This machine is for namespaces.
	local restriction=kernel.apparmor_restrict_unprivileged_userns
	if [ "$(sysctl -n $restriction 2>/dev/null)" = 1 ]; then
		say "allowing user namespaces (/etc/sysctl.d/60-container-lab.conf)"
		echo "$restriction = 0" >/etc/sysctl.d/60-container-lab.conf
		sysctl -q -p /etc/sysctl.d/60-container-lab.conf
	fi
}

# Without what belongs to another system or architecture. What is newer here
# stays, and images keep their owners.
copy_kit() {
	[ "$source" = "$kit" ] && return
	say "copying the kit to $kit"
	install -d -o "$user" -g "$(id -gn "$user")" "$kit"
	tar --create --directory "$source" --exclude=./node_modules --exclude=./native/build --exclude=./build --exclude=./rootfs \
		--exclude=./.vagrant . |
		runuser -u "$user" -- tar --extract --directory "$kit" --keep-newer-files --warning=no-ignore-newer
}

install_packages ca-certificates gcc libc6-dev linux-libc-dev make git iproute2 iptables nftables iputils-ping procps \
	util-linux strace tmux uidmap dbus-user-session debootstrap busybox-static xz-utils zstd
install_node
allow_rootless
copy_kit
say "npm ci"
runuser -u "$user" -- env -C "$kit" HOME="$home" npm ci --silent --no-audit --no-fund
say "ready: cd $kit && npm run step"
