/* GSL's error handler, which records the last error of each thread. */
#include "internal.h"
#include <gsl/gsl_errno.h>
#include <gsl/gsl_version.h>
#include <pthread.h>

static _Thread_local int last_error;
static pthread_once_t installed = PTHREAD_ONCE_INIT;

static void remember(const char *reason, const char *file, int line, int number) {
  (void)reason;
  (void)file;
  (void)line;
  last_error = number;
}

static void install(void) { gsl_set_error_handler(remember); }

void cgsl_install_handler(void) { pthread_once(&installed, install); }

int cgsl_take_error(void) {
  int number = last_error;
  last_error = 0;
  return number;
}

const char *cgsl_version(void) { return gsl_version; }
