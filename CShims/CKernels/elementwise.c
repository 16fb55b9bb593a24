/* tanh, exp, log with fixed operations: no library function, whose bits would depend on the machine.
 *
 * Goals, in this order: the same bits on every path; errors below 3e-7; speed. */
#include "dispatch.h"
#include <math.h>
#include <string.h>

static inline __attribute__((always_inline)) float from_bits(uint32_t bits) {
  float x;
  memcpy(&x, &bits, sizeof x);
  return x;
}

static inline __attribute__((always_inline)) uint32_t to_bits(float x) {
  uint32_t bits;
  memcpy(&bits, &x, sizeof bits);
  return bits;
}

/* exp x = 2ⁿ exp r with n = round(x / ln 2), r = x − n ln 2 in two parts; exp r by its Taylor polynomial of degree 7,
 * |r| ≤ ½ ln 2, whose remainder is below 1e-8. The power of two is applied in two halves, so that results near the
 * largest and among the subnormal numbers are right. */
static inline __attribute__((always_inline)) float exp_one(float x) {
  float limited = x > 89.0f ? 89.0f : x;
  limited = limited < -104.0f ? -104.0f : limited;
  float n = __builtin_rintf(limited * 1.44269504088896341f);
  float r = FMA(n, -0.693359375f, limited);
  r = FMA(n, 2.12194440054690583e-4f, r);
  float p = 1.98412698412698e-4f;
  p = FMA(p, r, 1.38888888888889e-3f);
  p = FMA(p, r, 8.33333333333333e-3f);
  p = FMA(p, r, 4.16666666666667e-2f);
  p = FMA(p, r, 1.66666666666667e-1f);
  p = FMA(p, r, 0.5f);
  p = FMA(p, r, 1.0f);
  p = FMA(p, r, 1.0f);
  int32_t whole = x != x ? 0 : (int32_t)n;
  int32_t half = whole >> 1;
  float scaled =
      p * from_bits((uint32_t)(half + 127) << 23) * from_bits((uint32_t)(whole - half + 127) << 23);
  return x != x ? x : scaled;
}

BODY exp_body(size_t count, const float *x, float *y) {
  for (size_t i = 0; i < count; i++) y[i] = exp_one(x[i]);
}
CKERNELS_PATHS(exp, (size_t count, const float *x, float *y), (count, x, y))

/* log x = e ln 2 + log m with √½ ≤ m < √2, and with z = (m − 1)/(m + 1): log m = 2 (z + z³/3 + z⁵/5 + z⁷/7 + z⁹/9),
 * |z| < 0.172, whose remainder is below 1e-9. */
static inline __attribute__((always_inline)) float log_one(float x) {
  int is_small = x < 1.17549435e-38f;
  float scaled = is_small ? x * 8388608.0f : x;
  uint32_t bits = to_bits(scaled);
  int32_t e = (int32_t)((bits - 0x3F3504F3u)) >> 23;
  float m = from_bits(bits - ((uint32_t)e << 23));
  float exponent = (float)(is_small ? e - 23 : e);
  float f = m - 1.0f;
  float z = f / (2.0f + f);
  float zz = z * z;
  float p = 0.222222222f;
  p = FMA(p, zz, 0.285714286f);
  p = FMA(p, zz, 0.4f);
  p = FMA(p, zz, 0.666666667f);
  /* log m = f − z·(f − zz·p): the leading term is exact, so that log x keeps its digits near 1. */
  float small = f - z * FMA(-zz, p, f);
  float result = FMA(exponent, 0.693359375f, FMA(exponent, -2.12194440054690583e-4f, small));
  result = x == 0 ? -INFINITY : result;
  result = x == INFINITY ? x : result;
  return x >= 0 ? result : NAN;
}

BODY log_body(size_t count, const float *x, float *y) {
  for (size_t i = 0; i < count; i++) y[i] = log_one(x[i]);
}
CKERNELS_PATHS(log, (size_t count, const float *x, float *y), (count, x, y))

/* tanh x as a quotient of odd and even polynomials on |x| ≤ 7.9988, beyond which it is ±1 in single precision. */
static inline __attribute__((always_inline)) float tanh_one(float x) {
  float limited = x > 7.99881172180175781f ? 7.99881172180175781f : x;
  limited = limited < -7.99881172180175781f ? -7.99881172180175781f : limited;
  float xx = limited * limited;
  float p = -2.76076847742355e-16f;
  p = FMA(p, xx, 2.00018790482477e-13f);
  p = FMA(p, xx, -8.60467152213735e-11f);
  p = FMA(p, xx, 5.12229709037114e-08f);
  p = FMA(p, xx, 1.48572235717979e-05f);
  p = FMA(p, xx, 6.37261928875436e-04f);
  p = FMA(p, xx, 4.89352455891786e-03f);
  float q = 1.19825839466702e-06f;
  q = FMA(q, xx, 1.18534705686654e-04f);
  q = FMA(q, xx, 2.26843463243900e-03f);
  q = FMA(q, xx, 4.89352518554385e-03f);
  return x != x ? x : limited * p / q;
}

BODY tanh_body(size_t count, const float *x, float *y) {
  for (size_t i = 0; i < count; i++) y[i] = tanh_one(x[i]);
}
CKERNELS_PATHS(tanh, (size_t count, const float *x, float *y), (count, x, y))

BODY tanh_adjoint_body(size_t count, const float *y, float *dy) {
  for (size_t i = 0; i < count; i++) dy[i] = dy[i] * FMA(-y[i], y[i], 1.0f);
}
CKERNELS_PATHS(tanh_adjoint, (size_t count, const float *y, float *dy), (count, y, dy))

/* Rows are short (the actions of a policy), so a row is one scalar chain from left to right. */
void ckernels_log_softmax(size_t rows, size_t n, const float *x, float *y) {
  for (size_t row = 0; row < rows; row++, x += n, y += n) {
    float highest = x[0];
    for (size_t j = 1; j < n; j++) highest = x[j] > highest ? x[j] : highest;
    float sum = 0;
    for (size_t j = 0; j < n; j++) sum += exp_one(x[j] - highest);
    float shift = highest + log_one(sum);
    for (size_t j = 0; j < n; j++) y[j] = x[j] - shift;
  }
}
