/* CKernels: float32 arithmetic whose results depend, bit for bit, on its inputs alone.
 *
 * 1. The bits are the same on every path (AVX-512, AVX2, portable), for every division of rows into calls, and for
 *    every position within a vector. Each output element is one chain of fused multiply-adds in ascending order; each
 *    elementwise function is one fixed list of operations.
 * 2. Second to that, it is fast for the sizes of policies, from one row and one output upward.
 *
 * For all functions: matrices are dense and row-major. The caller owns every buffer; nothing is stored after the
 * return, and nothing is allocated. There is no state, so any thread may call any function at any time. Python is not
 * involved, so the GIL is not needed. Functions cannot fail: sizes may be 0, and numbers may be infinite or NaN (which
 * NaN results is not specified). Buffers must not overlap, except that an elementwise function may write to its own
 * input. */
#ifndef CKERNELS_H
#define CKERNELS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

_Pragma("clang assume_nonnull begin")

/* The instruction set that is used; the bits are the same. A path that this processor lacks is replaced by its best
 * one. */
typedef enum __attribute__((enum_extensibility(closed))) ckernels_path : int32_t {
  ckernels_path_automatic = 0, /* the best path of this processor */
  ckernels_path_portable = 1,  /* C11 and fmaf */
  ckernels_path_avx2 = 2,      /* vectors of 8, FMA3 */
  ckernels_path_avx512 = 3,    /* vectors of 16, AVX-512F */
} ckernels_path;

/* The path that a call with `path` takes on this processor, never `automatic`. Paths up to
 * `ckernels_path_taken(ckernels_path_automatic)` exist on this processor. */
ckernels_path ckernels_path_taken(ckernels_path path);

/* ---- processor.c ---- */

/* Features of the processor by which libraries choose among functions that may round differently. */
enum {
  ckernels_feature_avx = 1,
  ckernels_feature_avx2 = 2,
  ckernels_feature_fma = 4,
  ckernels_feature_fma4 = 8,
  ckernels_feature_avx512f = 16,
  ckernels_feature_v2 = 32, /* the levels of x86-64: all that a level asks for */
  ckernels_feature_v3 = 64,
  ckernels_feature_v4 = 128,
};

/* The features of this processor, as numpy sees them; 0 for another architecture. */
uint32_t ckernels_processor_features(void);

/* The features that the C library chooses its functions by: those of the processor without what $GLIBC_TUNABLES masks.
 * It has no levels. */
uint32_t ckernels_libc_features(void);

/* Part 0, 1 or 2 of the name of the processor's vendor: four characters, the first one lowest; 0 if it has none. */
uint32_t ckernels_processor_vendor(int32_t part);

/* The version of the C library, 1000 × major + minor. */
uint32_t ckernels_libc_version(void);

/* ---- matrix.c ---- */

/* y[m×n] = x[m×k] · w[k×n] + bias[n]: the chain of y_ij starts at bias_j (at +0 without a bias), and k ascends. */
void ckernels_affine(ckernels_path path, size_t m, size_t k, size_t n, const float *x, const float *w,
                     const float *_Nullable bias, float *y);

/* y = tanh(x · w + bias), with the bits of ckernels_affine and then ckernels_tanh. */
void ckernels_affine_tanh(ckernels_path path, size_t m, size_t k, size_t n, const float *x, const float *w,
                          const float *_Nullable bias, float *y);

/* dx[m×n] = dy[m×k] · w[n×k]ᵀ: the adjoint of the input of an affine layer, with the bits of ckernels_affine on the
 * transpose of w, without a bias. If y[m×n] = tanh(x) is given, then times 1 − y², with the bits of ckernels_tanh_adjoint:
 * dx is the adjoint of x. */
void ckernels_affine_adjoint(ckernels_path path, size_t m, size_t k, size_t n, const float *dy,
                             const float *w, const float *_Nullable y, float *dx);

/* dw[k×n] += x[m×k]ᵀ · dy[m×n]: the chain starts at the value of dw and runs over the m rows, ascending, so that rows
 * given in several calls have the bits of one call. */
void ckernels_accumulate_product(ckernels_path path, size_t m, size_t k, size_t n, const float *x,
                                 const float *dy, float *dw);

/* y[m×n] += x · w[k×n]: the chain starts at the value of y. x has m rows of k columns that are `stride` floats apart. */
void ckernels_add_product(ckernels_path path, size_t m, size_t k, size_t n, const float *x, size_t stride,
                          const float *w, float *y);

/* dw[k×n] += xᵀ · dy[m×n], as ckernels_accumulate_product, for rows of x that are `stride` floats apart. */
void ckernels_accumulate_columns(ckernels_path path, size_t m, size_t k, size_t n, const float *x,
                                 size_t stride, const float *dy, float *dw);

/* y_i[n] += w[index_i × n] for m rows, each with an index below k that is a whole number; −1 adds nothing, and another
 * number makes y_i NaN. The indices are `stride` floats apart. The bits are those of ckernels_add_product on one-hot rows, if w is finite and no
 * y is −0. */
void ckernels_gather_rows(ckernels_path path, size_t m, size_t k, size_t n, const float *index, size_t stride,
                          const float *w, float *y);

/* dw[index_i × n] += dy_i[n] for m rows, ascending; an index that is not from 0 to k − 1 adds nothing. The bits are those of
 * ckernels_accumulate_columns on one-hot rows, if dy is finite and no dw is −0. */
void ckernels_scatter_rows(ckernels_path path, size_t m, size_t k, size_t n, const float *index,
                           size_t stride, const float *dy, float *dw);

/* db[n] += Σ_rows dy[m×n]: the sum starts at the value of db, rows ascending. */
void ckernels_accumulate_rows(ckernels_path path, size_t m, size_t n, const float *dy, float *db);

/* out[n×k] = w[k×n]ᵀ. */
void ckernels_transpose(size_t k, size_t n, const float *w, float *out);

/* ---- elementwise.c ---- */

/* y = tanh x: absolute error below 3e-7 everywhere; |y| ≤ 1; odd; −0 stays −0. */
void ckernels_tanh(ckernels_path path, size_t count, const float *x, float *y);

/* y = exp x: within 1.5 units in the last place, also where the result is subnormal; +∞ above, 0 below. */
void ckernels_exp(ckernels_path path, size_t count, const float *x, float *y);

/* y = log x: within 1.5 units in the last place, subnormal x included; log 0 = −∞, log of a negative is NaN. */
void ckernels_log(ckernels_path path, size_t count, const float *x, float *y);

/* d ← d · (1 − y²): the adjoint of y = tanh x, from the values y. */
void ckernels_tanh_adjoint(ckernels_path path, size_t count, const float *y, float *d);

/* relu: y = x above 0, else 0. elu: y = x above 0, else eˣ − 1. gelu: y = x Φ(x) with the normal distribution function
 * Φ. The absolute error of each is below 4e-7 times max(1, |x|). */
void ckernels_relu(ckernels_path path, size_t count, const float *x, float *y);
void ckernels_elu(ckernels_path path, size_t count, const float *x, float *y);
void ckernels_gelu(ckernels_path path, size_t count, const float *x, float *y);

/* d ← d f′: the adjoints of relu and elu from their outputs y, that of gelu from its inputs x. */
void ckernels_relu_adjoint(ckernels_path path, size_t count, const float *y, float *d);
void ckernels_elu_adjoint(ckernels_path path, size_t count, const float *y, float *d);
void ckernels_gelu_adjoint(ckernels_path path, size_t count, const float *x, float *d);

/* y[rows×n] = (x − mean_j) · scale_j, clamped to ±bound, for the first n of the `stride` floats of each row of x. */
void ckernels_standardize(ckernels_path path, size_t rows, size_t n, const float *mean, const float *scale,
                          float bound, const float *x, size_t stride, float *y);

/* The same for one row of n bytes; y = x without a scale. */
void ckernels_standardize_bytes(ckernels_path path, size_t n, const float *_Nullable mean,
                                const float *_Nullable scale, float bound, const uint8_t *x, float *y);

/* out_ij = (z_ij − max_j z_ij) − log Σ_j exp(z_ij − max_j z_ij), the sum ascending, for z[m×n]; out may be z. */
void ckernels_log_softmax(ckernels_path path, size_t m, size_t n, const float *z, float *out);

/* ---- image.c ---- */

/* Copies images of `planes` planes [pixels × run] from rows that are `stride` floats apart, with the numbers of all
 * planes of a pixel side by side: out[rows × pixels × planes × run]. */
void ckernels_interleave(size_t planes, size_t pixels, size_t run, size_t rows, const float *x, size_t stride,
                         float *out);

/* A picture [pixel × plane] of planes that are stored one by one, of which plane k is number places[k] of the store. */
void ckernels_join_planes(size_t planes, size_t pixels, const uint8_t *store, const int32_t *places,
                          uint8_t *out);

/* The same as floats, for at most CKERNELS_MOST_PLANES planes. */
void ckernels_join_planes_as_floats(size_t planes, size_t pixels, const uint8_t *store, const int32_t *places,
                                    float *out);
#define CKERNELS_MOST_PLANES 32

/* The planes [plane × pixel] of a picture [pixel × plane]. */
void ckernels_split_planes(size_t planes, size_t pixels, const uint8_t *x, uint8_t *out);

/* True if n bytes are equal. */
bool ckernels_are_equal_bytes(size_t n, const uint8_t *x, const uint8_t *y);

/* Square patches of side `side`, `stride` apart and without padding, of images [height × width × channels]; all are at
 * least 1, and an image has at most 2²⁴ numbers. Patches are counted row by row, image after image. */
typedef struct ckernels_patches {
  size_t height, width, channels, side, stride;
} ckernels_patches;

/* The number of patches of an image, and the number of floats of a patch. */
size_t ckernels_patch_count(const ckernels_patches *patches);
size_t ckernels_patch_size(const ckernels_patches *patches);

/* Images, one in each row of `floats` or of `bytes`. */
typedef struct ckernels_images {
  const float *_Nullable floats;
  const uint8_t *_Nullable bytes;
  /* Of each number of an image: bytes are read as (x − mean) · scale, clamped to ±bound; as they are without a scale. */
  const float *_Nullable mean, *_Nullable scale;
  float bound;
  /* The number of planes [height × width × channels / planes] of a row; the numbers of all planes of a pixel are its
   * channels. */
  size_t planes;
  /* Room for `room_images` + 1 images; NULL if floats have a single plane. */
  float *_Nullable room;
  size_t room_images;
} ckernels_images;

/* Returns `rows` images from image `first` on, at most `room_images` of them, as floats with their channels side by side;
 * they are in the room, or where they were. */
const float *ckernels_read_images(ckernels_path path, const ckernels_patches *patches,
                                  const ckernels_images *images, size_t first, size_t rows);

/* dx[height·width·channels] of each image = the sum of the patches' numbers at its pixel, in their order. */
void ckernels_fold(ckernels_path path, const ckernels_patches *patches, size_t rows, const float *numbers,
                   float *dx);

/* ---- convolution.c ---- */

/* y[(rows × patches) × n] = patches · w[side·side·channels × n] + bias[n], with the bits of ckernels_affine on copies of
 * the patches. */
void ckernels_convolve(ckernels_path path, const ckernels_patches *patches, const ckernels_images *images,
                       size_t rows, size_t n, const float *w, const float *_Nullable bias, float *y);

/* dw[side·side·channels × n] += patchesᵀ · dy, with the bits of ckernels_accumulate_product. */
void ckernels_convolve_weights(ckernels_path path, const ckernels_patches *patches,
                               const ckernels_images *images, size_t rows, size_t n, const float *dy,
                               float *dw);

/* dx[rows × height·width·channels] = the adjoint of the images. The room is for w and for the patches of `room_images`
 * images. */
void ckernels_convolve_inputs(ckernels_path path, const ckernels_patches *patches, size_t rows, size_t n,
                              const float *dy, const float *w, float *room, size_t room_images, float *dx);

/* ---- recurrent.c ---- */

/* A step of a gated recurrent unit (Cho et al. 2014, in the form of PyTorch and cuDNN), n units for each of the rows.
 * `gates` [rows × 3n] is x wₓ + bₓ before, and r, z, y after the step; `inner` [rows × 3n] is h wₕ + bₕ. With the
 * logistic function σ:
 *
 *     r = σ(gates₁ + inner₁), z = σ(gates₂ + inner₂), y = tanh(gates₃ + r inner₃), after = (1 − z) y + z before. */
typedef struct ckernels_gru_step {
  float *gates;
  const float *inner, *before;
  float *after;
} ckernels_gru_step;

/* The adjoint of that step. `dbefore` [rows × n] is the adjoint from later steps, to which dafter is added, and on
 * return the adjoint of `before` without the part through `inner`. dgates and dinner are written. */
typedef struct ckernels_gru_adjoint_step {
  const float *gates, *inner, *before, *dafter;
  float *dbefore, *dgates, *dinner;
} ckernels_gru_adjoint_step;

/* The derivative of that step along a direction, given the derivatives of the gates' inputs and of `before`. */
typedef struct ckernels_gru_tangent_step {
  const float *gates, *inner, *before, *tgates, *tinner, *tbefore;
  float *tafter;
} ckernels_gru_tangent_step;

/* A step of a long short-term memory (Hochreiter and Schmidhuber 1997, with the forget gate of Gers).
 * `gates` [rows × 4n] is x wₓ + bₓ before, and i, f, y, o after the step; `inner` [rows × 4n] is h wₕ + bₕ:
 *
 *     i, f, o = σ(gates + inner), y = tanh(gates + inner), cells = f cells_before + i y, after = o tanh(cells);
 *
 * shown = tanh(cells). */
typedef struct ckernels_lstm_step {
  float *gates;
  const float *inner, *cells_before;
  float *cells, *shown, *after;
} ckernels_lstm_step;

/* The adjoint of that step. `dbefore` and `dcells` [rows × n] are the adjoints from later steps; on return, dcells is
 * the adjoint of cells_before, and dbefore is 0. The adjoint of `inner` is dgates. */
typedef struct ckernels_lstm_adjoint_step {
  const float *gates, *cells_before, *shown, *dafter;
  float *dbefore, *dcells, *dgates;
} ckernels_lstm_adjoint_step;

/* The derivative of that step along a direction. */
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

/* Σ x y and Σ x², in double: element i is added to partial sum i mod 16, and the 16 sums are added by halves (k + 8 to
 * k, k + 4 to k, …). */
double ckernels_dot(ckernels_path path, size_t count, const float *x, const float *y);
double ckernels_square_norm(ckernels_path path, size_t count, const float *x);

/* θ ← θ + α ĝ. */
void ckernels_ascend(ckernels_path path, size_t count, float rate, const float *gradient, float *theta);

/* A step of Adam in the direction of ascent, t = 1, 2, …:  m ← β₁ m + (1 − β₁) ĝ,  v ← β₂ v + (1 − β₂) ĝ²,
 * θ ← θ + α/(1 − β₁ᵗ) · m / (√(v/(1 − β₂ᵗ)) + ε). With a decay w above 0, θ ← (1 − α w) θ comes first (AdamW).
 * The factors are computed in double, then rounded to float. */
void ckernels_adam(ckernels_path path, size_t count, double rate, double beta1, double beta2, double epsilon,
                   double decay, uint64_t step, const float *gradient, float *m, float *v, float *theta);

/* A step of RMSProp in the direction of ascent, with ε inside of the root: v ← β v + (1 − β) ĝ²,
 * θ ← θ + α ĝ / √(v + ε). */
void ckernels_rmsprop(ckernels_path path, size_t count, double rate, double smoothing, double epsilon,
                      const float *gradient, float *v, float *theta);

/* A step with momentum (heavy ball): m ← β m + ĝ, θ ← θ + α m. */
void ckernels_momentum(ckernels_path path, size_t count, double rate, double momentum, const float *gradient,
                       float *m, float *theta);

_Pragma("clang assume_nonnull end")

#endif
