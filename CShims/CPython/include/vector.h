#ifndef ASCENT_CPYTHON_VECTOR_H
#define ASCENT_CPYTHON_VECTOR_H

#include "environment.h"

_Pragma("clang assume_nonnull begin")

/* The autoreset mode of a vector: when the next episode of an environment begins after its episode ended. */
typedef enum __attribute__((enum_extensibility(closed))) cpython_autoreset : int32_t {
  cpython_autoreset_next_step = 0, /* in the next step, which ignores its action */
  cpython_autoreset_same_step = 1, /* in the same step, whose infos have the last observation */
  cpython_autoreset_disabled = 2,  /* on an explicit reset */
} cpython_autoreset;

/* Opens a vector of `rows` environments that are stepped together: a Gymnasium id with a vector entry point, or
 * file.py:Class, which is called with num_envs. Emissions are not applied. The functions of environment.h that read or
 * close an environment also accept a vector. */
cpython_fault cpython_vector_open(const cpython_opening *opening, size_t rows,
                                  cpython_environment *_Nullable *_Nonnull out, cpython_failure *failure);

cpython_autoreset cpython_vector_autoreset(const cpython_environment *vector);

/* Resets all environments, with the seed if it is not negative, and writes `rows` flattened observations. */
cpython_fault cpython_vector_reset(cpython_environment *vector, int64_t seed, float *observations,
                                   cpython_failure *failure);

/* Resets one environment of a vector without autoreset, and writes its observation. */
cpython_fault cpython_vector_reset_row(cpython_environment *vector, size_t row, float *observation,
                                       cpython_failure *failure);

/* The outcome of a step of all environments, one row for each. `finals` receives the last observations of the episodes
 * that ended; its other rows are not written. */
typedef struct cpython_batch {
  float *observations;
  float *finals;
  double *rewards;
  uint8_t *terminated;
  uint8_t *truncated;
} cpython_batch;

/* Steps all environments; `actions` is [row × value of the action space]. */
cpython_fault cpython_vector_step(cpython_environment *vector, const float *actions,
                                  const cpython_batch *batch, cpython_failure *failure);

_Pragma("clang assume_nonnull end")

#endif
