/* The time at which a file was made, which the C library's stat does not say. */
#define _GNU_SOURCE 1 /* statx */
#include "CWorkers.h"
#include <fcntl.h>
#include <sys/stat.h>

bool cworkers_birth(const char *path, int64_t *seconds, uint32_t *nanoseconds) {
  struct statx status;
  if (statx(AT_FDCWD, path, 0, STATX_BTIME, &status) != 0 || !(status.stx_mask & STATX_BTIME)) return false;
  *seconds = status.stx_btime.tv_sec;
  *nanoseconds = status.stx_btime.tv_nsec;
  return true;
}
