/* The cells of recurrent layers on one path. Included by paths.h, once for each path. */

#include "tanh_body.h"

/* 1 / (1 + exp(−x)). */
INLINE vector NAME(logistic)(vector x) {
  const vector half = NAME(splat)(0.5f);
  return NAME(fma)(half, NAME(tanh)(half * x), half);
}

/* d y (1 − y): the adjoint of the logistic function, from its value y. */
INLINE vector NAME(logistic_adjoint)(vector y, vector d) { return d * NAME(fma)(-y, y, y); }

/* Read and write a vector of a cell: all elements, or only the first ones if `cut`. */
#define LOAD(p) (cut ? NAME(load_some)(last, p) : NAME(load)(p))
#define STORE(p, v)                                                                                          \
  do {                                                                                                       \
    if (cut) {                                                                                               \
      NAME(store_some)(last, p, v);                                                                          \
    } else {                                                                                                 \
      NAME(store)(p, v);                                                                                     \
    }                                                                                                        \
  } while (0)

/* Applies cell(&s) to all rows with `gates` gates each, vector by vector within a row. */
#define ROWS(cell, type, gates)                                                                              \
  static void NAME(cell##_rows)(size_t rows, size_t n, const type *s) {                                      \
    const size_t whole = n / LANES * LANES;                                                                  \
    const some last = NAME(first)(n - whole);                                                                \
    for (size_t row = 0; row < rows; row++) {                                                                \
      const size_t g = row * (gates)*n, h = row * n;                                                         \
      for (size_t j = 0; j < whole; j += LANES) NAME(cell)(s, n, g + j, h + j, false, last);                 \
      if (whole < n) NAME(cell)(s, n, g + whole, h + whole, true, last);                                     \
    }                                                                                                        \
  }

INLINE void NAME(gru)(const gru *s, size_t n, size_t g, size_t h, bool cut, some last) {
  const vector r = NAME(logistic)(LOAD(s->gates + g) + LOAD(s->inner + g));
  const vector z = NAME(logistic)(LOAD(s->gates + g + n) + LOAD(s->inner + g + n));
  const vector y = NAME(tanh)(NAME(fma)(r, LOAD(s->inner + g + 2 * n), LOAD(s->gates + g + 2 * n)));
  STORE(s->gates + g, r);
  STORE(s->gates + g + n, z);
  STORE(s->gates + g + 2 * n, y);
  STORE(s->after + h, NAME(fma)(z, LOAD(s->before + h) - y, y));
}
ROWS(gru, gru, 3)

INLINE void NAME(gru_adjoint)(const gru_adjoint *s, size_t n, size_t g, size_t h, bool cut, some last) {
  const vector r = LOAD(s->gates + g), z = LOAD(s->gates + g + n), y = LOAD(s->gates + g + 2 * n);
  const vector d = LOAD(s->dafter + h) + LOAD(s->dbefore + h);
  const vector dy = NAME(tanh_adjoint)(y, d * (NAME(splat)(1) - z));
  const vector dr = NAME(logistic_adjoint)(r, dy * LOAD(s->inner + g + 2 * n));
  const vector dz = NAME(logistic_adjoint)(z, d * (LOAD(s->before + h) - y));
  STORE(s->dgates + g, dr);
  STORE(s->dgates + g + n, dz);
  STORE(s->dgates + g + 2 * n, dy);
  STORE(s->dinner + g, dr);
  STORE(s->dinner + g + n, dz);
  STORE(s->dinner + g + 2 * n, dy * r);
  STORE(s->dbefore + h, d * z);
}
ROWS(gru_adjoint, gru_adjoint, 3)

INLINE void NAME(gru_tangent)(const gru_tangent *s, size_t n, size_t g, size_t h, bool cut, some last) {
  const vector r = LOAD(s->gates + g), z = LOAD(s->gates + g + n), y = LOAD(s->gates + g + 2 * n);
  const vector tr = NAME(logistic_adjoint)(r, LOAD(s->tgates + g) + LOAD(s->tinner + g));
  const vector tz = NAME(logistic_adjoint)(z, LOAD(s->tgates + g + n) + LOAD(s->tinner + g + n));
  const vector inner = NAME(fma)(tr, LOAD(s->inner + g + 2 * n), r * LOAD(s->tinner + g + 2 * n));
  const vector ty = NAME(tanh_adjoint)(y, LOAD(s->tgates + g + 2 * n) + inner);
  const vector moved = NAME(fma)(tz, LOAD(s->before + h) - y, ty);
  STORE(s->tafter + h, NAME(fma)(z, LOAD(s->tbefore + h) - ty, moved));
}
ROWS(gru_tangent, gru_tangent, 3)

INLINE void NAME(lstm)(const lstm *s, size_t n, size_t g, size_t h, bool cut, some last) {
  const vector i = NAME(logistic)(LOAD(s->gates + g) + LOAD(s->inner + g));
  const vector f = NAME(logistic)(LOAD(s->gates + g + n) + LOAD(s->inner + g + n));
  const vector y = NAME(tanh)(LOAD(s->gates + g + 2 * n) + LOAD(s->inner + g + 2 * n));
  const vector o = NAME(logistic)(LOAD(s->gates + g + 3 * n) + LOAD(s->inner + g + 3 * n));
  const vector c = NAME(fma)(f, LOAD(s->cells_before + h), i * y);
  const vector t = NAME(tanh)(c);
  STORE(s->gates + g, i);
  STORE(s->gates + g + n, f);
  STORE(s->gates + g + 2 * n, y);
  STORE(s->gates + g + 3 * n, o);
  STORE(s->cells + h, c);
  STORE(s->shown + h, t);
  STORE(s->after + h, o * t);
}
ROWS(lstm, lstm, 4)

INLINE void NAME(lstm_adjoint)(const lstm_adjoint *s, size_t n, size_t g, size_t h, bool cut, some last) {
  const vector i = LOAD(s->gates + g), f = LOAD(s->gates + g + n);
  const vector y = LOAD(s->gates + g + 2 * n), o = LOAD(s->gates + g + 3 * n), t = LOAD(s->shown + h);
  const vector d = LOAD(s->dafter + h) + LOAD(s->dbefore + h);
  const vector dc = LOAD(s->dcells + h) + NAME(tanh_adjoint)(t, d * o);
  STORE(s->dgates + g, NAME(logistic_adjoint)(i, dc * y));
  STORE(s->dgates + g + n, NAME(logistic_adjoint)(f, dc * LOAD(s->cells_before + h)));
  STORE(s->dgates + g + 2 * n, NAME(tanh_adjoint)(y, dc * i));
  STORE(s->dgates + g + 3 * n, NAME(logistic_adjoint)(o, d * t));
  STORE(s->dcells + h, dc * f);
  STORE(s->dbefore + h, NAME(splat)(0));
}
ROWS(lstm_adjoint, lstm_adjoint, 4)

INLINE void NAME(lstm_tangent)(const lstm_tangent *s, size_t n, size_t g, size_t h, bool cut, some last) {
  const vector i = LOAD(s->gates + g), f = LOAD(s->gates + g + n);
  const vector y = LOAD(s->gates + g + 2 * n), o = LOAD(s->gates + g + 3 * n), t = LOAD(s->shown + h);
  const vector ti = NAME(logistic_adjoint)(i, LOAD(s->tgates + g) + LOAD(s->tinner + g));
  const vector tf = NAME(logistic_adjoint)(f, LOAD(s->tgates + g + n) + LOAD(s->tinner + g + n));
  const vector ty = NAME(tanh_adjoint)(y, LOAD(s->tgates + g + 2 * n) + LOAD(s->tinner + g + 2 * n));
  const vector to = NAME(logistic_adjoint)(o, LOAD(s->tgates + g + 3 * n) + LOAD(s->tinner + g + 3 * n));
  const vector kept = NAME(fma)(tf, LOAD(s->cells_before + h), f * LOAD(s->tcells_before + h));
  const vector tc = kept + NAME(fma)(ti, y, i * ty);
  STORE(s->tcells + h, tc);
  STORE(s->tafter + h, NAME(fma)(to, t, o * NAME(tanh_adjoint)(t, tc)));
}
ROWS(lstm_tangent, lstm_tangent, 4)

#undef LOAD
#undef STORE
#undef ROWS
