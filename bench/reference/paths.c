/* paths.c - what /proc and /sys show of the host: hidden, or read-only. */
#include "reference.h"

#include <errno.h>
#include <stddef.h>
#include <sys/mount.h>
#include <sys/stat.h>

static const char *hidden[] = {
	"/proc/acpi", "/proc/asound", "/proc/interrupts", "/proc/kcore", "/proc/keys", "/proc/latency_stats",
	"/proc/sched_debug", "/proc/scsi", "/proc/timer_list", "/proc/timer_stats", "/sys/devices/virtual/powercap",
	"/sys/firmware",
};

static const char *read_only[] = { "/proc/bus", "/proc/fs", "/proc/irq", "/proc/sys", "/proc/sysrq-trigger" };

static void hide(const char *path)
{
	struct stat status;
	int result;

	if (stat(path, &status) < 0)
		return;
	if (S_ISDIR(status.st_mode))
		result = mount("tmpfs", path, "tmpfs", MS_RDONLY, "size=0");
	else
		result = mount("/dev/null", path, NULL, MS_BIND, NULL);
	check(result < 0 && errno == ENOENT ? 0 : result, path);
}

static void make_read_only(const char *path)
{
	struct stat status;

	if (stat(path, &status) < 0)
		return;
	check(mount(path, path, NULL, MS_BIND | MS_REC, NULL), path);
	check(mount(NULL, path, NULL, MS_REMOUNT | MS_BIND | MS_RDONLY | MS_NOSUID | MS_NODEV | MS_NOEXEC, NULL), path);
}

void hide_paths(void)
{
	for (size_t i = 0; i < sizeof hidden / sizeof *hidden; i++)
		hide(hidden[i]);
	for (size_t i = 0; i < sizeof read_only / sizeof *read_only; i++)
		make_read_only(read_only[i]);
}

/* Where the host's is partly hidden, the kernel refuses one that would show all. */
void mount_sys(void)
{
	int result;

	ensure_directory("sys");
	result = mount("sysfs", "sys", "sysfs", MS_RDONLY | MS_NOSUID | MS_NODEV | MS_NOEXEC, NULL);
	check(result < 0 && errno == EPERM ? 0 : result, "mount sys");
}
