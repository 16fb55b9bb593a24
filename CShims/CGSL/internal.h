/* What the shim's own files share; Swift never sees it. */
#ifndef ASCENT_CGSL_INTERNAL_H
#define ASCENT_CGSL_INTERNAL_H

#include "CGSL.h"
#include <gsl/gsl_rng.h>

struct cgsl_stream {
  gsl_rng *generator;
};

/* The state of Philox: an address and how much of the current block was given out. */
typedef struct cgsl_philox {
  uint32_t key[2];
  uint32_t counter[4];
  uint32_t block[4];
  uint32_t used;
} cgsl_philox;

/* Philox4x32-10 as GSL knows generators, so that every gsl_ran_* runs on it. */
extern const gsl_rng_type cgsl_philox_type;

/* Puts a Philox state at the beginning of a key. */
void cgsl_philox_restart(cgsl_philox *state, cgsl_key key);

/* Replaces GSL's error handler, which would abort, by one that remembers; safe to call often. */
void cgsl_install_handler(void);

/* What GSL complained about on this thread since the last call: 0, or its error number. */
int cgsl_take_error(void);

#endif
