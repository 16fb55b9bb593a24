/* Updates of flat vectors. */
#include "dispatch.h"

BODY add_body(size_t count, const float *x, float *y) {
  for (size_t i = 0; i < count; i++) y[i] = y[i] + x[i];
}
CKERNELS_PATHS(add, (size_t count, const float *x, float *y), (count, x, y))

BODY ascend_body(size_t count, float rate, const float *gradient, float *parameters) {
  for (size_t i = 0; i < count; i++) parameters[i] = FMA(rate, gradient[i], parameters[i]);
}
CKERNELS_PATHS(ascend, (size_t count, float rate, const float *gradient, float *parameters),
               (count, rate, gradient, parameters))

BODY adam_body(size_t count, float step, float correction, float beta1, float beta2, float epsilon,
               const float *restrict gradient, float *restrict first, float *restrict second,
               float *restrict parameters) {
  float rest1 = 1 - beta1, rest2 = 1 - beta2;
  for (size_t i = 0; i < count; i++) {
    float g = gradient[i];
    float m = FMA(rest1, g - first[i], first[i]);
    float v = FMA(rest2, FMA(g, g, -second[i]), second[i]);
    first[i] = m;
    second[i] = v;
    parameters[i] = FMA(step, m / (__builtin_sqrtf(v * correction) + epsilon), parameters[i]);
  }
}
CKERNELS_PATHS(adam,
               (size_t count, float step, float correction, float beta1, float beta2, float epsilon,
                const float *gradient, float *first, float *second, float *parameters),
               (count, step, correction, beta1, beta2, epsilon, gradient, first, second, parameters))
