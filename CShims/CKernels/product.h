/* What the files that multiply matrices share: the description of a product. */
#include "CKernels.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* The operation on the results: none, c ← tanh c, or c ← c (1 − y²). */
typedef enum finish { finish_nothing, finish_tanh, finish_tanh_adjoint } finish;

/* Where a's element (i, k) is. */
typedef enum order {
  order_strided, /* a[i·a_row + k·a_column] */
  order_by_six,  /* in a copy: six rows side by side, step by step; the number of rows is a multiple of six */
  order_listed,  /* a[row_offsets[i] + column_offsets[k]] */
} order;

/* c[height×width] = start + a · b, where a's elements are as an order says, and b[depth×width] is dense or turned. A start
 * of NULL is +0; a start_row of 0 gives each row the same start. */
typedef struct product {
  size_t height, depth, width;
  const float *a;
  size_t a_row, a_column;
  const uint32_t *row_offsets, *column_offsets;
  const float *b;
  size_t b_column; /* 0, or b is turned: its element (k, j) is b[j·b_column + k] */
  /* Set for each slab, and in the copy of a panel of b: the floats from one row of b to the next, and its columns. */
  size_t b_row, end;
  const float *start;
  size_t start_row;
  float *c;
  finish finish;
  const float *known; /* y of finish_tanh_adjoint */
} product;

#define DEPTH 256
#define TALL 192    /* rows of which a slab of a stays in the second-level cache */
#define GATHERED 96 /* the same for a copy of it on the stack */
#define FAR 320     /* floats between the steps of a chain from which a copy of a pays off */
#define MANY 24 /* rows from which a copy of b pays off, if its loads cross lines or compete, or b is WIDE */
#define WIDE 128
#define NARROW 4  /* columns up to which each element of a vector is a row */
#define ROOM 2048 /* floats of a result that fits on the stack */

typedef float four __attribute__((vector_size(16)));

static inline four load_four(const float *p) {
  four v;
  memcpy(&v, p, sizeof v);
  return v;
}

/* Transposes 4 × 4 floats, from rows that are `from` apart to rows that are `to` apart. */
static inline __attribute__((always_inline)) void turn(const float *w, size_t from, float *out, size_t to) {
  const four a = load_four(w), b = load_four(w + from), c = load_four(w + 2 * from),
             d = load_four(w + 3 * from);
  const four ab = __builtin_shufflevector(a, b, 0, 4, 1, 5), cd = __builtin_shufflevector(c, d, 0, 4, 1, 5);
  const four AB = __builtin_shufflevector(a, b, 2, 6, 3, 7), CD = __builtin_shufflevector(c, d, 2, 6, 3, 7);
  const four turned[4] = {
      __builtin_shufflevector(ab, cd, 0, 1, 4, 5), __builtin_shufflevector(ab, cd, 2, 3, 6, 7),
      __builtin_shufflevector(AB, CD, 0, 1, 4, 5), __builtin_shufflevector(AB, CD, 2, 3, 6, 7)};
  for (size_t r = 0; r < 4; r++) memcpy(out + r * to, &turned[r], sizeof turned[r]);
}

/* Returns the path for a result of this shape. Vectors of 8 are faster where vectors of 16 would be half empty, or
 * where, with few rows, loading w takes longer than multiplying. */
static ckernels_path path_for(ckernels_path path, size_t height, size_t width) {
  path = ckernels_path_taken(path);
  const bool narrow = width <= 8 || (width > 16 && width <= 24);
  return path == ckernels_path_avx512 && (narrow || height < 4) ? ckernels_path_avx2 : path;
}
