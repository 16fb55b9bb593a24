/* Declarations that the shim's own files share; Swift does not see them. */
#ifndef ASCENT_CGSL_INTERNAL_H
#define ASCENT_CGSL_INTERNAL_H

#include "CGSL.h"
#include <gsl/gsl_rng.h>

struct cgsl_stream {
  gsl_rng *generator;
};

/* The state of Philox: key, counter, the current block, and the number of its words that are used. */
typedef struct cgsl_philox {
  uint32_t key[2];
  uint32_t counter[4];
  uint32_t block[4];
  uint32_t used;
} cgsl_philox;

/* Philox4x32-10 as a generator type of GSL, so that every gsl_ran_* uses it. */
extern const gsl_rng_type cgsl_philox_type;

/* Sets a Philox state to the beginning of a key's stream. */
void cgsl_philox_restart(cgsl_philox *state, cgsl_key key);

/* Replaces GSL's error handler, which aborts, by one that records the error; may be called repeatedly. */
void cgsl_install_handler(void);

/* Makes GSL call CMath's elementary functions instead of the C library's; may be called repeatedly. Returns 0 if they
 * cannot be exchanged, as where GSL is linked statically. */
int cgsl_bind_arithmetic(void);

/* Returns and clears the last error number of GSL on this thread; 0 for none. */
int cgsl_take_error(void);

#endif
