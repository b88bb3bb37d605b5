/*
 * raw.h - a system call without libc.
 *
 * libc's syscall() stores errors in errno, and errno belongs to a thread. A
 * CLONE_VM child runs on its parent's thread pointer, so it would overwrite the
 * errno of a Node thread in mid-flight. Here the error is the return value.
 */
#ifndef LAB_RAW_H
#define LAB_RAW_H

#if defined(__x86_64__)

static inline long raw_call(long number, const unsigned long a[6])
{
	register unsigned long r10 __asm__("r10") = a[3];
	register unsigned long r8 __asm__("r8") = a[4];
	register unsigned long r9 __asm__("r9") = a[5];
	long result;

	__asm__ volatile("syscall"
	                 : "=a"(result)
	                 : "a"(number), "D"(a[0]), "S"(a[1]), "d"(a[2]), "r"(r10), "r"(r8), "r"(r9)
	                 : "rcx", "r11", "memory");
	return result;
}

#elif defined(__aarch64__)

static inline long raw_call(long number, const unsigned long a[6])
{
	register unsigned long x8 __asm__("x8") = (unsigned long)number;
	register unsigned long x0 __asm__("x0") = a[0];
	register unsigned long x1 __asm__("x1") = a[1];
	register unsigned long x2 __asm__("x2") = a[2];
	register unsigned long x3 __asm__("x3") = a[3];
	register unsigned long x4 __asm__("x4") = a[4];
	register unsigned long x5 __asm__("x5") = a[5];

	__asm__ volatile("svc 0"
	                 : "+r"(x0)
	                 : "r"(x8), "r"(x1), "r"(x2), "r"(x3), "r"(x4), "r"(x5)
	                 : "memory");
	return (long)x0;
}

#else
#error "The executor knows x86-64 and arm64. To add a machine, add its system call instruction here."
#endif

/* RAW(number, ...): up to six arguments, the missing ones are zero. */
#define RAW(number, ...) \
	raw_call((number), (const unsigned long[6]){ __VA_ARGS__ })

#endif
