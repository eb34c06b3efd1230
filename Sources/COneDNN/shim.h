#ifndef DISTINGUO_COneDNN_SHIM_H
#define DISTINGUO_COneDNN_SHIM_H
#include <oneapi/dnnl/dnnl.h>
#endif
