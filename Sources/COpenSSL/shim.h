// OpenSSL's libssl, and what it needs of libcrypto (Debian's libssl-dev).
#ifndef DISTINGUO_COpenSSL_SHIM_H
#define DISTINGUO_COpenSSL_SHIM_H

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>

// Swift sees no macros that take arguments, nor what is made of them: SSL_OP_BIT, casts, calls of SSL_CTX_ctrl. These are
// the ones in use, each under its own name.

static const uint64_t distinguo_SSL_OP_CIPHER_SERVER_PREFERENCE = SSL_OP_CIPHER_SERVER_PREFERENCE;
static const uint64_t distinguo_SSL_OP_IGNORE_UNEXPECTED_EOF = SSL_OP_IGNORE_UNEXPECTED_EOF;
static const uint64_t distinguo_SSL_OP_NO_COMPRESSION = SSL_OP_NO_COMPRESSION;
static const uint64_t distinguo_SSL_OP_NO_RENEGOTIATION = SSL_OP_NO_RENEGOTIATION;
static const uint64_t distinguo_SSL_OP_PRIORITIZE_CHACHA = SSL_OP_PRIORITIZE_CHACHA;
static const unsigned long distinguo_XN_FLAG_RFC2253 = XN_FLAG_RFC2253;

static inline long distinguo_SSL_CTX_set_min_proto_version(SSL_CTX *context, int version) {
  return SSL_CTX_set_min_proto_version(context, version);
}

static inline long distinguo_SSL_CTX_set_mode(SSL_CTX *context, long mode) { return SSL_CTX_set_mode(context, mode); }

static inline long distinguo_SSL_CTX_set_session_cache_mode(SSL_CTX *context, long mode) {
  return SSL_CTX_set_session_cache_mode(context, mode);
}

static inline long distinguo_SSL_CTX_set_read_ahead(SSL_CTX *context, long isOn) {
  return SSL_CTX_set_read_ahead(context, isOn);
}

static inline long distinguo_SSL_CTX_add1_chain_cert(SSL_CTX *context, X509 *certificate) {
  return SSL_CTX_add1_chain_cert(context, certificate);
}

static inline long distinguo_BIO_get_mem_data(BIO *bio, char **start) { return BIO_get_mem_data(bio, start); }

static inline int distinguo_ERR_is_system(unsigned long code) { return ERR_SYSTEM_ERROR(code); }

#endif
