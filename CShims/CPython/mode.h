/* The floating-point mode of a thread: rounding, flushing to zero, which exceptions trap. An environment, or a library
 * that it loads, may change it; its calls have the mode that it left, and everything else has the run's. */
#ifndef ASCENT_CPYTHON_MODE_H
#define ASCENT_CPYTHON_MODE_H

#include <stddef.h>
#include <stdint.h>

#if defined(__x86_64__)
#include <immintrin.h>

/* The control and status words of SSE and of x87. */
typedef struct mode {
  uint32_t sse;
  uint16_t x87;
} mode;

static inline mode mode_read(void) {
  mode now = {.sse = _mm_getcsr()};
  __asm__ volatile("fnstcw %0" : "=m"(now.x87));
  return now;
}

static inline void mode_write(mode wanted) {
  _mm_setcsr(wanted.sse);
  __asm__ volatile("fldcw %0" : : "m"(wanted.x87));
}

/* What a program begins with: to nearest, denormal numbers kept, no traps. */
#define MODE_USUAL ((mode){.sse = 0x1F80, .x87 = 0x037F})

/* 1 if both compute alike: the flags of exceptions that happened are no part of that. */
static inline int mode_equal(mode a, mode b) { return ((a.sse ^ b.sse) & 0xFFC0) == 0 && a.x87 == b.x87; }

#elif defined(__aarch64__)

/* The control register; the flags of exceptions are in another one. */
typedef struct mode {
  uint64_t fpcr;
} mode;

static inline mode mode_read(void) {
  mode now;
  __asm__ volatile("mrs %0, fpcr" : "=r"(now.fpcr));
  return now;
}

static inline void mode_write(mode wanted) { __asm__ volatile("msr fpcr, %0" : : "r"(wanted.fpcr)); }

#define MODE_USUAL ((mode){0})

static inline int mode_equal(mode a, mode b) { return a.fpcr == b.fpcr; }

#else
#error "the floating-point mode of this processor is not known here"
#endif

/* Writes what differs from the usual mode, as "rounds upward, flushes denormal numbers to zero"; "" for nothing. */
void mode_describe(mode m, char *out, size_t size);

#endif
