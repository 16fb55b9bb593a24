/* Fixed-order matrix products on one path. Included by paths.h, once for each path. */

#include "product_body.h"

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
    NAME(skip)(&rest, i);
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

/* Copies `columns` columns of a turned b from column j on. */
static __attribute__((noinline)) void NAME(pack_turned)(const product *p, size_t j, size_t columns,
                                                        float *room) {
  enum { width = PANEL * LANES };
  for (size_t c = 0; c < columns; c++) {
    const float *from = p->b + (j + c) * p->b_column;
    size_t k = 0;
    if (c % 4 == 0 && c + 4 <= columns) {
      for (; k + 4 <= p->depth; k += 4) turn(from + k, p->b_column, room + k * width + c, width);
    } else if (c / 4 * 4 + 4 <= columns) {
      k = p->depth / 4 * 4;
    }
    for (; k < p->depth; k++) room[k * width + c] = from[k];
  }
}

/* Computes a slab whose b is turned; the copies of its panels are not. */
static __attribute__((noinline)) void NAME(turned_slab)(const product *whole) {
  _Alignas(64) float room[DEPTH * PANEL * LANES];
  const product p = *whole;
  product panel = p;
  panel.b = room;
  panel.b_row = PANEL * LANES;
  for (size_t j = 0; j < p.width; j += PANEL * LANES) {
    const size_t left = p.width - j, columns = left < PANEL * LANES ? left : PANEL * LANES;
    NAME(pack_turned)(&p, j, columns, room);
    NAME(shift)(&panel, &p, j);
    panel.end = columns;
    if (columns == PANEL * LANES) {
      NAME(columns)(&panel, 0, PANEL, false, NAME(first)(0), order_strided);
    } else {
      NAME(ends)(&panel, 0, order_strided);
    }
  }
}

/* Computes a slab whose a has the steps of a chain far apart, after copying a, six rows side by side: its lines are read
 * once, not once for each panel, and do not compete for few sets of the cache. */
static __attribute__((noinline)) void NAME(gathered)(const product *p) {
  _Alignas(64) float room[GATHERED * DEPTH];
  product six = *p, rest = *p;
  six.height = p->height / 6 * 6;
  for (size_t k = 0; k < p->depth; k++) {
    const float *from = p->a + k * p->a_column;
    for (size_t i = 0; i < six.height; i += 6)
      memcpy(room + i * p->depth + k * 6, from + i, 6 * sizeof *from);
  }
  six.a = room;
  six.a_column = 6;
  NAME(slab)(&six, order_by_six);
  if (six.height == p->height) return;
  NAME(skip)(&rest, six.height);
  NAME(slab)(&rest, order_strided);
}

/* Computes some rows, DEPTH steps of the chains at a time, so that a slab of b stays in the cache. A chain that
 * continues from memory has the same bits. */
static __attribute__((noinline)) void NAME(strip)(const product *p) {
  const bool gathers = p->a_column >= FAR && p->a_row == 1 && p->height >= 12 && p->width > PANEL * LANES;
  product slab = *p;
  slab.b_row = p->width;
  slab.end = p->width;
  for (size_t done = 0; done == 0 || done < p->depth; done += DEPTH) {
    const bool is_last = p->depth - done <= DEPTH;
    slab.depth = is_last ? p->depth - done : DEPTH;
    slab.finish = is_last ? p->finish : finish_nothing;
    /* A copy is passed on, not the slab itself: what is passed on is loaded again after each store. */
    const product copy = slab;
    if (gathers) {
      NAME(gathered)(&copy);
    } else if (p->b_column > 0) {
      NAME(turned_slab)(&copy);
    } else {
      NAME(slab)(&slab, order_strided);
    }
    slab.a += slab.depth * slab.a_column;
    slab.b += p->b_column == 0 ? slab.depth * slab.width : slab.depth;
    slab.start = slab.c;
    slab.start_row = slab.width;
  }
}

/* Computes the whole product, as many rows at a time as leave their part of a in the cache while all panels of b pass. */
static void NAME(product)(const product *p) {
#if LANES < 16
  if (p->width <= NARROW && p->height >= LANES && p->a_column == 1 && p->b_column == 0) {
    NAME(narrow)(p);
    return;
  }
#endif
  const size_t limit = p->a_column < FAR ? TALL : GATHERED, strips = (p->height + limit - 1) / limit;
  if (strips <= 1 || p->width <= PANEL * LANES) {
    NAME(strip)(p);
    return;
  }
  product strip = *p;
  const size_t rows = ((p->height + strips - 1) / strips + 5) / 6 * 6;
  for (size_t i = 0; i < p->height; i += rows) {
    strip.height = p->height - i < rows ? p->height - i : rows;
    NAME(strip)(&strip);
    NAME(skip)(&strip, rows);
  }
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

#undef PANEL
