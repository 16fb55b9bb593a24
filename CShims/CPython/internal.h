/* What the shim's own files share; Swift never sees it. */
#ifndef ASCENT_CPYTHON_INTERNAL_H
#define ASCENT_CPYTHON_INTERNAL_H

#define PY_SSIZE_T_CLEAN
#include "CPython.h"
#include <Python.h>

/* failure.c; the lock is held. Each returns the fault that it put into the failure. */
cpython_fault failure_from_exception(cpython_failure *failure);
cpython_fault failure_mismatch(cpython_failure *failure, const char *what, const char *expected,
                               const char *found);
cpython_fault failure_mismatched_type(cpython_failure *failure, const char *what, const char *expected,
                                      PyObject *found);
cpython_fault failure_not_finite(cpython_failure *failure, const char *what, double value, size_t index);
cpython_fault failure_outside(cpython_failure *failure, const char *what, double value, const char *allowed);
cpython_fault failure_no_memory(cpython_failure *failure);

/* interpreter.c: the modules of python/, borrowed. */
PyObject *host_module(void);
PyObject *opening_module(void);
PyObject *randomness_module(void);
PyObject *spaces_module(void);
PyObject *states_module(void);

/* Those that are loaded when they are asked for; NULL with an exception. */
PyObject *checks_module(void);
PyObject *masks_module(void);
PyObject *tables_module(void);
PyObject *vectors_module(void);

/* interpreter.c: a copy of a Python text, whose reference is taken over; the caller of the shim frees it. */
cpython_fault text_hand_over(PyObject *object, char **out, cpython_failure *failure);

/* leaves.c: the leaves of a space. */
typedef struct leaf {
  cpython_leaf description;
  char format;      /* the element type as the buffer protocol spells it */
  size_t flat_size; /* floats when flattened */
  PyObject *keys;   /* a tuple: the way from the whole to the leaf */
  void *memory;     /* one block for the arrays and texts of the description */
} leaf;

/* Reads the list that spaces.py's describe gives; NULL with an exception, or the leaves, which the caller frees. */
leaf *leaves_from_python(PyObject *list, size_t *count);
void leaves_free(leaf *leaves, size_t count);

/* space.c: writes a value of a space as floats. */
cpython_fault leaves_flatten(const leaf *leaves, size_t count, PyObject *value, float *out,
                             cpython_failure *failure);

/* What both need: texts for messages, a leaf's part of a nested value (a new reference, or NULL with the failure filled), whole
 * numbers as one-hot vectors, and whether every element is finite. */
void leaf_describe(const leaf *leaf, char *out, size_t size);
void buffer_describe(const Py_buffer *buffer, char *out, size_t size);
PyObject *leaf_find(const leaf *leaf, PyObject *value, cpython_failure *failure);
cpython_fault leaf_write_one_hots(const cpython_leaf *d, const float *values, float *out,
                                  cpython_failure *failure);
int elements_are_whole(char format);
cpython_fault elements_check_finite(const float *out, size_t count, cpython_failure *failure);

/* batch.c: writes a batch of values, arrays with a first dimension of `rows`; each row has the leaves' floats. */
cpython_fault leaves_flatten_rows(const leaf *leaves, size_t count, PyObject *value, size_t rows, float *out,
                                  cpython_failure *failure);

/* elements.c: the type that a buffer has, 0 for one that is none; its elements as floats, 0 likewise; and back. */
char elements_format(const Py_buffer *buffer);
int elements_read(char format, const void *from, size_t count, float *out);
void elements_write(char format, const float *from, size_t count, void *to);

/* Reads `rows` numbers, or flags as 0 and 1, from a vector of them. */
cpython_fault numbers_read(PyObject *value, const char *what, size_t rows, double *out,
                           cpython_failure *failure);
cpython_fault flags_read(PyObject *value, const char *what, size_t rows, uint8_t *out,
                         cpython_failure *failure);

/* mask.c: where an environment says which choices are allowed. */
typedef struct mask {
  size_t size;      /* floats, one for each choice of the discrete actions; 0 when nobody asked */
  PyObject *method; /* the bound action_masks(), or NULL where info["action_mask"] says it */
} mask;

/* Finds out; 0 with an exception. The size stays 0 where no action is discrete. */
int mask_prepare(mask *mask, PyObject *environment, const leaf *actions, size_t count);

/* Writes what is allowed after a reset or a step that gave `info`. */
cpython_fault mask_read(const cpython_environment *e, PyObject *info, float *out, cpython_failure *failure);
void mask_allow_all(const mask *mask, float *out);

/* state.c: finds out who keeps something across episodes; 0 with an exception. */
int state_prepare(cpython_environment *e);

/* calls.c: around every call of an environment; the lock is held. */
int64_t calls_begin(const cpython_environment *e);
void calls_end(int64_t began);

/* environment.c: an environment, or a vector of them. */
struct cpython_environment {
  PyObject *environment, *unwrapped;
  PyObject *step, *reset;
  PyObject *seed_name; /* ("seed",), the keyword of reset */
  int64_t time_limit;
  PyObject *left_out; /* a text: which observations are not taken */
  leaf *observations, *actions;
  size_t observation_count, action_count, action_values, observation_size;
  mask mask;
  PyObject *keepers; /* a list: who keeps something across episodes */

  /* One discrete action: its integers. */
  PyObject **integers;
  /* One box, or a vector's actions: an array that is written in place, and its copy(), unless the environment is known
   * not to keep it. */
  PyObject *array, *copy;
  Py_buffer array_memory;

  /* vector.c: how many environments there are, 0 for one by itself, and how they are reset. */
  size_t rows;
  long autoreset;

  /* Whose call it is: for those who watch from another thread. */
  struct {
    _Atomic int64_t lane, episode, step;
  } place;

  cpython_source source;
  int has_source;
  PyObject *generator; /* what np_random should be, or NULL */
};

/* Takes over what opening.py's open_environment gave; 0 with an exception. */
int environment_adopt(cpython_environment *e, PyObject *opened, PyObject *array);

/* Hands an opened environment over; one that is not whole is closed, and the exception becomes the failure. */
cpython_fault environment_hand_over(cpython_environment *e, int is_whole, cpython_environment **out,
                                    cpython_failure *failure);

/* step.c: calls reset(), or reset(seed=…) for a seed that is not negative, our generator in its place; NULL with an exception. */
PyObject *environment_call_reset(cpython_environment *e, int64_t seed);

/* A list of texts as Python's; NULL with an exception. */
PyObject *list_of_texts(const char *const *texts, size_t count);

/* Takes the lock and lets `import ascent` draw from the environment's source; gives what environment_leave takes. */
int environment_enter(const cpython_environment *e);
void environment_leave(int state);

/* randomness.c: puts our generator where the environment draws from, when something else is there; 0 with an exception. */
int environment_put_generator(cpython_environment *e);

/* generator.c: a numpy Generator over the source, a new reference, or NULL with an exception. */
PyObject *generator_new(const cpython_source *source);

/* generator.c: before a call of an environment, where `random` and `numpy.random` are captured: forgets what the call
 * before left in them. */
void generator_begin(void);

/* module.c: `import ascent`, and the source that it draws from on this thread (NULL between calls). */
PyObject *ascent_module_init(void);
void ascent_module_use(const cpython_source *source);
const cpython_source *ascent_module_source(void);

#endif
