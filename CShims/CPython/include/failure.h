#ifndef ASCENT_CPYTHON_FAILURE_H
#define ASCENT_CPYTHON_FAILURE_H

#include <stdint.h>

_Pragma("clang assume_nonnull begin")

/* What went wrong. */
typedef enum __attribute__((enum_extensibility(closed))) cpython_fault : int32_t {
  cpython_fault_none = 0,
  /* Python raised: type, message, traceback. */
  cpython_fault_raised = 1,
  /* The host refused: its kind, its sentence. */
  cpython_fault_refused = 2,
  /* Another kind, shape or element type: what, what was expected, what was found. */
  cpython_fault_mismatch = 3,
  /* NaN or infinite: what; value and index. */
  cpython_fault_not_finite = 4,
  /* Outside of its space: what, what is allowed; value. */
  cpython_fault_outside = 5,
  /* No memory. */
  cpython_fault_no_memory = 6,
  /* The interpreter cannot start: the reason. */
  cpython_fault_start = 7,
} cpython_fault;

/* A failure and its texts, which it owns. Zero-filled it is none. */
typedef struct cpython_failure {
  cpython_fault fault;
  char *_Nullable first;
  char *_Nullable second;
  char *_Nullable third;
  double value;
  int64_t index;
} cpython_failure;

/* Gives the texts back; the failure is none then. */
void cpython_failure_clear(cpython_failure *failure);

_Pragma("clang assume_nonnull end")

#endif
