/* tanh, exp, log, the other activations and log-softmax, as fixed operations. The coefficients are minimax fits
 * (iteratively reweighted least squares in double, relative error), rounded to float. The errors in the header were
 * measured over all floats. */

/* exp r ≈ 1 + r + r² Q(r) for |r| ≤ log 2 / 2, with error 3e-9. */
static const float exp_q[] = {0x1.fffffcp-2f, 0x1.55548ap-3f, 0x1.555916p-5f, 0x1.123fc6p-7f,
                              0x1.6a1a72p-10f};

/* log(1 + f) ≈ f − f²/2 + f³ Q(f) on [√½ − 1, √2 − 1], with error 6e-9. */
static const float log_q[] = {0x1.555554p-2f, -0x1.00022ap-2f, 0x1.99a028p-3f, -0x1.54712cp-3f,
                              0x1.22d64ep-3f, -0x1.0d8cacp-3f, 0x1.057be0p-3f, -0x1.38e07cp-4f};

/* erfc z ≈ t P(t) exp(−z²) with t = 1 / (1 + p z) and error 1.5e-7 (Abramowitz and Stegun, 7.1.26). Here the
 * coefficients are half of theirs, and p is for x = √2 z. */
static const float erf_p[] = {0.127414796f, -0.142248368f, 0.7107068705f, -0.7265760135f, 0.5307027145f};
static const float erf_scale = 0.2316418882f;

#define GROUP 64
#define CHUNK 256

#define BODY "elementwise_body.h"
#include "paths.h"

#define ELEMENTWISE(name)                                                                                    \
  void ckernels_##name(ckernels_path path, size_t count, const float *x, float *y) {                         \
    ON_PATH(path, name##_each, count, x, y)                                                                  \
  }
ELEMENTWISE(tanh)
ELEMENTWISE(tanh_adjoint)
ELEMENTWISE(exp)
ELEMENTWISE(log)
ELEMENTWISE(relu)
ELEMENTWISE(relu_adjoint)
ELEMENTWISE(elu)
ELEMENTWISE(elu_adjoint)
ELEMENTWISE(gelu)
ELEMENTWISE(gelu_adjoint)

void ckernels_standardize_bytes(ckernels_path path, size_t n, const float *mean, const float *scale,
                                float bound, const uint8_t *x, float *y) {
  ON_PATH(path, standardize_bytes, n, mean, scale, bound, x, y)
}

void ckernels_standardize(ckernels_path path, size_t rows, size_t n, const float *mean, const float *scale,
                          float bound, const float *x, size_t stride, float *y) {
  ON_PATH(path, standardize, rows, n, mean, scale, bound, x, stride, y)
}

void ckernels_log_softmax(ckernels_path path, size_t m, size_t n, const float *z, float *out) {
  if (n == 0) return;
  ON_PATH(path, log_softmax, m, n, z, out)
}
