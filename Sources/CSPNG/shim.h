// libspng (Debian's libspng-dev).
#ifndef DISTINGUO_CSPNG_SHIM_H
#define DISTINGUO_CSPNG_SHIM_H

#include <spng.h>

#endif
