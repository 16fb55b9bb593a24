/* Declarations that the shim's own files share; Swift does not see them. */
#ifndef ASCENT_CPYTHON_INTERNAL_H
#define ASCENT_CPYTHON_INTERNAL_H

#define PY_SSIZE_T_CLEAN
#include "CPython.h"
#include "calls.h"
#include "mode.h"
#include <Python.h>

/* failure.c, called with the lock held: each function fills in the failure and returns its fault. */
cpython_fault failure_from_exception(cpython_failure *failure);
/* The same, while `reference` is opened: a module that is not installed is a sentence and no traceback. */
cpython_fault failure_at_opening(const char *reference, cpython_failure *failure);
cpython_fault failure_mismatch(cpython_failure *failure, const char *what, const char *expected,
                               const char *found);
cpython_fault failure_mismatched_type(cpython_failure *failure, const char *what, const char *expected,
                                      PyObject *found);
cpython_fault failure_not_finite(cpython_failure *failure, const char *what, double value, size_t index);
cpython_fault failure_outside(cpython_failure *failure, const char *what, double value, const char *allowed);
cpython_fault failure_no_memory(cpython_failure *failure);

/* embedded.c: makes the files of python/ importable; 0 with an exception. */
int embedded_install(void);

/* Modules of python/, borrowed references. The first five are imported when the interpreter starts. */
PyObject *host_module(void);
PyObject *opening_module(void);
PyObject *randomness_module(void);
PyObject *spaces_module(void);
PyObject *states_module(void);

/* These are imported on first use; NULL with an exception. */
PyObject *casts_module(void);
PyObject *checks_module(void);
PyObject *masks_module(void);
PyObject *packages_module(void);
PyObject *streams_module(void);
PyObject *tables_module(void);
PyObject *vectors_module(void);

/* ending.c: called by the thread that started the interpreter, with its state. */
void ending_prepare(PyThreadState *state);
void ending_adopt(void);

/* ending.c: returns 1 after the interpreter ended, when no function of Python may be called. */
int ending_is_over(void);

/* ending.c: ends a process that an environment forked, with its exception; returns in the process of the run. */
void ending_of_fork(void);

/* ending.c: 1 in a process that the process of the run forked. */
extern int ending_is_forked;
void ending_of_stray(void);

/* Ends a process that an environment forked and that returned from the environment: there is one run. */
static inline void ending_of_return(void) {
  if (__builtin_expect(ending_is_forked, 0)) ending_of_stray();
}

/* failure.c: a copy of a text as UTF-8, in which surrogates are \udc80 and zeros \x00; NULL with an exception, or
 * without memory. */
char *text_copy(PyObject *text);

/* interpreter.c: copies a Python text and consumes its reference; the shim's caller frees the copy. */
cpython_fault text_hand_over(PyObject *object, char **out, cpython_failure *failure);

/* casts.c: the first value that was not of the kind or element type that its space declares; zeros if there was none. */
typedef struct oddity {
  char found[56];
  char expected[48];
  int is_told; /* 1 after its notice was returned */
} oddity;

/* leaves.c: a leaf of a space. */
typedef struct leaf {
  cpython_leaf description;
  char format;      /* the element type in the notation of the buffer protocol */
  size_t flat_size; /* floats when flattened */
  PyObject *keys;   /* a tuple: the keys from the whole value to the leaf */
  oddity *odd;      /* of the observations at this leaf */
  void *memory;     /* one block for the arrays and texts of the description */
} leaf;

/* The largest number of choices that are written as a one-hot vector; the index among more is one float. It equals
 * Space.mostOneHot. */
enum { MOST_ONE_HOT = 4096 };

/* Converts the list that describe() of spaces.py returns; the caller frees the leaves. NULL with an exception. */
leaf *leaves_from_python(PyObject *list, size_t *count);
void leaves_free(leaf *leaves, size_t count);

/* space.c: writes a value of a space as floats. */
cpython_fault leaves_flatten(const leaf *leaves, size_t count, PyObject *value, float *out,
                             cpython_failure *failure);

/* Used by space.c and batch.c: a leaf's part of a nested value (a new reference, or NULL with the failure filled in),
 * integers as one-hot vectors, and a check that every element is finite; `value` is what the elements were read from.
 */
PyObject *leaf_find(const leaf *leaf, PyObject *value, cpython_failure *failure);
cpython_fault leaf_write_one_hots(const cpython_leaf *d, const float *values, float *out,
                                  cpython_failure *failure);
int elements_are_whole(char format);
cpython_fault elements_check_finite(const float *out, size_t count, PyObject *value, size_t first,
                                    cpython_failure *failure);

/* space.c: gets the array of a leaf, or a batch of `rows` of them unless that is 0, from a value; another kind or element
 * type with the same numbers is converted, and noted. Returns the element type, or 0 with the failure filled in; else
 * the caller releases the buffer. */
char array_take(const leaf *leaf, PyObject *value, size_t rows, Py_buffer *buffer, cpython_failure *failure);

/* casts.c: notes the first value that is not what it should be. */
void oddity_note(oddity *odd, const char *found, const char *expected);

/* casts.c: array_take for a value that is not of the declared kind or element type. */
char array_convert(const leaf *leaf, PyObject *value, size_t rows, Py_buffer *buffer,
                   cpython_failure *failure);

/* casts.c: the array of `rows` elements (the name of their type in numpy) with the numbers of a value, a new reference
 * that is noted; NULL without an exception if there is none. */
PyObject *vector_convert(PyObject *value, size_t rows, const char *element, oddity *odd);

/* casts.c: the number of an array of one element, a new reference that is noted; NULL without an exception for any other
 * value. The kind is "number", "whole" (a whole number) or "flag". */
PyObject *number_convert(PyObject *value, const char *kind, const char *expected, oddity *odd);

/* casts.c: the failure of a value of the wrong type; lists and dictionaries are those of many agents. */
cpython_fault failure_of_value(cpython_failure *failure, const char *what, const char *expected,
                               PyObject *found);

/* batch.c: writes a batch of values, arrays whose first dimension is `rows`; each row becomes the leaves' floats. */
cpython_fault leaves_flatten_rows(const leaf *leaves, size_t count, PyObject *value, size_t rows, float *out,
                                  cpython_failure *failure);

/* elements.c: the element type of a buffer, 0 if unknown; reads elements as floats, 0 if unknown; writes floats as
 * elements. */
char elements_format(const Py_buffer *buffer);
int elements_read(char format, const void *from, size_t count, float *out);
void elements_write(char format, const float *from, size_t count, void *to);

/* leaves.c: numpy's name of an element type, or NULL. */
const char *elements_name(char format);

/* elements.c: writes whole numbers exactly, and float64 numbers inside of the bounds of a leaf, `rows` times. */
void elements_write_whole(char format, int64_t number, void *to);
void elements_write_bounded(const cpython_leaf *leaf, const float *from, size_t rows, double *to);

/* Reads a vector of `rows` numbers, or of `rows` flags as 0 and 1. */
cpython_fault numbers_read(PyObject *value, const char *what, size_t rows, double *out, oddity *odd,
                           cpython_failure *failure);
cpython_fault flags_read(PyObject *value, const char *what, size_t rows, uint8_t *out, oddity *odd,
                         cpython_failure *failure);

/* mask.c: the source of an environment's action masks. */
typedef struct mask {
  size_t size;      /* floats, one for each choice of the discrete actions; 0 if masks are not requested */
  PyObject *method; /* the bound action_masks(), or NULL if the mask is info["action_mask"] */
} mask;

/* Finds the source; 0 with an exception. The size stays 0 if no action is discrete. */
int mask_prepare(mask *mask, PyObject *environment, const leaf *actions, size_t count);

/* Writes the mask after a reset or a step that returned `info`. */
cpython_fault mask_read(const cpython_environment *e, PyObject *info, float *out, cpython_failure *failure);
void mask_allow_all(const mask *mask, float *out);

/* state.c: finds the layers that keep state across episodes; 0 with an exception. */
int state_prepare(cpython_environment *e);

/* calls.c: before and after an environment's own code runs, in its floating-point mode (without an environment, in that of
 * making one) and timed for profiles. Values are read outside of it, in the run's mode. */
int64_t calls_run(const cpython_environment *e);
void calls_return(int64_t began);

/* Gives a new environment the floating-point mode that its making left. */
void calls_adopt_mode(cpython_environment *e);

/* calls.c, functions of host.py. go_on() shows that a long call of ours is alive, and returns False when it should end;
 * end_with_parent(parent) ends this process when the thread that forked it ends, as multiprocessing ends its processes
 * when Python ends. */
PyObject *calls_python_go_on(PyObject *host, PyObject *unused);
PyObject *calls_end_with_parent(PyObject *host, PyObject *parent);

/* watching.c: takes the signal on which Python writes a stack; called before faulthandler has it. */
void watching_take_signal(void);

/* watching.c: sets the exit code of a process that hangs from now on. */
void watching_end_with(int exit_code);

/* signals.c: remembers the actions of signals before Python starts, and sets those of a process that hosts Python; 0 with
 * an exception. */
void signals_remember(void);
int signals_set_up(void);

/* environment.c: an environment, or a vector of them. */
struct cpython_environment {
  PyObject *environment, *unwrapped;
  PyObject *step, *reset;
  PyObject *seed_name; /* ("seed",), the keyword of reset */
  int64_t time_limit;
  PyObject *left_out; /* a text: the observations that are left out */
  leaf *observations, *actions;
  size_t observation_count, action_count, action_values, observation_size;
  mask mask;
  PyObject *keepers; /* a list: the layers that keep state across episodes */

  oddity odd_reward, odd_terminated, odd_truncated;

  /* For one discrete action: numpy scalars of its element type. */
  PyObject **integers;
  /* For one box, or a vector's actions: an array that is written in place, and its copy(), which is NULL if the
   * environment is known not to keep a reference to the array. */
  PyObject *array, *copy;
  Py_buffer array_memory;

  /* vector.c: the number of environments, 0 if this is not a vector, and the autoreset mode. */
  size_t rows;
  long autoreset;

  /* The location of the current call, read by the watching thread. */
  struct {
    _Atomic int64_t lane, episode, step;
  } location;

  mode mode;        /* the floating-point mode of its calls */
  int is_mode_told; /* 1 after the notice about it was returned */

  cpython_source source;
  int has_source;
  int draws;    /* 1 if np_random draws from the source */
  int is_begun; /* 1 after a first reset */
  PyObject *
      generators; /* a Generators of streams.py over the source, None without one; NULL before a first reset */
  PyObject *generator; /* what is put into np_random (a vector's Generators), or NULL */
  int buffers;         /* 1 if one of the generators buffers a number for the next draw */
};

/* Calls the environment's step with an argument, which may be NULL after an exception; NULL with an exception. */
static inline PyObject *call_step(cpython_environment *e, PyObject *argument) {
  PyObject *arguments[2] = {NULL, argument};
  e->location.step++;
  int64_t began = calls_run(e);
  PyObject *result =
      argument ? PyObject_Vectorcall(e->step, arguments + 1, 1 | PY_VECTORCALL_ARGUMENTS_OFFSET, NULL) : NULL;
  calls_return(began);
  return result;
}

/* Initializes the environment from the result of open_environment() in opening.py; 0 with an exception. */
int environment_adopt(cpython_environment *e, PyObject *opened, PyObject *array);

/* Returns an opened environment to the caller; an incomplete one is closed, and the exception becomes the failure. */
cpython_fault environment_hand_over(cpython_environment *e, int is_whole, const char *reference,
                                    cpython_environment **out, cpython_failure *failure);

/* step.c: calls reset(), or reset(seed=…) if the seed is not negative; NULL with an exception. If np_random draws from
 * the source, a seed belongs to a first reset, and without one np_random is set to our generator before. */
PyObject *environment_call_reset(cpython_environment *e, int64_t seed);

/* Enters Python for a call of the environment, and makes `import ascent` draw from its source. */
calls_entry environment_enter(const cpython_environment *e);
void environment_leave(calls_entry entry);

/* randomness.c: sets np_random to our generator if it is another object; 0 with an exception. */
int environment_put_generator(cpython_environment *e);

/* randomness.c: the reset that finds out which generators the environment has; NULL with an exception. */
PyObject *environment_first_reset(cpython_environment *e, int64_t seed);

/* generator.c: a Generators of streams.py over the source, a new reference, or NULL with an exception. */
PyObject *generators_new(const cpython_source *source);

/* generator.c: the source of draws outside of calls. */
const cpython_source *source_elsewhere(void);

/* generator.c: the module `_ascent_bits`, for streams.py. */
PyObject *bits_module_init(void);

/* generator.c: before a call of an environment, discards the numbers that the previous call left buffered in `random`
 * and `numpy.random`, if these are captured. */
void generator_begin(void);

/* module.c: `import ascent`, and the source from which it draws on this thread (NULL between calls). */
PyObject *ascent_module_init(void);
void ascent_module_use(const cpython_source *source);
const cpython_source *ascent_module_source(void);

#endif
