// How libcrypto lives in a process: what is set up once, when the program is loaded.
//
// It wipes every block of ordinary memory when it is freed, and so does libssl.
// OpenSSL 3.0 wipes most of what held a key, but not all: loading a private key leaves two copies of its DER in freed
// memory (its decoders read through buffers that are freed as they are), and a TLS connection's read buffer goes with
// the last plaintext in it. The allocator can be replaced only before its first use (CRYPTO_set_mem_functions(3)),
// which is why this runs when the program is loaded.
//
// It is not torn down when the process exits. By default it is, by a function that exit(3) calls, while the threads of
// event loops still use it: processes that exited with a connection open were seen to die of SIGSEGV instead. The
// memory goes back to the system with the process either way.

#include "CCrypto.h"

#include <malloc.h>
#include <openssl/crypto.h>
#include <stdlib.h>
#include <string.h>

static int is_installed;

static void *plain_malloc(size_t count, const char *file, int line) {
    (void)file;
    (void)line;
    return malloc(count);
}

static void wiping_free(void *block, const char *file, int line) {
    (void)file;
    (void)line;
    if (block == NULL) return;
    OPENSSL_cleanse(block, malloc_usable_size(block));
    free(block);
}

// Never in place: a block that moves or shrinks would leave its bytes behind.
static void *wiping_realloc(void *block, size_t count, const char *file, int line) {
    if (block == NULL) return malloc(count);
    if (count == 0) {
        wiping_free(block, file, line);
        return NULL;
    }
    size_t present = malloc_usable_size(block);
    void *moved = malloc(count);
    if (moved == NULL) return NULL;
    memcpy(moved, block, present < count ? present : count);
    wiping_free(block, file, line);
    return moved;
}

__attribute__((constructor)) static void install(void) {
    is_installed = CRYPTO_set_mem_functions(plain_malloc, wiping_realloc, wiping_free);
    OPENSSL_init_crypto(OPENSSL_INIT_NO_ATEXIT, NULL);
}

int CCrypto_wipes_freed_memory(void) {
    return is_installed;
}
