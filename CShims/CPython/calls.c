/* The time inside of hosted calls, for profiles. */
#define _GNU_SOURCE /* clock_gettime */
#include "internal.h"
#include <time.h>

static int is_timed;
static int64_t sum;

int64_t calls_now(void) {
  struct timespec time;
  if (!is_timed || clock_gettime(CLOCK_MONOTONIC, &time) != 0) return 0;
  return (int64_t)time.tv_sec * 1000000000 + time.tv_nsec;
}

void calls_add(int64_t began) { sum += calls_now() - began; }

void cpython_time_calls(void) { is_timed = 1; }

double cpython_call_seconds(void) { return (double)sum * 1e-9; }
