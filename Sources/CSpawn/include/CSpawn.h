// Two steps between fork and exec that glibc has and Swift does not see: they are declared for _GNU_SOURCE only.
// Imported by LocalSite only.
#ifndef KEYFERRY_CSPAWN_H
#define KEYFERRY_CSPAWN_H

#include <spawn.h>

/// Closes every descriptor from `first` on. Returns 0 or an error number.
int keyferry_spawn_close_from(posix_spawn_file_actions_t *actions, int first);

/// Makes `folder` the working directory. Returns 0 or an error number.
int keyferry_spawn_work_in(posix_spawn_file_actions_t *actions, const char *folder);

#endif
