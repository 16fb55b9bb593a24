#ifndef ASCENT_CPYTHON_SOURCE_H
#define ASCENT_CPYTHON_SOURCE_H

#include <stddef.h>
#include <stdint.h>

_Pragma("clang assume_nonnull begin")

/* A random stream as functions over a state that the source does not own. `draw` takes the number of a distribution,
 * its parameters, and an output buffer; it returns 0, or another number if a parameter is outside of its domain. */
typedef struct cpython_source {
  void *state;
  uint64_t (*next_uint64)(void *state);
  uint32_t (*next_uint32)(void *state);
  double (*next_double)(void *state);
  int32_t (*draw)(void *state, int32_t distribution, const double *parameters, ptrdiff_t parameter_count,
                  double *out, ptrdiff_t count);
} cpython_source;

_Pragma("clang assume_nonnull end")

#endif
