// What Swift cannot call of the operating system's process interface. Imported by ServiceBootstrap only.
#ifndef KEYFERRY_CPROCESS_H
#define KEYFERRY_CPROCESS_H

#include <sys/prctl.h>

/// Marks this process as not dumpable: no core file, and no other process of the same user may trace it or read its
/// memory (prctl(2), PR_SET_DUMPABLE). A shim because `prctl` is variadic, which Swift does not import.
/// Returns 0, or -1 with errno set.
static inline int keyferry_process_forbid_dumps(void) {
    return prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
}

#endif
