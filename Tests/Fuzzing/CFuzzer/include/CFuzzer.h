#ifndef KEYFERRY_CFUZZER_H
#define KEYFERRY_CFUZZER_H

#include <stddef.h>
#include <stdint.h>

// libFuzzer's entry for programs that have a main of their own; no header of clang declares it.
int LLVMFuzzerRunDriver(int *count, char ***arguments, int (*callback)(const uint8_t *bytes, size_t byteCount));

#endif
