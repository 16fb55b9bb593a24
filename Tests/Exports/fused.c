/* Compares the fused multiply-add of exported programs (fused.h, written by the test) with the C library's: on arbitrary
 * floats, and on those whose sum is near the middle of two floats, where rounding twice differs from rounding once. */
#include <math.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "fused.h"

static uint64_t state = 88172645463325252u;

static uint64_t draw(void) {
  state ^= state << 13;
  state ^= state >> 7;
  state ^= state << 17;
  return state;
}

static long tested, different, twice;

static void compare(float a, float b, float c) {
  const float expected = fmaf(a, b, c), found = fused(a, b, c);
  single_bits x, y;
  x.f = expected;
  y.f = found;
  tested++;
  if (x.i != y.i && !(expected != expected && found != found)) different++;
  if ((float)((double)a * b + c) != expected && expected == expected) twice++;
}

int main(void) {
  for (int k = 0; k < 4000000; k++) {
    single_bits a, b, c;
    a.i = (uint32_t)draw();
    b.i = (uint32_t)draw();
    c.i = (uint32_t)draw();
    compare(a.f, b.f, c.f);
    /* (1 + d) (1 - d) = 1 - d^2 beside a float whose neighbor is 2 away, at every scale and also where it is subnormal. */
    const float d = ldexpf(1, -(int)(draw() % 23) - 1), sign = draw() % 2 ? -1.0f : 1.0f;
    const float large = (float)(16777216 + 2 * (draw() % 8388608)) * (draw() % 2 ? -1.0f : 1.0f);
    const int up = (int)(draw() % 270) - 174;
    compare((1 + d) * sign, ldexpf(1 - d, up), ldexpf(large, up));
  }
  printf("%ld tested, %ld different, %ld if rounded twice\n", tested, different, twice);
  return different != 0 || twice < 1000;
}
