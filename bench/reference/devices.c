/* devices.c - which devices a cgroup of v2 may use: no file says it, but a program that the kernel asks. */
#define _GNU_SOURCE
#include "reference.h"

#include <fcntl.h>
#include <linux/bpf.h>
#include <sys/syscall.h>
#include <unistd.h>

static int bpf(enum bpf_cmd command, union bpf_attr *attributes, const char *what)
{
	return check(syscall(SYS_bpf, command, attributes, sizeof *attributes), what);
}

/* A file with the instructions; see src/cgroups/devices.ts. */
static int load_program(const char *path)
{
	static struct bpf_insn instructions[4096];
	int fd = check(open(path, O_RDONLY | O_CLOEXEC), path);
	ssize_t length = check(read(fd, instructions, sizeof instructions), path);
	union bpf_attr attributes = {
		.prog_type = BPF_PROG_TYPE_CGROUP_DEVICE, .insns = (uintptr_t)instructions,
		.insn_cnt = length / sizeof *instructions, .license = (uintptr_t)"GPL",
	};

	check(close(fd), "close");
	return bpf(BPF_PROG_LOAD, &attributes, "bpf BPF_PROG_LOAD");
}

void limit_devices(const char *directory, const char *path)
{
	int group = check(open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC), directory);
	int program = load_program(path);
	union bpf_attr attributes = {
		.target_fd = group, .attach_bpf_fd = program,
		.attach_type = BPF_CGROUP_DEVICE, .attach_flags = BPF_F_ALLOW_MULTI,
	};

	bpf(BPF_PROG_ATTACH, &attributes, "bpf BPF_PROG_ATTACH");
	check(close(program), "close");
	check(close(group), "close");
}
