// What Swift's Glibc module leaves out of the C library and the kernel's headers: epoll, event descriptors, accept4,
// socket filters.
#ifndef DISTINGUO_CLinux_SHIM_H
#define DISTINGUO_CLinux_SHIM_H

#include <linux/filter.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>

// <sys/socket.h> has it only with _GNU_SOURCE, which a module cannot define for a header that others have included.
extern int accept4(int descriptor, struct sockaddr *address, socklen_t *length, int flags);

#endif
