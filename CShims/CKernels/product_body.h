/* The blocks of which a matrix product consists, on one path. Included by the bodies of the files that multiply. */

#include "tanh_body.h"

#if LANES == 8
#define PANEL 2 /* vectors of columns in one block: 6 × PANEL accumulators fit the registers */
#else
#define PANEL 4
#endif

/* Leaves out the first rows. */
INLINE void NAME(skip)(product *p, size_t rows) {
  p->height -= rows < p->height ? rows : p->height;
  p->a += rows * p->a_row;
  p->c += rows * p->width;
  if (p->start != NULL) p->start += rows * p->start_row;
  if (p->known != NULL) p->known += rows * p->width;
}

/* Computes c[i..i+rows, j..j+vectors·LANES] = start + a · b over `depth` steps, with all sums in registers. If `cut`,
 * the last vector has only the elements `last`. rows, vectors, cut and order are constants at every call. */
INLINE void NAME(block)(const product *p, size_t i, size_t j, size_t rows, size_t vectors, bool cut,
                        some last, order order) {
  const size_t whole = cut ? vectors - 1 : vectors;
  vector sum[8][8];
  const float *a[8];
  UNROLL for (size_t r = 0; r < rows; r++) {
    a[r] = p->a + (order == order_listed   ? p->row_offsets[i + r]
                   : order == order_by_six ? i * p->depth + r
                                           : (i + r) * p->a_row);
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
    const size_t step = order == order_listed ? p->column_offsets[k] : offset;
    UNROLL for (size_t r = 0; r < rows; r++) {
      const vector as = NAME(splat)(a[r][step]);
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
INLINE void NAME(columns)(const product *p, size_t j, size_t vectors, bool cut, some last, order order) {
  size_t i = 0;
  if (vectors == 1 && order != order_by_six) {
    for (; i + 8 <= p->height; i += 8) NAME(block)(p, i, j, 8, vectors, cut, last, order);
  }
  /* The last eight rows are computed as four and four: two rows alone do not keep two multipliers busy. */
  for (; i + 6 <= p->height && i + 8 != p->height; i += 6) NAME(block)(p, i, j, 6, vectors, cut, last, order);
  for (; i + 4 <= p->height; i += 4) NAME(block)(p, i, j, 4, vectors, cut, last, order);
  for (; i + 2 <= p->height; i += 2) NAME(block)(p, i, j, 2, vectors, cut, last, order);
  for (; i < p->height; i++) NAME(block)(p, i, j, 1, vectors, cut, last, order);
  NAME(finish)(p, j, cut ? p->end - j : vectors * LANES);
}

#define COLUMNS(vectors)                                                                                     \
  case vectors:                                                                                              \
    if (cut) {                                                                                               \
      NAME(columns)(p, j, vectors, true, last, order);                                                       \
    } else {                                                                                                 \
      NAME(columns)(p, j, vectors, false, last, order);                                                      \
    }                                                                                                        \
    break;

/* Makes the first column of a part that of column j of the whole. */
INLINE void NAME(shift)(product *part, const product *p, size_t j) {
  part->c = p->c + j;
  if (p->start != NULL) part->start = p->start + j;
  if (p->known != NULL) part->known = p->known + j;
}

/* Copies a panel of b from column j on. */
INLINE void NAME(pack)(const product *p, size_t j, float *room) {
  for (size_t k = 0; k < p->depth; k++) {
    UNROLL for (size_t v = 0; v < PANEL; v++) {
      NAME(store)(room + (k * PANEL + v) * LANES, NAME(load)(p->b + k * p->width + j + v * LANES));
    }
  }
}

/* Computes whole panels from column j on, each with a copy of its part of b: loads that cross a cache line cost twice,
 * loads from rows far apart compete for few sets of the cache, and each load is made once for every six rows. Returns the
 * first column after them. */
INLINE size_t NAME(packed)(const product *p, size_t j, float *room, order order) {
  product panel = *p;
  panel.b = room;
  panel.b_row = PANEL * LANES;
  for (; j + PANEL * LANES <= p->width; j += PANEL * LANES) {
    NAME(pack)(p, j, room);
    NAME(shift)(&panel, p, j);
    NAME(columns)(&panel, 0, PANEL, false, NAME(first)(0), order);
  }
  return j;
}

/* Computes the columns from j on, which are fewer than a panel. */
INLINE void NAME(ends)(const product *p, size_t j, order order) {
  const size_t left = p->end - j, rest = left % LANES;
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

#undef COLUMNS

/* Computes all columns of some rows, whose chains fit a slab. */
INLINE void NAME(slab)(const product *p, order order) {
  _Alignas(64) float room[DEPTH * PANEL * LANES];
  size_t j = 0;
#if LANES == 8
  /* A few rows alone do not have the 8 chains that keep two multipliers busy; more columns do. */
  for (; p->height < 4 && j + 8 * LANES <= p->width; j += 8 * LANES) {
    for (size_t i = 0; i < p->height; i++) NAME(block)(p, i, j, 1, 8, false, NAME(first)(0), order);
    NAME(finish)(p, j, 8 * LANES);
  }
#endif
  const bool crosses = ((uintptr_t)p->b | p->width * sizeof(float)) % sizeof(vector) != 0;
  /* Rows of b that are a multiple of 256 bytes apart compete for a quarter of the sets, with the patches, too. */
  const bool competes = order == order_listed && p->depth > 64 && p->width % 64 == 0;
  if (p->height >= MANY && (crosses || competes || p->width >= WIDE)) j = NAME(packed)(p, j, room, order);
  for (; j + PANEL * LANES <= p->width; j += PANEL * LANES) {
    NAME(columns)(p, j, PANEL, false, NAME(first)(0), order);
  }
  NAME(ends)(p, j, order);
}
