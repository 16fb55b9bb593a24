/* The words for a floating-point mode. */
#include "mode.h"
#include <stdio.h>

typedef struct words {
  const char *rounding; /* NULL: to nearest */
  int flushes, traps, is_short;
} words;

#if defined(__x86_64__)
static words read(mode m) {
  static const char *const rounding[] = {NULL, "rounds downward", "rounds upward", "rounds toward zero"};
  words w = {.rounding = rounding[m.sse >> 13 & 3]};
  if (!w.rounding) w.rounding = rounding[m.x87 >> 10 & 3];
  w.flushes = (m.sse & 0x8040) != 0; /* FTZ, DAZ */
  w.traps = (m.sse & 0x1F80) != 0x1F80 || (m.x87 & 0x3F) != 0x3F;
  w.is_short = (m.x87 >> 8 & 3) != 3;
  return w;
}
#else
static words read(mode m) {
  static const char *const rounding[] = {NULL, "rounds upward", "rounds downward", "rounds toward zero"};
  return (words){rounding[m.fpcr >> 22 & 3], (m.fpcr >> 24 & 1) != 0, (m.fpcr & 0x9F00) != 0, 0};
}
#endif

void mode_describe(mode m, char *out, size_t size) {
  const words w = read(m);
  const char *const parts[] = {
      w.rounding,
      w.flushes ? "flushes denormal numbers to zero" : NULL,
      w.traps ? "traps exceptions" : NULL,
      w.is_short ? "shortens the results of x87" : NULL,
  };
  size_t used = 0;
  if (size > 0) out[0] = 0;
  for (size_t k = 0; k < sizeof parts / sizeof *parts; k++) {
    if (!parts[k] || used >= size) continue;
    const int count = snprintf(out + used, size - used, "%s%s", used > 0 ? ", " : "", parts[k]);
    if (count > 0) used += (size_t)count;
  }
}
