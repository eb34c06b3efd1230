// libwebp, to read with (Debian's libwebp-dev).
#ifndef DISTINGUO_CWebP_SHIM_H
#define DISTINGUO_CWebP_SHIM_H

#include <webp/decode.h>

#endif
