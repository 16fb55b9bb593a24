/* A numpy Generator over a lane's stream. numpy requires an object with `capsule` and `lock`. The capsule contains a
 * struct of functions whose layout numpy documents (numpy/random/bitgen.h) and keeps stable, so no numpy header is
 * needed. */
#include "internal.h"
#include <stdlib.h>

typedef struct bit_generator {
  void *state;
  uint64_t (*next_uint64)(void *state);
  uint32_t (*next_uint32)(void *state);
  double (*next_double)(void *state);
  uint64_t (*next_raw)(void *state);
} bit_generator;

static const char *const capsule_name = "BitGenerator";

static void release(PyObject *capsule) { free(PyCapsule_GetPointer(capsule, capsule_name)); }

/* A capsule with a copy of the functions, a new reference, or NULL with an exception. */
static PyObject *capsule_new(bit_generator functions) {
  bit_generator *bits = malloc(sizeof *bits);
  if (!bits) return PyErr_NoMemory();
  *bits = functions;
  PyObject *capsule = PyCapsule_New(bits, capsule_name, release);
  if (!capsule) free(bits);
  return capsule;
}

PyObject *generator_new(const cpython_source *source) {
  PyObject *capsule = capsule_new((bit_generator){source->state, source->next_uint64, source->next_uint32,
                                                  source->next_double, source->next_uint64});
  PyObject *generator = capsule ? PyObject_CallMethod(randomness_module(), "generator", "O", capsule) : NULL;
  Py_XDECREF(capsule);
  return generator;
}

/* --- the shared generators: they draw from the stream of the environment that is stepped, or from one for draws
 * elsewhere, such as in constructors and in modules that are loading. */

static cpython_source elsewhere;
static int is_captured;

static const cpython_source *shared(void) {
  const cpython_source *source = ascent_module_source();
  return source ? source : &elsewhere;
}

static uint64_t shared_uint64(void *unused) {
  (void)unused;
  return shared()->next_uint64(shared()->state);
}

static uint32_t shared_uint32(void *unused) {
  (void)unused;
  return shared()->next_uint32(shared()->state);
}

static double shared_double(void *unused) {
  (void)unused;
  return shared()->next_double(shared()->state);
}

cpython_fault cpython_capture_randomness(cpython_source outside, cpython_failure *failure) {
  int state = cpython_attach();
  elsewhere = outside;
  PyObject *capsule =
      capsule_new((bit_generator){NULL, shared_uint64, shared_uint32, shared_double, shared_uint64});
  PyObject *done = capsule ? PyObject_CallMethod(randomness_module(), "capture", "O", capsule) : NULL;
  is_captured = done != NULL;
  cpython_fault fault = done ? cpython_fault_none : failure_from_exception(failure);
  Py_XDECREF(done);
  Py_XDECREF(capsule);
  cpython_detach(state);
  return fault;
}

void generator_begin(void) {
  if (!is_captured) return;
  PyObject *done = PyObject_CallMethod(randomness_module(), "begin", NULL);
  if (!done) PyErr_Clear(); /* no memory: the next call reports it */
  Py_XDECREF(done);
}
