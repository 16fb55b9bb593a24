#ifndef ASCENT_CPYTHON_FAILURE_H
#define ASCENT_CPYTHON_FAILURE_H

#include <stdint.h>

_Pragma("clang assume_nonnull begin")

/* The kinds of failures, each with the texts and numbers of its cpython_failure. */
typedef enum __attribute__((enum_extensibility(closed))) cpython_fault : int32_t {
  cpython_fault_none = 0,
  /* Python raised an exception: type, message, traceback. */
  cpython_fault_raised = 1,
  /* The Python code refused (Refusal in host.py): kind, sentence. */
  cpython_fault_refused = 2,
  /* A value has another kind, shape or element type: name of the value, expected, found. */
  cpython_fault_mismatch = 3,
  /* A value is NaN or infinite: name; value and index. */
  cpython_fault_not_finite = 4,
  /* A value is outside of its space: name, allowed values; value. */
  cpython_fault_outside = 5,
  /* Memory is exhausted. */
  cpython_fault_no_memory = 6,
  /* The interpreter cannot start: the reason. */
  cpython_fault_start = 7,
} cpython_fault;

/* A failure and its texts, which it owns. A zero-filled one is no failure. */
typedef struct cpython_failure {
  cpython_fault fault;
  char *_Nullable first;
  char *_Nullable second;
  char *_Nullable third;
  double value;
  int64_t index;
} cpython_failure;

/* Frees the texts; afterward the failure is none. */
void cpython_failure_clear(cpython_failure *failure);

_Pragma("clang assume_nonnull end")

#endif
