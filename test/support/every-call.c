/*
 * every-call.c - tries system calls under a filter, and harms nobody.
 *
 * every-call FILTER CALLS: instructions, and calls of eight words: 1 for a call of
 * 32 bits, its number, six arguments. Writes a word for each: what the call gave, or
 * KILLED.
 *
 * No call is ever made. Before the filter another one stands, which refuses
 * everything with the error GOES_ON; of two filters that refuse, the kernel takes the
 * newer one's error. So GOES_ON is what the filter lets through.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <signal.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define GOES_ON 4000
#define KILLED (-10000)
/* Another end: minus its signal. */
#define ENDED (-20000)
/* Whoever knows it may install the second filter. */
#define PASSWORD 0x5ec

struct made {
	uint64_t old, number, arguments[6];
};

struct shared {
	uint64_t next;
	int64_t results[];
};

static void *contents(const char *path, size_t *size)
{
	struct stat status;
	int fd = open(path, O_RDONLY);
	void *bytes;

	if (fd < 0 || fstat(fd, &status) < 0)
		exit(1);
	*size = (size_t)status.st_size;
	bytes = mmap(NULL, *size, PROT_READ, MAP_PRIVATE, fd, 0);
	close(fd);
	return bytes == MAP_FAILED ? NULL : bytes;
}

static int refuse_everything(void)
{
	struct sock_filter instructions[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, 0),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_seccomp, 0, 3),
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, 16 + 5 * 8),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, PASSWORD, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | GOES_ON),
	};
	struct sock_fprog program = { sizeof instructions / sizeof instructions[0], instructions };

	return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 && syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &program) == 0;
}

static int64_t make(const struct made *call)
{
	const uint64_t *a = call->arguments;
	long result;

	if (!call->old) {
		result = syscall((long)(int32_t)call->number, a[0], a[1], a[2], a[3], a[4], a[5]);
		return result == -1 ? -errno : result;
	}
#ifdef __x86_64__
	__asm__ volatile("int $0x80"
	                 : "=a"(result)
	                 : "a"((uint32_t)call->number), "b"(a[0]), "c"(a[1]), "d"(a[2]), "S"(a[3]), "D"(a[4])
	                 : "r8", "r9", "r10", "r11", "memory");
	return (int32_t)result;
#else
	return ENDED;
#endif
}

/* Ends by a trap: it may make no call. */
static void try_calls(const struct sock_fprog *program, const struct made *calls, uint64_t count, struct shared *shared)
{
	if (!refuse_everything())
		_exit(1);
	if (syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, program, 0, 0, PASSWORD) != 0)
		__builtin_trap();
	for (; shared->next < count; shared->next++)
		shared->results[shared->next] = make(&calls[shared->next]);
	__builtin_trap();
}

int main(int argc, char **argv)
{
	size_t filter_size, calls_size;
	struct rlimit none = { 0, 0 };

	if (argc != 3)
		return 2;
	struct sock_filter *instructions = contents(argv[1], &filter_size);
	const struct made *calls = contents(argv[2], &calls_size);
	const struct sock_fprog program = { (unsigned short)(filter_size / sizeof *instructions), instructions };
	const uint64_t count = calls_size / sizeof *calls;
	const size_t size = sizeof(struct shared) + count * sizeof(int64_t);
	struct shared *shared = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	if (!instructions || !calls || shared == MAP_FAILED || setrlimit(RLIMIT_CORE, &none) < 0)
		return 1;
	for (int began = -1; shared->next < count; began = 0) {
		const uint64_t before = shared->next;
		pid_t child = fork();
		int status;

		if (child == 0)
			try_calls(&program, calls, count, shared);
		if (child < 0 || waitpid(child, &status, 0) < 0 || !WIFSIGNALED(status))
			return 1;
		if (shared->next == count)
			break;
		/* Twice at the same place: the filter was not taken. */
		if (began == 0 && shared->next == before && WTERMSIG(status) != SIGSYS)
			return 3;
		shared->results[shared->next++] = WTERMSIG(status) == SIGSYS ? KILLED : ENDED - WTERMSIG(status);
	}
	return write(1, shared->results, count * sizeof(int64_t)) == (ssize_t)(count * sizeof(int64_t)) ? 0 : 1;
}
