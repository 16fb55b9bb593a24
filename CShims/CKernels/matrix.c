/* Fixed-order matrix product and its two transposes: one chain of fused multiply-adds per output element. */
#include "product.h"
#include <math.h>

#define BODY "matrix_body.h"
#include "paths.h"

/* Computes y = x w + bias, then `finish`. */
static void affine(ckernels_path path, size_t m, size_t k, size_t n, const float *x, const float *w,
                   const float *bias, finish finish, float *y) {
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
                     .finish = finish};
  ON_PATH(path_for(path, m, n), product, &p)
}

void ckernels_affine(ckernels_path path, size_t m, size_t k, size_t n, const float *x, const float *w,
                     const float *bias, float *y) {
  affine(path, m, k, n, x, w, bias, finish_nothing, y);
}

void ckernels_affine_tanh(ckernels_path path, size_t m, size_t k, size_t n, const float *x, const float *w,
                          const float *bias, float *y) {
  affine(path, m, k, n, x, w, bias, finish_tanh, y);
}

void ckernels_affine_adjoint(ckernels_path path, size_t m, size_t k, size_t n, const float *dy,
                             const float *w, const float *y, float *dx) {
  if (m == 0 || n == 0) return;
  const product p = {.height = m,
                     .depth = k,
                     .width = n,
                     .a = dy,
                     .a_row = k,
                     .a_column = 1,
                     .b = w,
                     .b_column = k,
                     .c = dx,
                     .finish = y == NULL ? finish_nothing : finish_tanh_adjoint,
                     .known = y};
  ON_PATH(path_for(path, m, n), product, &p)
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
