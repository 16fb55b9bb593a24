/* Optimizer updates over flat vectors, with fixed operations. */

/* The factors of one step of Adam, in float. */
typedef struct adam_factors {
  float keep1, take1, keep2, take2; /* β₁, 1 − β₁, β₂, 1 − β₂ */
  float rate;                       /* α / (1 − β₁ᵗ) */
  float correction2;                /* 1 / (1 − β₂ᵗ) */
  float epsilon;
  float shrink; /* 1 − α w */
} adam_factors;

#define PARTIALS 16

#define BODY "ascend_body.h"
#include "paths.h"

/* xⁿ by squaring, since libm's pow differs between processors. */
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

void ckernels_scale(ckernels_path path, size_t count, float factor, float *x) {
  ON_PATH(path, scale, count, factor, x)
}

double ckernels_dot(ckernels_path path, size_t count, const float *x, const float *y) {
  double partial[PARTIALS] = {0};
  ON_PATH(path, dot, count, x, y, partial)
  for (size_t width = PARTIALS / 2; width > 0; width /= 2) {
    for (size_t k = 0; k < width; k++) partial[k] += partial[k + width];
  }
  return partial[0];
}

double ckernels_square_norm(ckernels_path path, size_t count, const float *x) {
  return ckernels_dot(path, count, x, x);
}

void ckernels_ascend(ckernels_path path, size_t count, float rate, const float *gradient, float *theta) {
  ON_PATH(path, ascend, count, rate, gradient, theta)
}

void ckernels_adam(ckernels_path path, size_t count, double rate, double beta1, double beta2, double epsilon,
                   double decay, uint64_t step, const float *gradient, float *m, float *v, float *theta) {
  const adam_factors f = {
      .keep1 = (float)beta1,
      .take1 = (float)(1 - beta1),
      .keep2 = (float)beta2,
      .take2 = (float)(1 - beta2),
      .rate = (float)(rate / (1 - power(beta1, step))),
      .correction2 = (float)(1 / (1 - power(beta2, step))),
      .epsilon = (float)epsilon,
      .shrink = (float)(1 - rate * decay),
  };
  ON_PATH(path, adam, &f, count, gradient, m, v, theta)
}

void ckernels_rmsprop(ckernels_path path, size_t count, double rate, double smoothing, double epsilon,
                      const float *gradient, float *v, float *theta) {
  ON_PATH(path, rmsprop, count, (float)rate, (float)smoothing, (float)(1 - smoothing), (float)epsilon,
          gradient, v, theta)
}

void ckernels_momentum(ckernels_path path, size_t count, double rate, double momentum, const float *gradient,
                       float *m, float *theta) {
  ON_PATH(path, momentum, count, (float)rate, (float)momentum, gradient, m, theta)
}
