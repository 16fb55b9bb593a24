/* Fixed-order matrix product and its two transposes: one chain of fused multiply-adds per output element. */
#include "product.h"
#include <math.h>

#define BODY "matrix_body.h"
#include "paths.h"

/* Computes y = x w + bias, then `finish`; `known` is needed only by finish_tanh_adjoint. */
static void affine(ckernels_path path, size_t m, size_t k, size_t n, const float *x, const float *w,
                   const float *bias, finish finish, const float *known, float *y) {
  if (m == 0 || n == 0) return;
  const product p = {.height = m,
                     .depth = k,
                     .width = n,
                     .a = x,
                     .a_row = k,
                     .a_column = 1,
                     .b = w,
                     .start = bias,
                     .start_row = 0,
                     .c = y,
                     .finish = finish,
                     .known = known};
  ON_PATH(path_for(path, m, n), product, &p)
}

void ckernels_affine(ckernels_path path, size_t m, size_t k, size_t n, const float *x, const float *w,
                     const float *bias, float *y) {
  affine(path, m, k, n, x, w, bias, finish_nothing, NULL, y);
}

void ckernels_affine_tanh(ckernels_path path, size_t m, size_t k, size_t n, const float *x, const float *w,
                          const float *bias, float *y) {
  affine(path, m, k, n, x, w, bias, finish_tanh, NULL, y);
}

void ckernels_affine_tanh_adjoint(ckernels_path path, size_t m, size_t k, size_t n, const float *dy,
                                  const float *w, const float *y, float *dx) {
  affine(path, m, k, n, dy, w, NULL, finish_tanh_adjoint, y, dx);
}

/* Computes dw += xᵀ dy for rows of dw that are much shorter than a vector, as (dyᵀ x)ᵀ: the chains are the same, and
 * vectors are full. */
static void accumulate_narrow(ckernels_path path, size_t m, size_t k, size_t n, const float *x,
                              const float *dy, float *dw) {
  float room[ROOM];
  ckernels_transpose(k, n, dw, room);
  const product p = {.height = n,
                     .depth = m,
                     .width = k,
                     .a = dy,
                     .a_row = 1,
                     .a_column = n,
                     .b = x,
                     .start = room,
                     .start_row = k,
                     .c = room};
  ON_PATH(path_for(path, n, k), product, &p)
  ckernels_transpose(n, k, room, dw);
}

void ckernels_accumulate_columns(ckernels_path path, size_t m, size_t k, size_t n, const float *x,
                                 size_t stride, const float *dy, float *dw) {
  if (m == 0 || k == 0 || n == 0) return;
  const product p = {.height = k,
                     .depth = m,
                     .width = n,
                     .a = x,
                     .a_row = 1,
                     .a_column = stride,
                     .b = dy,
                     .start = dw,
                     .start_row = n,
                     .c = dw};
  ON_PATH(path_for(path, k, n), product, &p)
}

void ckernels_accumulate_product(ckernels_path path, size_t m, size_t k, size_t n, const float *x,
                                 const float *dy, float *dw) {
  if (k > 0 && n > 0 && n <= 4 && n < k && n * k <= ROOM) {
    accumulate_narrow(path, m, k, n, x, dy, dw);
  } else {
    ckernels_accumulate_columns(path, m, k, n, x, k, dy, dw);
  }
}

void ckernels_add_product(ckernels_path path, size_t m, size_t k, size_t n, const float *x, size_t stride,
                          const float *w, float *y) {
  if (m == 0 || k == 0 || n == 0) return;
  const product p = {.height = m,
                     .depth = k,
                     .width = n,
                     .a = x,
                     .a_row = stride,
                     .a_column = 1,
                     .b = w,
                     .start = y,
                     .start_row = n,
                     .c = y};
  ON_PATH(path_for(path, m, n), product, &p)
}

void ckernels_gather_rows(ckernels_path path, size_t m, size_t k, size_t n, const float *index, size_t stride,
                          const float *w, float *y) {
  for (size_t i = 0; i < m; i++, index += stride, y += n) {
    if (*index >= 0 && *index < (float)k) {
      ckernels_add(path, n, w + (size_t)*index * n, y);
    } else if (*index != -1) {
      for (size_t j = 0; j < n; j++) y[j] = NAN;
    }
  }
}

void ckernels_scatter_rows(ckernels_path path, size_t m, size_t k, size_t n, const float *index,
                           size_t stride, const float *dy, float *dw) {
  for (size_t i = 0; i < m; i++, index += stride, dy += n) {
    if (*index >= 0 && *index < (float)k) ckernels_add(path, n, dy, dw + (size_t)*index * n);
  }
}

void ckernels_accumulate_rows(ckernels_path path, size_t m, size_t n, const float *dy, float *db) {
  ON_PATH(path, rows, m, n, dy, db);
}

/* Transposes 4 × 4 floats, from rows that are `from` apart to rows that are `to` apart. */
INLINE void turn(const float *w, size_t from, float *out, size_t to) {
  const four a = load_four(w), b = load_four(w + from), c = load_four(w + 2 * from),
             d = load_four(w + 3 * from);
  const four ab = __builtin_shufflevector(a, b, 0, 4, 1, 5), cd = __builtin_shufflevector(c, d, 0, 4, 1, 5);
  const four AB = __builtin_shufflevector(a, b, 2, 6, 3, 7), CD = __builtin_shufflevector(c, d, 2, 6, 3, 7);
  const four turned[4] = {
      __builtin_shufflevector(ab, cd, 0, 1, 4, 5), __builtin_shufflevector(ab, cd, 2, 3, 6, 7),
      __builtin_shufflevector(AB, CD, 0, 1, 4, 5), __builtin_shufflevector(AB, CD, 2, 3, 6, 7)};
  UNROLL for (size_t r = 0; r < 4; r++) memcpy(out + r * to, &turned[r], sizeof turned[r]);
}

void ckernels_transpose(size_t k, size_t n, const float *w, float *out) {
  enum { tile = 16 };
  if (k == 1 || n == 1) {
    memcpy(out, w, k * n * sizeof *w);
    return;
  }
  for (size_t p = 0; p < k; p += tile) {
    for (size_t j = 0; j < n; j += tile) {
      if (p + tile <= k && j + tile <= n) {
        UNROLL for (size_t q = 0; q < tile; q += 4) {
          UNROLL for (size_t l = 0; l < tile; l += 4) {
            turn(w + (p + q) * n + j + l, n, out + (j + l) * k + p + q, k);
          }
        }
        continue;
      }
      for (size_t q = p; q < k && q < p + tile; q++) {
        for (size_t l = j; l < n && l < j + tile; l++) out[l * k + q] = w[q * n + l];
      }
    }
  }
}
