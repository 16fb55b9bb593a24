/* Locks on ranges of a file, for the process that owns a run's folder. */
#include "internal.h"
#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

int32_t cworkers_lock(int32_t descriptor, int64_t first, int64_t count) {
  struct flock range = {.l_type = F_WRLCK, .l_whence = SEEK_SET, .l_start = first, .l_len = count};
  while (fcntl(descriptor, F_SETLK, &range) != 0) {
    if (errno == EACCES) return EAGAIN;
    if (errno != EINTR) return errno;
  }
  return 0;
}

int32_t cworkers_lock_holder(int32_t descriptor, int64_t first, int64_t count) {
  struct flock range = {.l_type = F_WRLCK, .l_whence = SEEK_SET, .l_start = first, .l_len = count};
  if (fcntl(descriptor, F_GETLK, &range) != 0) return 0;
  if (range.l_type == F_UNLCK) return 0;
  return range.l_pid > 0 ? range.l_pid : -1;
}
