/* Fixed-order matrix products on one path. Included by paths.h, once for each path. */

#include "tanh_body.h"

#if LANES == 8
#define PANEL 2 /* vectors of columns in one block: 6 × PANEL accumulators fit the registers */
#else
#define PANEL 4
#endif

/* Computes c[i..i+rows, j..j+vectors·LANES] = start + a · b over `depth` steps, with all sums in registers. If `cut`,
 * the last vector has only the elements `last`. rows, vectors and cut are constants at every call. */
INLINE void NAME(block)(const product *p, size_t i, size_t j, size_t rows, size_t vectors, bool cut,
                        some last) {
  const size_t whole = cut ? vectors - 1 : vectors;
  vector sum[8][8];
  const float *a[8];
  UNROLL for (size_t r = 0; r < rows; r++) {
    a[r] = p->a + (i + r) * p->a_row;
    UNROLL for (size_t v = 0; v < vectors; v++) {
      if (p->start == NULL) {
        sum[r][v] = NAME(splat)(0);
      } else {
        const float *start = p->start + (i + r) * p->start_row + j + v * LANES;
        sum[r][v] = v < whole ? NAME(load)(start) : NAME(load_some)(last, start);
      }
    }
  }
  const float *b = p->b + j;
  for (size_t k = 0, offset = 0; k < p->depth; k++, offset += p->a_column, b += p->b_row) {
    vector bs[8];
    UNROLL for (size_t v = 0; v < vectors; v++) {
      bs[v] = v < whole ? NAME(load)(b + v * LANES) : NAME(load_some)(last, b + v * LANES);
    }
    UNROLL for (size_t r = 0; r < rows; r++) {
      const vector as = NAME(splat)(a[r][offset]);
      UNROLL for (size_t v = 0; v < vectors; v++) { sum[r][v] = NAME(fma)(as, bs[v], sum[r][v]); }
    }
  }
  UNROLL for (size_t r = 0; r < rows; r++) {
    float *c = p->c + (i + r) * p->width + j;
    UNROLL for (size_t v = 0; v < vectors; v++) {
      if (v < whole) {
        NAME(store)(c + v * LANES, sum[r][v]);
      } else {
        NAME(store_some)(last, c + v * LANES, sum[r][v]);
      }
    }
  }
}

/* c ← tanh c, or c ← c (1 − y²) if y is given, in `columns` columns of rows that are `width` apart. */
INLINE void NAME(follow_rows)(float *c, const float *y, size_t rows, size_t columns, size_t width) {
  const size_t whole = columns / LANES * LANES;
  const some last = NAME(first)(columns - whole);
  for (size_t r = 0; r < rows; r++, c += width) {
    for (size_t j = 0; j < whole; j += LANES) {
      const vector x = NAME(load)(c + j);
      NAME(store)(c + j, y == NULL ? NAME(tanh)(x) : NAME(tanh_adjoint)(NAME(load)(y + j), x));
    }
    if (whole < columns) {
      const vector x = NAME(load_some)(last, c + whole);
      const vector z = y == NULL ? NAME(tanh)(x) : NAME(tanh_adjoint)(NAME(load_some)(last, y + whole), x);
      NAME(store_some)(last, c + whole, z);
    }
    if (y != NULL) y += width;
  }
}

/* Calls follow_rows, with a constant number of columns for a whole panel. */
static __attribute__((noinline)) void NAME(follow)(float *c, const float *y, size_t rows, size_t columns,
                                                   size_t width) {
  if (columns == PANEL * LANES && y == NULL) {
    NAME(follow_rows)(c, NULL, rows, PANEL * LANES, width);
  } else if (columns == PANEL * LANES) {
    NAME(follow_rows)(c, y, rows, PANEL * LANES, width);
  } else {
    NAME(follow_rows)(c, y, rows, columns, width);
  }
}

/* Applies the final operation to some columns while they are in the first-level cache. The product itself is not passed
 * on: the compiler would then assume that stores may change it. */
INLINE void NAME(finish)(const product *p, size_t j, size_t columns) {
  if (p->finish == finish_nothing) return;
  NAME(follow)(p->c + j, p->finish == finish_tanh ? NULL : p->known + j, p->height, columns, p->width);
}

/* Computes all rows of a panel of columns. */
INLINE void NAME(columns)(const product *p, size_t j, size_t vectors, bool cut, some last) {
  size_t i = 0;
  if (vectors == 1) {
    for (; i + 8 <= p->height; i += 8) NAME(block)(p, i, j, 8, vectors, cut, last);
  }
  /* The last eight rows are computed as four and four: two rows alone do not keep two multipliers busy. */
  for (; i + 6 <= p->height && i + 8 != p->height; i += 6) NAME(block)(p, i, j, 6, vectors, cut, last);
  for (; i + 4 <= p->height; i += 4) NAME(block)(p, i, j, 4, vectors, cut, last);
  for (; i + 2 <= p->height; i += 2) NAME(block)(p, i, j, 2, vectors, cut, last);
  for (; i < p->height; i++) NAME(block)(p, i, j, 1, vectors, cut, last);
  NAME(finish)(p, j, cut ? p->width - j : vectors * LANES);
}

#define COLUMNS(vectors)                                                                                     \
  case vectors:                                                                                              \
    if (cut) {                                                                                               \
      NAME(columns)(p, j, vectors, true, last);                                                              \
    } else {                                                                                                 \
      NAME(columns)(p, j, vectors, false, last);                                                             \
    }                                                                                                        \
    break;

/* Computes the whole panels from column j on, each with a copy of its part of b: loads that cross a cache line cost
 * twice, loads from rows far apart compete for few sets of the cache, and each load is made once for every six rows.
 * Returns the first column after them. */
INLINE size_t NAME(packed)(const product *p, size_t j) {
  _Alignas(64) float room[DEPTH * PANEL * LANES];
  product panel = *p;
  panel.b = room;
  panel.b_row = PANEL * LANES;
  for (; j + PANEL * LANES <= p->width; j += PANEL * LANES) {
    for (size_t k = 0; k < p->depth; k++) {
      UNROLL for (size_t v = 0; v < PANEL; v++) {
        NAME(store)(room + (k * PANEL + v) * LANES, NAME(load)(p->b + k * p->width + j + v * LANES));
      }
    }
    panel.c = p->c + j;
    if (p->start != NULL) panel.start = p->start + j;
    if (p->known != NULL) panel.known = p->known + j;
    NAME(columns)(&panel, 0, PANEL, false, NAME(first)(0));
  }
  return j;
}

INLINE void NAME(slab)(const product *p) {
  size_t j = 0;
#if LANES == 8
  /* A few rows alone do not have the 8 chains that keep two multipliers busy; more columns do. */
  for (; p->height < 4 && j + 8 * LANES <= p->width; j += 8 * LANES) {
    for (size_t i = 0; i < p->height; i++) NAME(block)(p, i, j, 1, 8, false, NAME(first)(0));
    NAME(finish)(p, j, 8 * LANES);
  }
#endif
  const bool crosses = ((uintptr_t)p->b | p->width * sizeof(float)) % sizeof(vector) != 0;
  if (p->height >= MANY && (crosses || p->width >= WIDE)) j = NAME(packed)(p, j);
  for (; j + PANEL * LANES <= p->width; j += PANEL * LANES) NAME(columns)(p, j, PANEL, false, NAME(first)(0));
  const size_t left = p->width - j, rest = left % LANES;
  const bool cut = rest != 0;
  const some last = NAME(first)(rest);
  switch ((left + LANES - 1) / LANES) {
    COLUMNS(1)
    COLUMNS(2)
#if PANEL == 4
    COLUMNS(3)
    COLUMNS(4)
#endif
  }
}

#if LANES < 16

/* Reads LANES rows that are `stride` apart as four columns. */
INLINE void NAME(turned)(const float *x, size_t stride, vector columns[4]) {
  vector rows[4];
  UNROLL for (size_t r = 0; r < 4; r++) {
#if LANES == 8
    rows[r] = __builtin_shufflevector(load_four(x + r * stride), load_four(x + (r + 4) * stride), 0, 1, 2, 3,
                                      4, 5, 6, 7);
#else
    rows[r] = load_four(x + r * stride);
#endif
  }
  UNROLL for (size_t r = 0; r < 4; r += 2) {
#if LANES == 8
    columns[r] = __builtin_shufflevector(rows[r], rows[r + 1], 0, 8, 1, 9, 4, 12, 5, 13);
    columns[r + 1] = __builtin_shufflevector(rows[r], rows[r + 1], 2, 10, 3, 11, 6, 14, 7, 15);
#else
    columns[r] = __builtin_shufflevector(rows[r], rows[r + 1], 0, 4, 1, 5);
    columns[r + 1] = __builtin_shufflevector(rows[r], rows[r + 1], 2, 6, 3, 7);
#endif
  }
  const vector a = columns[0], b = columns[1], c = columns[2], d = columns[3];
#if LANES == 8
  columns[0] = __builtin_shufflevector(a, c, 0, 1, 8, 9, 4, 5, 12, 13);
  columns[1] = __builtin_shufflevector(a, c, 2, 3, 10, 11, 6, 7, 14, 15);
  columns[2] = __builtin_shufflevector(b, d, 0, 1, 8, 9, 4, 5, 12, 13);
  columns[3] = __builtin_shufflevector(b, d, 2, 3, 10, 11, 6, 7, 14, 15);
#else
  columns[0] = __builtin_shufflevector(a, c, 0, 1, 4, 5);
  columns[1] = __builtin_shufflevector(a, c, 2, 3, 6, 7);
  columns[2] = __builtin_shufflevector(b, d, 0, 1, 4, 5);
  columns[3] = __builtin_shufflevector(b, d, 2, 3, 6, 7);
#endif
}

/* Computes `groups` times LANES rows of a result of n columns; each element of a vector is a row, not a column. */
INLINE void NAME(narrow_rows)(const product *p, size_t i, size_t groups, size_t n) {
  vector sum[4][NARROW];
  float room[LANES];
  UNROLL for (size_t g = 0; g < groups; g++) {
    UNROLL for (size_t j = 0; j < n; j++) {
      for (size_t r = 0; r < LANES; r++) {
        room[r] = p->start == NULL ? 0 : p->start[(i + g * LANES + r) * p->start_row + j];
      }
      sum[g][j] = NAME(load)(room);
    }
  }
  const float *a = p->a + i * p->a_row, *b = p->b;
  size_t k = 0;
  for (; k + 4 <= p->depth; k += 4, b += 4 * n) {
    UNROLL for (size_t g = 0; g < groups; g++) {
      vector columns[4];
      NAME(turned)(a + g * LANES * p->a_row + k, p->a_row, columns);
      UNROLL for (size_t q = 0; q < 4; q++) {
        UNROLL for (size_t j = 0; j < n; j++) {
          sum[g][j] = NAME(fma)(columns[q], NAME(splat)(b[q * n + j]), sum[g][j]);
        }
      }
    }
  }
  for (; k < p->depth; k++, b += n) {
    UNROLL for (size_t g = 0; g < groups; g++) {
      for (size_t r = 0; r < LANES; r++) room[r] = a[(g * LANES + r) * p->a_row + k];
      const vector column = NAME(load)(room);
      UNROLL for (size_t j = 0; j < n; j++) { sum[g][j] = NAME(fma)(column, NAME(splat)(b[j]), sum[g][j]); }
    }
  }
  UNROLL for (size_t g = 0; g < groups; g++) {
    UNROLL for (size_t j = 0; j < n; j++) {
      NAME(store)(room, sum[g][j]);
      for (size_t r = 0; r < LANES; r++) p->c[(i + g * LANES + r) * n + j] = room[r];
    }
  }
}

#define NARROW_ROWS(n)                                                                                       \
  case n:                                                                                                    \
    for (; n <= 2 && i + 4 * LANES <= p->height; i += 4 * LANES) NAME(narrow_rows)(p, i, 4, n);              \
    for (; i + 2 * LANES <= p->height; i += 2 * LANES) NAME(narrow_rows)(p, i, 2, n);                        \
    for (; i + LANES <= p->height; i += LANES) NAME(narrow_rows)(p, i, 1, n);                                \
    break;

static void NAME(product)(const product *p);

/* Computes a product whose rows are shorter than a vector; the last rows, which fill no vector, are computed apart. */
static void NAME(narrow)(const product *p) {
  size_t i = 0;
  switch (p->width) {
    NARROW_ROWS(1)
    NARROW_ROWS(2)
    NARROW_ROWS(3)
    NARROW_ROWS(4)
  }
  if (i < p->height) {
    product rest = *p;
    rest.height -= i;
    rest.a += i * p->a_row;
    rest.c += i * p->width;
    if (p->start != NULL) rest.start += i * p->start_row;
    rest.finish = finish_nothing;
    NAME(product)(&rest);
  }
  /* The rows are contiguous, so the final operation treats them as one long row. */
  product row = *p;
  row.height = 1;
  row.width *= p->height;
  NAME(finish)(&row, 0, row.width);
}

#undef NARROW_ROWS
#endif

/* Computes the whole product, DEPTH steps of the chains at a time, so that a slab of b stays in the cache. A chain that
 * continues from memory has the same bits. */
static void NAME(product)(const product *p) {
#if LANES < 16
  if (p->width <= NARROW && p->height >= LANES && p->a_column == 1) {
    NAME(narrow)(p);
    return;
  }
#endif
  product slab = *p;
  slab.b_row = p->width;
  do {
    const bool is_last = slab.depth <= DEPTH;
    slab.depth = is_last ? slab.depth : DEPTH;
    slab.finish = is_last ? p->finish : finish_nothing;
    NAME(slab)(&slab);
    slab.a += slab.depth * slab.a_column;
    slab.b += slab.depth * slab.width;
    slab.start = slab.c;
    slab.start_row = slab.width;
    slab.depth = (size_t)(p->b + p->depth * p->width - slab.b) / slab.width;
  } while (slab.depth > 0);
}

/* Sums `vectors` neighboring vectors of columns, as parallel chains. */
INLINE void NAME(sums)(size_t vectors, size_t m, size_t n, const float *dy, float *db) {
  vector sum[8];
  UNROLL for (size_t v = 0; v < vectors; v++) sum[v] = NAME(load)(db + v * LANES);
  for (size_t i = 0; i < m; i++, dy += n) {
    UNROLL for (size_t v = 0; v < vectors; v++) sum[v] += NAME(load)(dy + v * LANES);
  }
  UNROLL for (size_t v = 0; v < vectors; v++) NAME(store)(db + v * LANES, sum[v]);
}

static void NAME(rows)(size_t m, size_t n, const float *dy, float *db) {
  size_t j = 0;
  for (; j + 8 * LANES <= n; j += 8 * LANES) NAME(sums)(8, m, n, dy + j, db + j);
  for (; j + 4 * LANES <= n; j += 4 * LANES) NAME(sums)(4, m, n, dy + j, db + j);
  for (; j + LANES <= n; j += LANES) NAME(sums)(1, m, n, dy + j, db + j);
  if (j < n) {
    const some last = NAME(first)(n - j);
    vector sum = NAME(load_some)(last, db + j);
    for (size_t i = 0; i < m; i++) sum += NAME(load_some)(last, dy + i * n + j);
    NAME(store_some)(last, db + j, sum);
  }
}

#undef COLUMNS
#undef PANEL
