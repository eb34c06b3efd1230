// OpenSSL's libcrypto: digests, keyed hashes, random bytes (Debian's libssl-dev).
#ifndef DISTINGUO_CCrypto_SHIM_H
#define DISTINGUO_CCrypto_SHIM_H

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/rand.h>

#endif
