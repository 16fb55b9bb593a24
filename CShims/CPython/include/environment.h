#ifndef ASCENT_CPYTHON_ENVIRONMENT_H
#define ASCENT_CPYTHON_ENVIRONMENT_H

#include "failure.h"
#include "source.h"
#include <stddef.h>
#include <stdint.h>

_Pragma("clang assume_nonnull begin")

/* One environment, its bound methods, and room for its actions. */
typedef struct cpython_environment cpython_environment;

/* The kinds of leaves that a space has. */
typedef enum __attribute__((enum_extensibility(closed))) cpython_leaf_kind : int32_t {
  cpython_leaf_kind_box = 0,
  cpython_leaf_kind_discrete = 1,
  cpython_leaf_kind_multi_discrete = 2,
  cpython_leaf_kind_multi_binary = 3,
} cpython_leaf_kind;

/* A leaf of a space; all pointers belong to the environment. */
typedef struct cpython_leaf {
  const char *path;
  cpython_leaf_kind kind;
  const char *element;
  size_t rank;
  const int64_t *shape;
  size_t count; /* elements of a box or of a vector of bits or of discrete values; 1 for a discrete one */
  const double *low; /* boxes: count bounds */
  const double *high;
  const int64_t *counts; /* discrete ones: count sizes and first values */
  const int64_t *starts;
} cpython_leaf;

/* Which environment is opened, and how. */
typedef struct cpython_opening {
  const char *reference;                               /* a Gymnasium id, module:Id or file.py:Class */
  const char *_Nonnull const *_Nullable registrations; /* functions to call first, module:function */
  size_t registration_count;
  const char *_Nonnull const *_Nullable emissions; /* classes that are laid over it, file.py:Class */
  size_t emission_count;
} cpython_opening;

/* What a step gave, beside its observation. */
typedef struct cpython_outcome {
  double reward;
  int terminated, truncated;
} cpython_outcome;

/* Opens an environment. The caller closes it. */
cpython_fault cpython_environment_open(const cpython_opening *opening,
                                       cpython_environment *_Nullable *_Nonnull out,
                                       cpython_failure *failure);

/* Closes the environment: its close() is called, what that raises is dropped. */
void cpython_environment_close(cpython_environment *environment);

/* The steps after which gymnasium's own TimeLimit, now taken off, would have truncated; −1 for none. */
int64_t cpython_environment_time_limit(const cpython_environment *environment);

/* The spaces' leaves: of actions, or of observations. */
size_t cpython_environment_leaf_count(const cpython_environment *environment, int of_actions);
const cpython_leaf *cpython_environment_leaf(const cpython_environment *environment, int of_actions,
                                             size_t index);

/* From now on an observation is followed by what is allowed: `size` floats, 1 or 0, one for each choice of the discrete
 * actions; 0 where there is none. */
cpython_fault cpython_environment_mask_actions(cpython_environment *environment, size_t *size,
                                               cpython_failure *failure);

/* Whether it keeps something across episodes that it gives and takes (ascent_get_state, ascent_set_state). */
int cpython_environment_keeps_state(const cpython_environment *environment);

/* What it keeps now; the caller frees the bytes with cpython_free. */
cpython_fault cpython_environment_get_state(const cpython_environment *environment,
                                            char *_Nullable *_Nonnull out, size_t *size,
                                            cpython_failure *failure);

/* Gives it back. */
cpython_fault cpython_environment_set_state(const cpython_environment *environment, const char *bytes,
                                            size_t size, cpython_failure *failure);

/* The observation leaves that were left out, joined by commas; "" for none. */
const char *cpython_environment_left_out(const cpython_environment *environment);

/* The table P of a toy-text environment as text (tables.py says how), "" where there is none. The caller frees it. */
cpython_fault cpython_environment_table(cpython_environment *environment, char *_Nullable *_Nonnull out,
                                        cpython_failure *failure);

/* What can be found out inside of Python about an environment, which is opened for it and played for so
 * many steps: lines of name, verdict (pass, fail, note), text and advice with tabs between. The caller frees them. */
cpython_fault cpython_environment_examine(const cpython_opening *opening, int64_t steps,
                                          char *_Nullable *_Nonnull out, cpython_failure *failure);

/* From now on `random` and `numpy.random` draw from the source of the environment that is stepped; what is drawn
 * elsewhere comes from `outside`, which must live as long as the interpreter. */
cpython_fault cpython_capture_randomness(cpython_source outside, cpython_failure *failure);

/* What `import ascent` draws from in this environment. The source must live as long as the environment. */
void cpython_environment_set_source(cpython_environment *environment, cpython_source source);

/* Puts a numpy Generator over the source into the environment's np_random, where it has one; again at each reset. */
cpython_fault cpython_environment_adopt_generator(cpython_environment *environment, cpython_failure *failure);

/* Seeds once what an environment keeps beside np_random (a reset with this seed, `random`, numpy's global state). */
cpython_fault cpython_environment_seed_first(cpython_environment *environment, int64_t seed,
                                             cpython_failure *failure);

/* Says which lane's environment this is, and in which episode: for the message of cpython_watch_calls. */
void cpython_environment_place(cpython_environment *environment, int64_t lane, int64_t episode);

/* Calls reset(), or reset(seed=…) for a seed that is not negative, and writes the flattened observation. */
cpython_fault cpython_environment_reset(cpython_environment *environment, int64_t seed, float *observation,
                                        cpython_failure *failure);

/* Calls step() and writes what it gave. `action` has one float for each value of the action space. */
cpython_fault cpython_environment_step(cpython_environment *environment, const float *action,
                                       float *observation, cpython_outcome *outcome,
                                       cpython_failure *failure);

_Pragma("clang assume_nonnull end")

#endif
