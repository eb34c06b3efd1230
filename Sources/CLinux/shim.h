// What Swift's Glibc module leaves out of the C library and the kernel's headers: epoll, event descriptors, accept4, pipe2,
// socket filters, the allocator's settings, and functions with a variable number of arguments, which Swift cannot call.
#ifndef DISTINGUO_CLinux_SHIM_H
#define DISTINGUO_CLinux_SHIM_H

#include <linux/filter.h>
#include <linux/ioprio.h>
#include <malloc.h>
#include <sched.h>
#include <signal.h>
#include <spawn.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

// Their headers have them only with _GNU_SOURCE, which a module cannot define for a header that others have included.
extern int accept4(int descriptor, struct sockaddr *address, socklen_t *length, int flags);
extern int pipe2(int descriptors[2], int flags);
extern int posix_spawn_file_actions_addclosefrom_np(posix_spawn_file_actions_t *actions, int from);

// The calling process gets this signal when the thread that made it ends (prctl(2), PR_SET_PDEATHSIG).
static inline int distinguo_set_parent_death_signal(int number) {
  return prctl(PR_SET_PDEATHSIG, (unsigned long)number, 0UL, 0UL, 0UL);
}

// The calling thread reads and writes only while nobody else does (ioprio_set(2), which has no function in the C library).
static inline int distinguo_set_idle_io(void) {
  return (int)syscall(SYS_ioprio_set, IOPRIO_WHO_PROCESS, 0, IOPRIO_PRIO_VALUE(IOPRIO_CLASS_IDLE, 0));
}

// The calling thread runs only while nobody else wants to (sched(7)). The name of the policy needs _GNU_SOURCE, too.
static inline int distinguo_set_idle_scheduling(void) {
  const struct sched_param parameter = {.sched_priority = 0};
  return sched_setscheduler(0, 5 /* SCHED_IDLE */, &parameter);
}

#endif
