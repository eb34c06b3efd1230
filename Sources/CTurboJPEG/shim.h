// libjpeg-turbo through its TurboJPEG API (Debian's libturbojpeg0-dev).
#ifndef DISTINGUO_CTurboJPEG_SHIM_H
#define DISTINGUO_CTurboJPEG_SHIM_H

#include <turbojpeg.h>

#endif
