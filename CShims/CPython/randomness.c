/* The source of an environment's random numbers, and the lane and episode of the current call. */
#include "internal.h"

void cpython_environment_set_source(cpython_environment *e, cpython_source source) {
  e->source = source;
  e->has_source = 1;
}

void cpython_environment_draw(cpython_environment *e) { e->draws = 1; }

/* Releases a result; 0 if it is NULL, with an exception. */
static int succeeds(PyObject *result) {
  Py_XDECREF(result);
  return result != NULL;
}

int environment_put_generator(cpython_environment *e) {
  if (e->buffers && !succeeds(PyObject_CallMethod(e->generators, "forget", NULL))) return 0;
  if (e->rows > 0) {
    return succeeds(PyObject_CallMethod(vectors_module(), "put_generator", "OO", e->unwrapped, e->generator));
  }
  PyObject *there = PyObject_GetAttrString(e->unwrapped, "np_random");
  int is_ours = there == e->generator;
  if (!there) PyErr_Clear();
  Py_XDECREF(there);
  return is_ours || !there || PyObject_SetAttrString(e->unwrapped, "np_random", e->generator) == 0;
}

PyObject *environment_first_reset(cpython_environment *e, int64_t seed) {
  e->is_begun = 1;
  if (!e->generators) e->generators = e->draws ? generators_new(&e->source) : Py_NewRef(Py_None);
  PyObject *found = e->generators
                        ? PyObject_CallMethod(randomness_module(), "first_reset", "OOOLnL", e->environment,
                                              e->unwrapped, e->generators, (long long)seed,
                                              (Py_ssize_t)e->rows, (long long)e->location.lane)
                        : NULL;
  PyObject *result, *generator;
  int is_found = found && PyArg_ParseTuple(found, "OOp", &result, &generator, &e->buffers);
  if (is_found) {
    Py_INCREF(result);
    Py_XSETREF(e->generator, generator == Py_None ? NULL : Py_NewRef(generator));
  }
  Py_XDECREF(found);
  return is_found ? result : NULL;
}

cpython_fault cpython_environment_seed_first(cpython_environment *e, int64_t seed, cpython_failure *failure) {
  calls_entry entry = environment_enter(e);
  PyObject *result = environment_call_reset(e, seed);
  cpython_fault fault = result ? cpython_fault_none : failure_from_exception(failure);
  Py_XDECREF(result);
  environment_leave(entry);
  return fault;
}

void cpython_environment_set_location(cpython_environment *e, int64_t lane, int64_t episode) {
  e->location.lane = lane;
  e->location.episode = episode;
}
