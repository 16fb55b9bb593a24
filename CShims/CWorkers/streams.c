/* The standard descriptors, and the one to which results go. */
#define _GNU_SOURCE 1 /* F_DUPFD_CLOEXEC */
#include "CWorkers.h"
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <unistd.h>

static int results = STDOUT_FILENO;

void cworkers_open_streams(void) {
  /* From 0 on, so that each gets the lowest free number: its own. */
  for (int k = STDIN_FILENO; k <= STDERR_FILENO; k++) {
    if (fcntl(k, F_GETFD) >= 0) continue;
    if (open("/dev/null", k == STDERR_FILENO ? O_WRONLY : O_RDONLY) < 0) open("/", O_RDONLY);
  }
}

static void close_results(void) {
  if (results > STDERR_FILENO) close(results);
  results = -1;
}

bool cworkers_keep_results(void) {
  if (results != STDOUT_FILENO) return true;
  int own = fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
  if (own < 0) return false;
  if (dup2(STDERR_FILENO, STDOUT_FILENO) < 0) {
    close(own);
    return false;
  }
  results = own;
  return pthread_atfork(NULL, NULL, close_results) == 0;
}

int32_t cworkers_results(void) { return results; }

bool cworkers_is_unread(void) {
  struct pollfd state = {STDERR_FILENO, POLLOUT, 0};
  return poll(&state, 1, 0) > 0 && (state.revents & POLLERR) != 0;
}

void cworkers_await_room(int32_t descriptor) {
  struct pollfd state = {descriptor, POLLOUT, 0};
  poll(&state, 1, -1);
}
