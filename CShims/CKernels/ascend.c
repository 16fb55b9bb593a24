/* Optimiser updates over flat vectors, with fixed operations. */

/* What one step of Adam multiplies by, in float. */
typedef struct adam_factors {
  float keep1, take1, keep2, take2; /* β₁, 1 − β₁, β₂, 1 − β₂ */
  float rate;                       /* α / (1 − β₁ᵗ) */
  float correction2;                /* 1 / (1 − β₂ᵗ) */
  float epsilon;
} adam_factors;

#define BODY "ascend_body.h"
#include "paths.h"

/* xⁿ by squaring: libm's pow differs between processors. */
static double power(double x, uint64_t n) {
  double result = 1;
  for (; n > 0; n >>= 1, x *= x) {
    if (n & 1) result *= x;
  }
  return result;
}

void ckernels_add(ckernels_path path, size_t count, const float *x, float *y) {
  ON_PATH(path, add, count, x, y)
}

void ckernels_ascend(ckernels_path path, size_t count, float rate, const float *gradient, float *theta) {
  ON_PATH(path, ascend, count, rate, gradient, theta)
}

void ckernels_adam(ckernels_path path, size_t count, double rate, double beta1, double beta2, double epsilon,
                   uint64_t step, const float *gradient, float *m, float *v, float *theta) {
  const adam_factors f = {
      .keep1 = (float)beta1,
      .take1 = (float)(1 - beta1),
      .keep2 = (float)beta2,
      .take2 = (float)(1 - beta2),
      .rate = (float)(rate / (1 - power(beta1, step))),
      .correction2 = (float)(1 / (1 - power(beta2, step))),
      .epsilon = (float)epsilon,
  };
  ON_PATH(path, adam, &f, count, gradient, m, v, theta)
}
