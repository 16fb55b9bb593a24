#ifndef ASCENT_CPYTHON_ENVIRONMENT_H
#define ASCENT_CPYTHON_ENVIRONMENT_H

#include "failure.h"
#include "source.h"
#include <stddef.h>
#include <stdint.h>

_Pragma("clang assume_nonnull begin")

/* An environment, its bound methods, and the buffers of its actions. */
typedef struct cpython_environment cpython_environment;

/* The kinds of leaves of a space. */
typedef enum __attribute__((enum_extensibility(closed))) cpython_leaf_kind : int32_t {
  cpython_leaf_kind_box = 0,
  cpython_leaf_kind_discrete = 1,
  cpython_leaf_kind_multi_discrete = 2,
  cpython_leaf_kind_multi_binary = 3,
} cpython_leaf_kind;

/* A leaf of a space; all pointers belong to the environment. */
typedef struct cpython_leaf {
  const char *path;
  const char *keys; /* "i3;t2:ab;" for the keys 3 and "ab"; empty if one is neither a number nor a text */
  cpython_leaf_kind kind;
  const char *element;
  size_t rank;
  const int64_t *shape;
  size_t count;      /* the elements of a box or of a vector; 1 for a discrete value */
  const double *low; /* for boxes: `count` bounds */
  const double *high;
  const int64_t *counts; /* for discrete values: `count` sizes and first values */
  const int64_t *starts;
} cpython_leaf;

/* The environment to open. */
typedef struct cpython_opening {
  const char *reference; /* a Gymnasium id, module:Id or file.py:Name */
  const char *options;   /* JSON, as Options of construction.py reads it */
} cpython_opening;

/* The outcome of a step, without the observation. */
typedef struct cpython_outcome {
  double reward;
  int terminated, truncated;
} cpython_outcome;

/* Opens an environment. The caller closes it. */
cpython_fault cpython_environment_open(const cpython_opening *opening,
                                       cpython_environment *_Nullable *_Nonnull out,
                                       cpython_failure *failure);

/* Closes the environment: calls its close(), whose exceptions are dropped. */
void cpython_environment_close(cpython_environment *environment);

/* The limit of gymnasium's own TimeLimit, which is removed, in steps; −1 for none. */
int64_t cpython_environment_time_limit(const cpython_environment *environment);

/* The leaves of the action space, or of the observation space. */
size_t cpython_environment_leaf_count(const cpython_environment *environment, int of_actions);
const cpython_leaf *cpython_environment_leaf(const cpython_environment *environment, int of_actions,
                                             size_t index);

/* Appends a mask to each observation from now on: `size` floats, one for each choice of the discrete actions, 1 if it
 * is allowed and 0 if not. `size` is 0 if no action is discrete. */
cpython_fault cpython_environment_mask_actions(cpython_environment *environment, size_t *size,
                                               cpython_failure *failure);

/* Returns 1 if the environment keeps state across episodes (ascent_get_state, ascent_set_state), else 0. */
int cpython_environment_keeps_state(const cpython_environment *environment);

/* Saves that state; the caller frees the bytes with cpython_free. */
cpython_fault cpython_environment_get_state(const cpython_environment *environment,
                                            char *_Nullable *_Nonnull out, size_t *size,
                                            cpython_failure *failure);

/* Restores that state. */
cpython_fault cpython_environment_set_state(const cpython_environment *environment, const char *bytes,
                                            size_t size, cpython_failure *failure);

/* The text-valued observation leaves, which are left out, joined by commas; "" for none. */
const char *cpython_environment_left_out(const cpython_environment *environment);

/* Writes what the floating-point mode that the environment left differs in from the usual one, as "rounds upward"; "" for
 * nothing, and after it was told once. */
void cpython_environment_mode(cpython_environment *environment, char *out, size_t size);

/* The notices about values that were not of the kind or element type that their space declares, and were converted: one
 * line for each place, returned once; NULL if there is no new one. The caller frees the text. */
cpython_fault cpython_environment_notices(cpython_environment *environment, char *_Nullable *_Nonnull out,
                                          cpython_failure *failure);

/* The table P of a toy-text environment in the format of tables.py; "" if there is none. The caller frees the text. */
cpython_fault cpython_environment_table(cpython_environment *environment, char *_Nullable *_Nonnull out,
                                        cpython_failure *failure);

/* The findings of the checks inside of Python, which open the environment and step it in trials of `steps` steps: one
 * line each, with name, verdict (pass, fail, note), text and advice separated by tabs. `source` is the source of random
 * numbers: streams, episodes or native. An environment must have been opened before. The caller frees the text. */
cpython_fault cpython_environment_examine(const cpython_opening *opening, int64_t steps, const char *source,
                                          char *_Nullable *_Nonnull out, cpython_failure *failure);

/* Sets the source of draws outside of calls, such as those of constructors; it must outlive the interpreter. If it
 * feeds, generators that Gymnasium would seed from the operating system draw from it from now on, and inside of calls
 * from the source of the environment that is called, if that feeds, too. */
cpython_fault cpython_draw_elsewhere(cpython_source source, cpython_failure *failure);

/* Makes `random` and `numpy.random` draw from the same sources from now on. */
cpython_fault cpython_capture_randomness(cpython_failure *failure);

/* Sets the source from which `import ascent` draws in this environment. The source must outlive the environment. */
void cpython_environment_set_source(cpython_environment *environment, cpython_source source);

/* Makes np_random draw from the source, from the first reset on. */
void cpython_environment_draw(cpython_environment *environment);

/* Resets with a seed and drops the observation, before a state is restored. */
cpython_fault cpython_environment_seed_first(cpython_environment *environment, int64_t seed,
                                             cpython_failure *failure);

/* Sets the lane and the episode of the environment, for the message of cpython_watch_calls. */
void cpython_environment_set_location(cpython_environment *environment, int64_t lane, int64_t episode);

/* Calls reset(), or reset(seed=…) if the seed is not negative, and writes the flattened observation. If np_random draws
 * from the source, a seed is that of a first reset: generators that are made from it draw from the source. */
cpython_fault cpython_environment_reset(cpython_environment *environment, int64_t seed, float *observation,
                                        cpython_failure *failure);

/* Calls step() and writes the outcome. `action` has one float for each value of the action space. */
cpython_fault cpython_environment_step(cpython_environment *environment, const float *action,
                                       float *observation, cpython_outcome *outcome,
                                       cpython_failure *failure);

_Pragma("clang assume_nonnull end")

#endif
