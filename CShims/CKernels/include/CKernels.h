/* Float kernels whose bits depend on their inputs only: not on how rows are batched, not on the width of a vector
 * register. Each output element has one chain of fused multiply-adds with a fixed order; the paths differ only in how
 * many elements they compute at once. All matrices are row-major. No function fails, allocates or keeps state, but
 * the path, which is chosen once. */
#ifndef ASCENT_CKERNELS_H
#define ASCENT_CKERNELS_H

#include <stddef.h>
#include <stdint.h>

_Pragma("clang assume_nonnull begin")

/* The instruction sets that there is code for. */
typedef enum __attribute__((enum_extensibility(closed))) ckernels_path : int32_t {
  ckernels_path_portable = 0,
  ckernels_path_avx2 = 1,
  ckernels_path_avx512 = 2,
} ckernels_path;

/* The widest path that this processor has, and the one in use. */
ckernels_path ckernels_widest_path(void);
ckernels_path ckernels_current_path(void);

/* Takes another path, for tests; a path that the processor lacks is replaced by the widest. */
void ckernels_use_path(ckernels_path path);

/* matrix.c */

/* y[m×n] = b[n] + x[m×k] · w[k×n]; each chain starts at b and runs over k upwards. */
void ckernels_affine(size_t m, size_t k, size_t n, const float *x, const float *w, const float *b, float *y);

/* dx[m×k] = dy[m×n] · wᵀ, with w[k×n]; each chain starts at 0 and runs over n upwards.
 * `wt` is room for k·n floats: the transpose that the kernel makes first. */
void ckernels_affine_adjoint_input(size_t m, size_t k, size_t n, const float *dy, const float *w, float *wt,
                                   float *dx);

/* dw[k×n] += x[m×k]ᵀ · dy[m×n] and db[n] += Σ rows of dy; each chain goes on from what is there, over m upwards, so
 * that rows may come in any number of calls. */
void ckernels_affine_adjoint_weights(size_t m, size_t k, size_t n, const float *x, const float *dy, float *dw,
                                     float *db);

/* elementwise.c */

/* tanh with an absolute error below 3e-7; NaN stays NaN. In place is allowed. */
void ckernels_tanh(size_t count, const float *x, float *y);

/* dy ← dy · (1 − y²), the adjoint of tanh at y = tanh x. */
void ckernels_tanh_adjoint(size_t count, const float *y, float *dy);

/* exp and log with a relative (log: absolute below 1) error below 3e-7; exp overflows to ∞ and underflows to 0, log 0
 * is −∞ and log of a negative number NaN. In place is allowed. */
void ckernels_exp(size_t count, const float *x, float *y);
void ckernels_log(size_t count, const float *x, float *y);

/* y[row] = x[row] − log Σ exp x[row] for rows of n; sums run from left to right. In place is allowed. */
void ckernels_log_softmax(size_t rows, size_t n, const float *x, float *y);

/* ascend.c */

/* y ← y + x. */
void ckernels_add(size_t count, const float *x, float *y);

/* θ ← θ + α g. */
void ckernels_ascend(size_t count, float rate, const float *gradient, float *parameters);

/* Adam, upwards: m ← m + (1 − β₁)(g − m), v ← v + (1 − β₂)(g² − v), θ ← θ + step · m / (√(v · correction) + ε), where
 * the caller puts the bias corrections into step = α / (1 − β₁ᵗ) and correction = 1 / (1 − β₂ᵗ). */
void ckernels_adam(size_t count, float step, float correction, float beta1, float beta2, float epsilon,
                   const float *gradient, float *first, float *second, float *parameters);

_Pragma("clang assume_nonnull end")

#endif
