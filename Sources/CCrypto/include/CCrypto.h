// libcrypto of OpenSSL 3.0 as one module. Cryptography is its only importer.
// The inline functions here are what Swift can't call itself: macros and variadic functions.

#ifndef CCRYPTO_H
#define CCRYPTO_H

#include <openssl/asn1.h>
#include <openssl/bio.h>
#include <openssl/bn.h>
#include <openssl/crypto.h>
#include <openssl/ec.h>
#include <openssl/ecdsa.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/kdf.h>
#include <openssl/objects.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>
#include <openssl/x509_vfy.h>
#include <openssl/x509v3.h>

// EVP_RSA_gen and EVP_EC_gen are macros over a variadic function.
static inline EVP_PKEY *CCrypto_RSA_generate(size_t bits) {
    return EVP_RSA_gen(bits);
}

static inline EVP_PKEY *CCrypto_P256_generate(void) {
    return EVP_EC_gen("P-256");
}

// A macro that writes through its second argument.
static inline long CCrypto_BIO_get_mem_data(BIO *bio, char **data) {
    return BIO_get_mem_data(bio, data);
}

// Flags of unsigned long made of other macros.
static inline unsigned long CCrypto_RFC2253_flags(void) {
    return XN_FLAG_RFC2253;
}

// Whether the allocator of process_life.c is in place.
int CCrypto_wipes_freed_memory(void);

#endif
