/* tanh, exp, log, the other activations and log-softmax on one path. Included by paths.h, once for each path. */

#include "tanh_body.h"

/* exp x = 2ⁿ exp r with n = round(x / log 2), |r| ≤ log 2 / 2. The factor 2ⁿ is a product of two normal floats. */
INLINE vector NAME(exp)(vector x) {
  x = NAME(clamp)(x, -104.5f, 89);
  const vector magic = NAME(splat)(0x1.8p23f);
  const vector shifted = NAME(fma)(x, NAME(splat)(0x1.715476p0f), magic);
  const vector n = shifted - magic;
  vector r = NAME(fma)(n, NAME(splat)(-0x1.62e4p-1f), x);
  r = NAME(fma)(n, NAME(splat)(-0x1.7f7d1cp-20f), r);
  const vector q = NAME(polynomial)(r, exp_q, COUNT(exp_q));
  const vector e = NAME(fma)(r * r, q, r) + NAME(splat)(1);
  const integers power = (integers)((bits)shifted - (bits)magic);
  const integers half = power >> 1;
  const vector first = (vector)(((bits)half + 127) << 23);
  const vector second = (vector)(((bits)power - (bits)half + 127) << 23);
  return e * first * second;
}

/* log x = n log 2 + log(1 + f) with 1 + f within [√½, √2). */
INLINE vector NAME(log)(vector x) {
  const integers small = x < NAME(splat)(0x1p-126f);
  const vector y = NAME(select)(small, x * NAME(splat)(0x1p23f), x);
  const bits above = (bits)y - 0x3f3504f3u;
  const vector n = __builtin_convertvector((integers)above >> 23, vector) -
                   NAME(select)(small, NAME(splat)(23), NAME(splat)(0));
  const vector f = (vector)((above & 0x7fffffu) + 0x3f3504f3u) - 1;
  const vector f2 = f * f;
  const vector q = NAME(polynomial)(f, log_q, COUNT(log_q));
  vector sum = f * f2 * q;
  sum = NAME(fma)(n, NAME(splat)(-0x1.bd0106p-13f), sum);
  sum = NAME(fma)(NAME(splat)(-0.5f), f2, sum);
  sum = NAME(fma)(n, NAME(splat)(0x1.63p-1f), sum + f);
  const vector infinity = NAME(splat)(INFINITY);
  sum = NAME(select)(x < NAME(splat)(INFINITY), sum, x);
  sum = NAME(select)(x == NAME(splat)(0), -infinity, sum);
  return NAME(select)(x < NAME(splat)(0), NAME(splat)(NAN), sum);
}

INLINE vector NAME(relu)(vector x) { return NAME(select)(x > NAME(splat)(0), x, NAME(splat)(0)); }

INLINE vector NAME(relu_adjoint)(vector y, vector d) {
  return NAME(select)(y > NAME(splat)(0), d, NAME(splat)(0));
}

INLINE vector NAME(elu)(vector x) {
  return NAME(select)(x > NAME(splat)(0), x, NAME(exp)(x) - NAME(splat)(1));
}

INLINE vector NAME(elu_adjoint)(vector y, vector d) {
  return NAME(select)(y > NAME(splat)(0), d, d * (y + NAME(splat)(1)));
}

/* Φ(x) = 1 − ½ t P(t) exp(−x²/2) above 0 with t = 1 / (1 + p x / √2), 1 − Φ(−x) below; *density = exp(−x²/2). */
INLINE vector NAME(normal)(vector x, vector *density) {
  const vector z = NAME(select)(x < NAME(splat)(0), -x, x);
  const vector one = NAME(splat)(1);
  const vector t = one / NAME(fma)(NAME(splat)(erf_scale), z, one);
  *density = NAME(exp)(NAME(splat)(-0.5f) * x * x);
  const vector tail = t * NAME(polynomial)(t, erf_p, COUNT(erf_p)) * *density;
  return NAME(select)(x < NAME(splat)(0), tail, one - tail);
}

INLINE vector NAME(gelu)(vector x) {
  vector density;
  const vector y = x * NAME(normal)(x, &density);
  return NAME(select)(x == NAME(splat)(-INFINITY), NAME(splat)(0), y);
}

INLINE vector NAME(gelu_adjoint)(vector x, vector d) {
  vector density;
  const vector below = NAME(normal)(x, &density);
  return d * NAME(fma)(x * density, NAME(splat)(0x1.988454p-2f), below);
}

/* y = function(x), one vector at a time; the last vector has only the remaining elements. */
#define EACH(function)                                                                                       \
  static void NAME(function##_each)(size_t count, const float *x, float *y) {                                \
    size_t i = 0;                                                                                            \
    for (; i + LANES <= count; i += LANES) NAME(store)(y + i, NAME(function)(NAME(load)(x + i)));            \
    if (i < count) {                                                                                         \
      const some last = NAME(first)(count - i);                                                              \
      NAME(store_some)(last, y + i, NAME(function)(NAME(load_some)(last, x + i)));                           \
    }                                                                                                        \
  }

EACH(tanh)
EACH(exp)
EACH(log)
EACH(relu)
EACH(elu)
EACH(gelu)
#undef EACH

/* d = function(known, d), in the same way. */
#define EACH(function)                                                                                       \
  static void NAME(function##_each)(size_t count, const float *known, float *d) {                            \
    size_t i = 0;                                                                                            \
    for (; i + LANES <= count; i += LANES) {                                                                 \
      NAME(store)(d + i, NAME(function)(NAME(load)(known + i), NAME(load)(d + i)));                          \
    }                                                                                                        \
    if (i < count) {                                                                                         \
      const some last = NAME(first)(count - i);                                                              \
      const vector end = NAME(function)(NAME(load_some)(last, known + i), NAME(load_some)(last, d + i));     \
      NAME(store_some)(last, d + i, end);                                                                    \
    }                                                                                                        \
  }

EACH(tanh_adjoint)
EACH(relu_adjoint)
EACH(elu_adjoint)
EACH(gelu_adjoint)
#undef EACH

static void NAME(standardize_bytes)(size_t n, const float *mean, const float *scale, float bound,
                                    const uint8_t *x, float *y) {
  typedef uint8_t octets __attribute__((vector_size(LANES)));
  for (size_t j = 0; j < n; j += LANES) {
    const size_t count = n - j < LANES ? n - j : LANES;
    const some part = NAME(first)(count);
    octets bytes = {0};
    if (count == LANES) {
      memcpy(&bytes, x + j, sizeof bytes);
    } else {
      memcpy(&bytes, x + j, count);
    }
    vector v = __builtin_convertvector(bytes, vector);
    if (scale != NULL && count == LANES) {
      v = NAME(clamp)((v - NAME(load)(mean + j)) * NAME(load)(scale + j), -bound, bound);
    } else if (scale != NULL) {
      v = NAME(clamp)((v - NAME(load_some)(part, mean + j)) * NAME(load_some)(part, scale + j), -bound,
                      bound);
    }
    if (count == LANES) {
      NAME(store)(y + j, v);
    } else {
      NAME(store_some)(part, y + j, v);
    }
  }
}

static void NAME(standardize)(size_t rows, size_t n, const float *mean, const float *scale, float bound,
                              const float *x, size_t stride, float *y) {
  for (size_t i = 0; i < rows; i++, x += stride, y += n) {
    size_t j = 0;
    for (; j + LANES <= n; j += LANES) {
      const vector d = (NAME(load)(x + j) - NAME(load)(mean + j)) * NAME(load)(scale + j);
      NAME(store)(y + j, NAME(clamp)(d, -bound, bound));
    }
    if (j < n) {
      const some last = NAME(first)(n - j);
      const vector d =
          (NAME(load_some)(last, x + j) - NAME(load_some)(last, mean + j)) * NAME(load_some)(last, scale + j);
      NAME(store_some)(last, y + j, NAME(clamp)(d, -bound, bound));
    }
  }
}

/* Rows are computed GROUP at a time, their elements side by side, so that vectors are full even for two actions. */
static void NAME(log_softmax)(size_t m, size_t n, const float *z, float *out) {
  float exponentials[CHUNK], sums[GROUP];
  for (size_t top = 0; top < m; top += GROUP) {
    const size_t rows = m - top < GROUP ? m - top : GROUP;
    const float *from = z + top * n;
    float *to = out + top * n;
    for (size_t i = 0; i < rows; i++) {
      float most = from[i * n];
      for (size_t j = 1; j < n; j++) most = from[i * n + j] > most ? from[i * n + j] : most;
      for (size_t j = 0; j < n; j++) to[i * n + j] = from[i * n + j] - most;
      sums[i] = 0;
    }
    for (size_t start = 0, i = 0, j = 0; start < rows * n; start += CHUNK) {
      const size_t count = rows * n - start < CHUNK ? rows * n - start : CHUNK;
      NAME(exp_each)(count, to + start, exponentials);
      for (size_t e = 0; e < count; e++) {
        sums[i] += exponentials[e];
        if (++j == n) j = 0, i++;
      }
    }
    NAME(log_each)(rows, sums, sums);
    for (size_t i = 0; i < rows; i++) {
      for (size_t j = 0; j < n; j++) to[i * n + j] -= sums[i];
    }
  }
}
