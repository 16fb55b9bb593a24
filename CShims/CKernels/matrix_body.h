/* Fixed-order matrix products on one path. Included by paths.h, once for each path. */

#if LANES == 8
#define PANEL 2 /* vectors of columns in one block: 6 × PANEL accumulators fit the registers */
#else
#define PANEL 4
#endif

/* c[i..i+rows, j..j+vectors·LANES] = start + a · b over `depth` steps, all sums held in registers. The last
 * vector has only the lanes `last` when `cut`. rows, vectors and cut are constants at every call. */
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

/* All rows of a panel of columns. */
INLINE void NAME(columns)(const product *p, size_t j, size_t vectors, bool cut, some last) {
  size_t i = 0;
  if (vectors == 1) {
    for (; i + 8 <= p->height; i += 8) NAME(block)(p, i, j, 8, vectors, cut, last);
  }
  /* The last eight as four and four: two rows alone do not keep two multipliers busy. */
  for (; i + 6 <= p->height && i + 8 != p->height; i += 6) NAME(block)(p, i, j, 6, vectors, cut, last);
  for (; i + 4 <= p->height; i += 4) NAME(block)(p, i, j, 4, vectors, cut, last);
  for (; i + 2 <= p->height; i += 2) NAME(block)(p, i, j, 2, vectors, cut, last);
  for (; i < p->height; i++) NAME(block)(p, i, j, 1, vectors, cut, last);
}

#define COLUMNS(vectors)                                                                                     \
  case vectors:                                                                                              \
    if (cut) {                                                                                               \
      NAME(columns)(p, j, vectors, true, last);                                                              \
    } else {                                                                                                 \
      NAME(columns)(p, j, vectors, false, last);                                                             \
    }                                                                                                        \
    break;

/* The whole panels from column j on, of whose part of b a copy is made first: loads that cross the border of a line cost
 * twice, those of rows far apart fall on few places of the cache, and each is made once for every six rows. Returns the
 * column behind. */
static size_t NAME(packed)(const product *p, size_t j) {
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
    NAME(columns)(&panel, 0, PANEL, false, NAME(first)(0));
  }
  return j;
}

static void NAME(slab)(const product *p) {
  size_t j = 0;
#if LANES == 8
  /* A few rows alone do not make the 8 chains that keep two multipliers busy; more columns do. */
  for (; p->height < 4 && j + 8 * LANES <= p->width; j += 8 * LANES) {
    for (size_t i = 0; i < p->height; i++) NAME(block)(p, i, j, 1, 8, false, NAME(first)(0));
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

/* The whole product, DEPTH steps of the chains at a time so that a slab of b stays in cache; a chain that
 * goes on through memory keeps its bits. */
static void NAME(product)(const product *p) {
  product slab = *p;
  slab.b_row = p->width;
  do {
    slab.depth = slab.depth < DEPTH ? slab.depth : DEPTH;
    NAME(slab)(&slab);
    slab.a += slab.depth * slab.a_column;
    slab.b += slab.depth * slab.width;
    slab.start = slab.c;
    slab.start_row = slab.width;
    slab.depth = (size_t)(p->b + p->depth * p->width - slab.b) / slab.width;
  } while (slab.depth > 0);
}

/* Sums of `vectors` neighbouring vectors of columns, as many chains at once. */
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
