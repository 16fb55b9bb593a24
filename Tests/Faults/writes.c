/* Ends a process right before its Nth call that changes a file of the run: preloaded by laboratory.py, which tries every N.
 * ASCENT_KILL_AT is N; without it the calls are counted, and the count goes to the file ASCENT_WRITES. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/types.h>
#include <unistd.h>

static long calls;

static void count(void) {
  const char *at = getenv("ASCENT_KILL_AT");
  calls++;
  if (at && calls == atol(at)) kill(getpid(), SIGKILL);
}

__attribute__((destructor)) static void tell(void) {
  const char *path = getenv("ASCENT_WRITES");
  FILE *file = path ? fopen(path, "w") : NULL;
  if (!file) return;
  fprintf(file, "%ld\n", calls);
  fclose(file);
}

#define NEXT(name) ((typeof(&name))dlsym(RTLD_NEXT, #name))

ssize_t write(int descriptor, const void *bytes, size_t size) {
  if (descriptor > STDERR_FILENO) count();
  return NEXT(write)(descriptor, bytes, size);
}

int fsync(int descriptor) {
  count();
  return NEXT(fsync)(descriptor);
}

int rename(const char *from, const char *to) {
  count();
  return NEXT(rename)(from, to);
}

int unlink(const char *path) {
  count();
  return NEXT(unlink)(path);
}

int mkdir(const char *path, mode_t mode) {
  count();
  return NEXT(mkdir)(path, mode);
}

int open(const char *path, int flags, ...) {
  mode_t mode = 0;
  if (flags & O_CREAT) {
    va_list rest;
    va_start(rest, flags);
    mode = va_arg(rest, mode_t);
    va_end(rest);
    count();
  }
  return NEXT(open)(path, flags, mode);
}
