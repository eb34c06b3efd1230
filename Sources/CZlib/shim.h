// zlib (Debian's zlib1g-dev).
#ifndef DISTINGUO_CZlib_SHIM_H
#define DISTINGUO_CZlib_SHIM_H

#include <zlib.h>

#endif
