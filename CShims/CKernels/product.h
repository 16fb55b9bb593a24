/* What the files that multiply matrices share: the description of a product. */
#include "CKernels.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* The operation on the results: none, c ← tanh c, or c ← c (1 − y²). */
typedef enum finish { finish_nothing, finish_tanh, finish_tanh_adjoint } finish;

/* c[height×width] = start + a · b, where a's element (i, k) is a[i·a_row + k·a_column], and b[depth×width] is dense. A
 * start of NULL is +0; a start_row of 0 gives each row the same start. */
typedef struct product {
  size_t height, depth, width;
  const float *a;
  size_t a_row, a_column;
  size_t a_block; /* set by product(): between the first of a block's rows and row 0, instead of a_row, times the row */
  /* If listed, the offsets from a of each row and of each step of its chains, instead of multiples of a_row and a_column. */
  const uint32_t *row_offsets, *column_offsets;
  const float *b;
  size_t b_row; /* set by product(), since b is dense; the copy of a panel has another one */
  const float *start;
  size_t start_row;
  float *c;
  finish finish;
  const float *known; /* y of finish_tanh_adjoint */
} product;

#define DEPTH 256
#define TALL 192     /* rows of which a slab of a stays in the second-level cache */
#define GATHERED 96  /* the same for a copy of it on the stack */
#define MANY 24 /* rows from which a copy of b pays off, if its loads cross lines or b is WIDE */
#define WIDE 128
#define NARROW 4  /* columns up to which each element of a vector is a row */
#define ROOM 2048 /* floats of a result that fits on the stack */

typedef float four __attribute__((vector_size(16)));

static inline four load_four(const float *p) {
  four v;
  memcpy(&v, p, sizeof v);
  return v;
}

/* Returns the path for a result of this shape. Vectors of 8 are faster where vectors of 16 would be half empty, or
 * where, with few rows, loading w takes longer than multiplying. */
static ckernels_path path_for(ckernels_path path, size_t height, size_t width) {
  path = ckernels_path_taken(path);
  const bool narrow = width <= 8 || (width > 16 && width <= 24);
  return path == ckernels_path_avx512 && (narrow || height < 4) ? ckernels_path_avx2 : path;
}
