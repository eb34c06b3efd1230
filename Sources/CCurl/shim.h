// libcurl (Debian's libcurl4-openssl-dev).
#ifndef DISTINGUO_CCurl_SHIM_H
#define DISTINGUO_CCurl_SHIM_H

#include <curl/curl.h>

// Swift cannot call what takes a variable number of arguments. These are the ones in use, by the argument's type; the names
// stand in parentheses so that no macro takes their place.

static inline CURLcode distinguo_curl_set_number(CURL *handle, CURLoption option, long value) {
  return (curl_easy_setopt)(handle, option, value);
}

static inline CURLcode distinguo_curl_set_text(CURL *handle, CURLoption option, const char *value) {
  return (curl_easy_setopt)(handle, option, value);
}

static inline CURLcode distinguo_curl_set_pointer(CURL *handle, CURLoption option, void *value) {
  return (curl_easy_setopt)(handle, option, value);
}

static inline CURLcode distinguo_curl_set_writer(CURL *handle, curl_write_callback function, void *context) {
  CURLcode code = (curl_easy_setopt)(handle, CURLOPT_WRITEFUNCTION, function);
  return code == CURLE_OK ? (curl_easy_setopt)(handle, CURLOPT_WRITEDATA, context) : code;
}

static inline CURLcode distinguo_curl_get_number(CURL *handle, CURLINFO what, long *value) {
  return (curl_easy_getinfo)(handle, what, value);
}

#endif
