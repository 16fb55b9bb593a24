#ifndef ASCENT_CPYTHON_SOURCE_H
#define ASCENT_CPYTHON_SOURCE_H

#include <stddef.h>
#include <stdint.h>

_Pragma("clang assume_nonnull begin")

/* A random stream as functions over a state that the source does not own. `draw` takes the number of a distribution,
 * its parameters, and an output buffer; it returns 0, or another number if a parameter is outside of its domain. `copy`
 * returns the state of a new stream at the same position, or NULL without memory; `release` frees it. `save` returns the
 * size of the position and writes it to `out` unless that is NULL; `load` returns 0, or another number if the bytes are
 * no position. */
typedef struct cpython_source {
  void *state;
  uint64_t (*next_uint64)(void *state);
  uint32_t (*next_uint32)(void *state);
  double (*next_double)(void *state);
  int32_t (*draw)(void *state, int32_t distribution, const double *parameters, ptrdiff_t parameter_count,
                  double *out, ptrdiff_t count);
  void *_Nullable (*_Nonnull copy)(void *state);
  void (*release)(void *state);
  size_t (*save)(void *state, uint8_t *_Nullable out);
  int32_t (*load)(void *state, const uint8_t *bytes, size_t size);
  int32_t feeds; /* 1 if Gymnasium's generators draw from it in place of the operating system's seeds */
} cpython_source;

_Pragma("clang assume_nonnull end")

#endif
