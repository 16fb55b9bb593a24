/* CKernels: float32 arithmetic whose bits depend on its inputs alone.
 *
 * 1. The bits are the same on every path (AVX-512, AVX2, portable), for every way of cutting rows into calls,
 *    and for every position within a vector. Each output element is one chain of fused multiply-adds in
 *    ascending order; each elementwise function is one fixed list of operations.
 * 2. Then: fast for the sizes of policies, from one row and one output upwards.
 *
 * For all functions: matrices are dense and row-major; the caller owns every buffer, nothing is kept after
 * the return and nothing is allocated; there is no state, so that any thread may call anything at any time;
 * no Python is involved, so that the GIL need not be held. They cannot fail: sizes may be 0, and numbers may
 * be infinite or NaN (which of the NaNs comes out is not promised). Buffers must not overlap, except that an
 * elementwise function may write onto its own input. */
#ifndef CKERNELS_H
#define CKERNELS_H

#include <stddef.h>
#include <stdint.h>

_Pragma("clang assume_nonnull begin")

/* How the arithmetic is carried out; the bits are the same. A path that this processor lacks is replaced
     * by the best that it has. */
typedef enum __attribute__((enum_extensibility(closed))) ckernels_path : int32_t {
  ckernels_path_automatic = 0, /* the best path of this processor */
  ckernels_path_portable = 1,  /* C11 and fmaf */
  ckernels_path_avx2 = 2,      /* 8 lanes, FMA3 */
  ckernels_path_avx512 = 3,    /* 16 lanes, AVX-512F */
} ckernels_path;

/* The path that a call with `path` really takes here, never `automatic`. Paths up to
 * `ckernels_path_taken(ckernels_path_automatic)` exist on this processor. */
ckernels_path ckernels_path_taken(ckernels_path path);

/* ---- matrix.c ---- */

/* y[m×n] = x[m×k] · w[k×n] + bias[n]: y_ij starts at bias_j (at +0 without a bias), and k ascends. The
 * adjoint of the input, dx = dy · wᵀ, is the same function on the transposed weights, without a bias. */
void ckernels_affine(ckernels_path path, size_t m, size_t k, size_t n, const float *x, const float *w,
                     const float *_Nullable bias, float *y);

/* y = tanh(x · w + bias): the bits of ckernels_affine and ckernels_tanh one after the other. */
void ckernels_affine_tanh(ckernels_path path, size_t m, size_t k, size_t n, const float *x, const float *w,
                          const float *_Nullable bias, float *y);

/* dx = (dy · w) · (1 − y²), with y[m×n] = tanh of what the result belongs to: the bits of ckernels_affine without a bias
 * and ckernels_tanh_adjoint. */
void ckernels_affine_tanh_adjoint(ckernels_path path, size_t m, size_t k, size_t n, const float *dy,
                                  const float *w, const float *y, float *dx);

/* dw[k×n] += x[m×k]ᵀ · dy[m×n]: the chain runs over the m rows, ascending, and goes on from what dw holds, so
 * that rows given in several calls make the bits of one call. */
void ckernels_accumulate_product(ckernels_path path, size_t m, size_t k, size_t n, const float *x,
                                 const float *dy, float *dw);

/* db[n] += Σ_rows dy[m×n], rows ascending, going on from what db holds. */
void ckernels_accumulate_rows(ckernels_path path, size_t m, size_t n, const float *dy, float *db);

/* out[n×k] = w[k×n]ᵀ. */
void ckernels_transpose(size_t k, size_t n, const float *w, float *out);

/* ---- elementwise.c ---- */

/* y = tanh x: absolute error below 3e-7 everywhere; |y| ≤ 1; odd; −0 stays −0. */
void ckernels_tanh(ckernels_path path, size_t count, const float *x, float *y);

/* y = exp x: within 1.5 units in the last place, also where the result is subnormal; +∞ above, 0 below. */
void ckernels_exp(ckernels_path path, size_t count, const float *x, float *y);

/* y = log x: within 1.5 units in the last place, subnormal x included; log 0 = −∞, log of a negative is NaN.
 */
void ckernels_log(ckernels_path path, size_t count, const float *x, float *y);

/* d ← d · (1 − y²): the adjoint of y = tanh x, from the values y. */
void ckernels_tanh_adjoint(ckernels_path path, size_t count, const float *y, float *d);

/* y = x above 0, else 0; y = x above 0, else eˣ − 1; y = x Φ(x) with the normal distribution function Φ, each with an
 * absolute error below 4e-7 times max(1, |x|). */
void ckernels_relu(ckernels_path path, size_t count, const float *x, float *y);
void ckernels_elu(ckernels_path path, size_t count, const float *x, float *y);
void ckernels_gelu(ckernels_path path, size_t count, const float *x, float *y);

/* d ← d f′: the adjoints of relu and elu from the values y, that of gelu from the inputs x. */
void ckernels_relu_adjoint(ckernels_path path, size_t count, const float *y, float *d);
void ckernels_elu_adjoint(ckernels_path path, size_t count, const float *y, float *d);
void ckernels_gelu_adjoint(ckernels_path path, size_t count, const float *x, float *d);

/* y[rows×n] = (x − mean_j) · scale_j within ±bound, for the first n of the `stride` floats of each row of x. */
void ckernels_standardize(ckernels_path path, size_t rows, size_t n, const float *mean, const float *scale,
                          float bound, const float *x, size_t stride, float *y);

/* out_ij = (z_ij − max_j z_ij) − log Σ_j exp(z_ij − max_j z_ij), the sum ascending, for z[m×n]; out may be z.
 */
void ckernels_log_softmax(ckernels_path path, size_t m, size_t n, const float *z, float *out);

/* ---- image.c ---- */

/* Cuts squares of side `side` out of images x[rows×height×width×channels], `stride` apart and without padding:
 * out[(rows × squares) × (side·side·channels)], squares row by row. */
void ckernels_unfold(size_t height, size_t width, size_t channels, size_t side, size_t stride, size_t rows,
                     const float *x, float *out);

/* The adjoint: dx = the sum of the squares' numbers at each place, squares in their order. */
void ckernels_fold(size_t height, size_t width, size_t channels, size_t side, size_t stride, size_t rows,
                   const float *patches, float *dx);

/* ---- recurrent.c ---- */

/* A gated recurrent unit (Cho and others 2014, in the form of PyTorch and cuDNN), n units for each of the rows:
 * `gates` [rows × 3n] holds x wₓ + bₓ and then r, z, y; `inner` [rows × 3n] holds h wₕ + bₕ. With σ for the logistic function
 *
 *     r = σ(gates₁ + inner₁), z = σ(gates₂ + inner₂), y = tanh(gates₃ + r inner₃), after = (1 − z) y + z before. */
typedef struct ckernels_gru_step {
  float *gates;
  const float *inner, *before;
  float *after;
} ckernels_gru_step;

/* Its adjoint: `dbefore` [rows × n] holds what comes back from later steps, to which dafter is added, and then what goes
 * to `before` past the gates; dgates and dinner are written. */
typedef struct ckernels_gru_adjoint_step {
  const float *gates, *inner, *before, *dafter;
  float *dbefore, *dgates, *dinner;
} ckernels_gru_adjoint_step;

/* Its derivative along a direction, given those of the gates' inputs and of `before`. */
typedef struct ckernels_gru_tangent_step {
  const float *gates, *inner, *before, *tgates, *tinner, *tbefore;
  float *tafter;
} ckernels_gru_tangent_step;

/* A long short-term memory (Hochreiter and Schmidhuber 1997, with Gers's forget gate): `gates` [rows × 4n] holds
 * x wₓ + bₓ and then i, f, y, o; `inner` [rows × 4n] holds h wₕ + bₕ:
 *
 *     i, f, o = σ(gates + inner), y = tanh(gates + inner), cells = f cells_before + i y, after = o tanh(cells);
 *
 * shown = tanh(cells). */
typedef struct ckernels_lstm_step {
  float *gates;
  const float *inner, *cells_before;
  float *cells, *shown, *after;
} ckernels_lstm_step;

/* Its adjoint: `dbefore` and `dcells` [rows × n] hold what comes back from later steps; then dcells holds what goes to
 * cells_before, and dbefore 0. The adjoint of `inner` is dgates. */
typedef struct ckernels_lstm_adjoint_step {
  const float *gates, *cells_before, *shown, *dafter;
  float *dbefore, *dcells, *dgates;
} ckernels_lstm_adjoint_step;

/* Its derivative along a direction. */
typedef struct ckernels_lstm_tangent_step {
  const float *gates, *cells_before, *shown, *tgates, *tinner, *tcells_before;
  float *tcells, *tafter;
} ckernels_lstm_tangent_step;

void ckernels_gru(ckernels_path path, size_t rows, size_t n, const ckernels_gru_step *step);
void ckernels_gru_adjoint(ckernels_path path, size_t rows, size_t n, const ckernels_gru_adjoint_step *step);
void ckernels_gru_tangent(ckernels_path path, size_t rows, size_t n, const ckernels_gru_tangent_step *step);
void ckernels_lstm(ckernels_path path, size_t rows, size_t n, const ckernels_lstm_step *step);
void ckernels_lstm_adjoint(ckernels_path path, size_t rows, size_t n, const ckernels_lstm_adjoint_step *step);
void ckernels_lstm_tangent(ckernels_path path, size_t rows, size_t n, const ckernels_lstm_tangent_step *step);

/* ---- ascend.c ---- */

/* y ← y + x. */
void ckernels_add(ckernels_path path, size_t count, const float *x, float *y);

/* x ← factor · x. */
void ckernels_scale(ckernels_path path, size_t count, float factor, float *x);

/* Σ x y and Σ x², in double: element i goes into partial sum i mod 16, and the 16 are added by halves. */
double ckernels_dot(ckernels_path path, size_t count, const float *x, const float *y);
double ckernels_square_norm(ckernels_path path, size_t count, const float *x);

/* θ ← θ + α ĝ. */
void ckernels_ascend(ckernels_path path, size_t count, float rate, const float *gradient, float *theta);

/* Adam, upwards, at step t = 1, 2, …:  m ← β₁ m + (1 − β₁) ĝ,  v ← β₂ v + (1 − β₂) ĝ²,
 * θ ← θ + α/(1 − β₁ᵗ) · m / (√(v/(1 − β₂ᵗ)) + ε). With a decay w above 0, θ ← (1 − α w) θ comes
 * first (AdamW). The factors are worked out in double, then rounded. */
void ckernels_adam(ckernels_path path, size_t count, double rate, double beta1, double beta2, double epsilon,
                   double decay, uint64_t step, const float *gradient, float *m, float *v, float *theta);

/* RMSProp, upwards, with ε inside of the root: v ← β v + (1 − β) ĝ², θ ← θ + α ĝ / √(v + ε). */
void ckernels_rmsprop(ckernels_path path, size_t count, double rate, double smoothing, double epsilon,
                      const float *gradient, float *v, float *theta);

/* A heavy ball: m ← β m + ĝ, θ ← θ + α m. */
void ckernels_momentum(ckernels_path path, size_t count, double rate, double momentum, const float *gradient,
                       float *m, float *theta);

_Pragma("clang assume_nonnull end")

#endif
